"""Sellers take orders out as a table."""

from django.db import migrations

from config.kernel.groups import grant


def make_groups(apps, schema_editor):
    grant(apps, "seller", "shop", ["export_orders"])


class Migration(migrations.Migration):
    dependencies = [("shop", "0015_payment_groups"), ("auth", "0012_alter_user_first_name_max_length"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [
        migrations.AlterModelOptions(
            name="order",
            options={
                "permissions": [("ship_order", "Can hand orders to the carrier"), ("export_orders", "Can take orders out as a table")],
                "verbose_name": "order",
                "verbose_name_plural": "orders",
            },
        ),
        migrations.RunPython(make_groups, migrations.RunPython.noop),
    ]
