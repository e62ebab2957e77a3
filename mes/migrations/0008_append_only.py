"""Metal, weighings, inspections, hallmarks and the logs of the shop floor are only added to."""

from django.db import migrations

from config.kernel.append_only import forbid_changes
from config.kernel.groups import grant

TABLES = ["metalmovement", "weighing", "inspection", "hallmark"]


def forbid(apps, schema_editor):
    for table in TABLES:
        forbid_changes(schema_editor, f"mes_{table}")


def make_groups(apps, schema_editor):
    grant(apps, "planner", "mes", [f"view_{table}" for table in TABLES] + [
        "view_metaltolerance", "add_metaltolerance", "change_metaltolerance",
    ])


class Migration(migrations.Migration):
    dependencies = [("mes", "0007_metal")]
    operations = [
        migrations.RunPython(forbid, migrations.RunPython.noop),
        migrations.RunPython(make_groups, migrations.RunPython.noop),
    ]
