"""Who may see and change the new rates, adopt what the scales say, and read the lines and steps of a quote."""

from django.db import migrations

from config.kernel.groups import grant

TABLES = ["finishrate", "platingrate", "settingrate", "hallmarkrate", "quantitybreak"]


def make_groups(apps, schema_editor):
    grant(apps, "seller", "pricing", ["view_quotecomponent", "view_quotelog"])
    rows = [f"{action}_{table}" for action in ("view", "add", "change", "delete") for table in TABLES]
    grant(apps, "pricing manager", "pricing", [
        *rows, "view_quotecomponent", "view_quotelog", "view_weighing", "view_masstally", "view_massfactor", "add_massfactor",
    ])


class Migration(migrations.Migration):
    dependencies = [("pricing", "0004_price_components"), ("auth", "0012_alter_user_first_name_max_length"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
