from django.db import migrations, models
from django.db.models import Q

OPEN = ["waiting", "rework", "ready", "claimed", "in_progress"]


class Migration(migrations.Migration):

    dependencies = [
        ('mes', '0014_names_of_operators'),
    ]

    operations = [
        migrations.AddField(
            model_name='workorder',
            name='promise_probability',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='promised with, %'),
        ),
        migrations.AddIndex(
            model_name='operation',
            index=models.Index(condition=Q(status__in=OPEN), fields=['work_centre', 'is_rush', 'planned_minutes'], name='operation_open_work'),
        ),
        migrations.RemoveIndex(
            model_name='operation',
            name='operation_open_load',
        ),
    ]
