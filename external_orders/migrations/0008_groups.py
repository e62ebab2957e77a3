"""Planners and partner managers see the lines of orders and the events, which aren't only statuses any more."""

from importlib import import_module

from django.db import migrations

from config.kernel.groups import grant

earlier = import_module("external_orders.migrations.0002_groups")

ORDERS = ["view_event" if name == "view_statusevent" else name for name in earlier.ORDERS] + ["view_externalorderitem"]


def make_groups(apps, schema_editor):
    grant(apps, "planner", "external_orders", ORDERS)
    grant(apps, "partner manager", "mes", ["use_planners_site", "view_workorder"])
    grant(apps, "partner manager", "external_orders", [
        *ORDERS,
        "view_partner", "add_partner", "change_partner",
        "view_partnerkey", "issue_partner_key",
        "view_webhookendpoint",
    ])


def forget_old_name(apps, schema_editor):
    apps.get_model("auth", "Permission").objects.filter(codename__endswith="_statusevent").delete()


class Migration(migrations.Migration):
    dependencies = [("external_orders", "0007_endpoint_health")]
    operations = [
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        migrations.RunPython(forget_old_name, migrations.RunPython.noop),
    ]
