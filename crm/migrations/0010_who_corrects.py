"""Money goes back by the hand of a senior seller only."""

from django.db import migrations

from config.kernel.groups import grant


def make_groups(apps, schema_editor):
    grant(apps, "senior seller", "crm", ["note_refund"])


class Migration(migrations.Migration):
    dependencies = [("crm", "0009_corrections")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
