"""Operators work at the bench; planners see and correct the shop floor."""

from django.db import migrations

from config.kernel.groups import grant


def make_groups(apps, schema_editor):
    grant(apps, "operator", "mes", ["work_at_bench"])
    grant(apps, "planner", "mes", [
        "use_planners_site", "correct_work_order",
        "view_workorder", "view_operation", "view_workorderlog", "view_operationlog",
        "view_worklist", "view_worklistentry",
        "view_workcentre", "add_workcentre", "change_workcentre",
        "view_operator", "add_operator", "change_operator",
        "view_routing", "add_routing", "change_routing",
        "view_routingstep", "add_routingstep", "change_routingstep", "delete_routingstep",
    ])


class Migration(migrations.Migration):
    dependencies = [("mes", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
