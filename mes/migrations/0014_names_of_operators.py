from django.db import migrations, models


def name_them(apps, schema_editor):
    """First name and initial, as people call each other in a workshop."""
    for operator in apps.get_model("mes", "Operator").objects.select_related("user").filter(name=""):
        initial = f" {operator.user.last_name[0]}." if operator.user.last_name else ""
        operator.name = (f"{operator.user.first_name}{initial}" or operator.user.username)[:60]
        operator.save(update_fields=["name"])


class Migration(migrations.Migration):

    dependencies = [
        ('mes', '0013_time_of_pricing'),
    ]

    operations = [
        migrations.AddField(
            model_name='operator',
            name='name',
            field=models.CharField(db_default='', default='', help_text='as planners see it: Anna K.', max_length=60, verbose_name='first name and initial'),
        ),
        migrations.RunPython(name_them, migrations.RunPython.noop),
    ]
