"""Partner managers look after partners and their keys; planners decide on what waits."""

from django.db import migrations

from config.kernel.groups import grant

ORDERS = [
    "view_externalorder", "decide_external_order", "ship_external_order", "view_externalorderlog",
    "view_statusevent", "view_webhookdelivery", "replay_webhook_delivery",
]


def make_groups(apps, schema_editor):
    grant(apps, "planner", "external_orders", ORDERS)
    grant(apps, "partner manager", "mes", ["use_planners_site", "view_workorder"])
    grant(apps, "partner manager", "external_orders", [
        *ORDERS,
        "view_partner", "add_partner", "change_partner",
        "view_partnerkey", "issue_partner_key",
        "view_webhookendpoint",
    ])


class Migration(migrations.Migration):
    dependencies = [
        ("external_orders", "0001_initial"),
        ("mes", "0002_groups"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
