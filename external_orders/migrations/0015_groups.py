"""Who decides on external orders reads what was asked about them."""

from importlib import import_module

from django.db import migrations

from config.kernel.groups import grant

earlier = import_module("external_orders.migrations.0012_groups")


def make_groups(apps, schema_editor):
    earlier.make_groups(apps, schema_editor)
    for group in ("planner", "partner manager"):
        grant(apps, group, "external_orders", ["view_inquiry"])


class Migration(migrations.Migration):
    dependencies = [("external_orders", "0014_inquiries")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
