"""Who decides on external orders sees the list of those that wait."""

from importlib import import_module

from django.db import migrations

from config.kernel.groups import grant

earlier = import_module("external_orders.migrations.0008_groups")


def make_groups(apps, schema_editor):
    earlier.make_groups(apps, schema_editor)
    for group in ("planner", "partner manager"):
        grant(apps, group, "external_orders", ["view_waitingexternalorder"])


class Migration(migrations.Migration):
    dependencies = [("external_orders", "0011_partner_limits")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
