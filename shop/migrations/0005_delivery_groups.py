"""Who may see and change the ways of delivery, and read what is written about orders."""

from django.db import migrations

from config.kernel.groups import grant


def make_groups(apps, schema_editor):
    grant(apps, "seller", "shop", ["view_deliveryway", "view_ordermessage"])
    grant(apps, "pricing manager", "shop", ["view_deliveryway", "add_deliveryway", "change_deliveryway"])


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_delivery_and_messages"), ("auth", "0012_alter_user_first_name_max_length"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
