"""Customers buy in the shop; sellers look after orders, customers and the catalogue."""

from django.db import migrations

from config.kernel.groups import grant


def make_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.get_or_create(name="customer")
    grant(apps, "seller", "shop", [
        "view_order", "view_orderline", "view_orderlog", "ship_order", "view_customer",
        "view_category", "view_product", "change_product", "view_variant",
    ])


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
