"""The group of those who look where time goes, and who may see designs and rates."""

from django.db import migrations

from config.kernel.groups import grant

READ = ["view_alloy", "view_metalprice", "view_pricelist", "view_finishrate"]


def make_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.get_or_create(name="developer")
    grant(apps, "seller", "pricing", ["view_quote", "view_design", "view_measurement", "view_alloy"])
    grant(apps, "pricing manager", "pricing", [
        *READ, "add_metalprice", "add_pricelist", "change_pricelist", "add_finishrate", "change_finishrate",
        "change_alloy", "add_alloy", "view_quote", "view_design", "view_measurement",
    ])


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
