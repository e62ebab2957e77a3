"""Sellers write notes about customers and see how far they are trusted; seniors decide on that."""

from django.db import migrations

from config.kernel.groups import grant


def make_groups(apps, schema_editor):
    grant(apps, "seller", "crm", ["view_customerstanding", "view_customernote", "add_customernote"])
    grant(apps, "senior seller", "crm", ["use_sellers_site", "change_standing"])


class Migration(migrations.Migration):
    dependencies = [("crm", "0011_customers_desk"), ("auth", "0012_alter_user_first_name_max_length"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
