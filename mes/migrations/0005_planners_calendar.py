"""Planners keep the calendar and the shifts, and see how work centres were changed."""

from django.db import migrations

from config.kernel.groups import grant


def make_groups(apps, schema_editor):
    grant(apps, "planner", "mes", [
        "view_workcentrelog",
        "view_dayoff", "add_dayoff", "change_dayoff", "delete_dayoff",
        "view_shift", "add_shift", "change_shift", "delete_shift",
    ])


class Migration(migrations.Migration):
    dependencies = [("mes", "0004_promised_dates")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
