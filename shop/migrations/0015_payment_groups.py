"""Sellers look at payments, record what the bank's statement says and what was sent back."""

from django.db import migrations

from config.kernel.groups import grant


def make_groups(apps, schema_editor):
    grant(apps, "seller", "shop", ["view_payment", "record_payment"])


class Migration(migrations.Migration):
    dependencies = [("shop", "0014_payments"), ("auth", "0012_alter_user_first_name_max_length"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
