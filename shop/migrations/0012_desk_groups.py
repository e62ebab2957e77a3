"""Sellers look after customers and may export what is held on one; erasing and merging is for seniors."""

from django.db import migrations

from config.kernel.groups import grant


def make_groups(apps, schema_editor):
    grant(apps, "seller", "shop", ["view_customerlog", "export_customer"])
    grant(apps, "senior seller", "shop", ["erase_customer", "merge_customer"])


class Migration(migrations.Migration):
    dependencies = [("shop", "0011_person_indexes"), ("auth", "0012_alter_user_first_name_max_length"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
