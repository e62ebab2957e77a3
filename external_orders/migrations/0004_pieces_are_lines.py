"""The columns of a single piece go, now that every piece is a line; lists by status and by change get their indexes."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('external_orders', '0003_items'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='externalorder',
            name='external_order_made_by_work_order',
        ),
        migrations.RemoveIndex(
            model_name='externalorder',
            name='external_order_in_work',
        ),
        migrations.RemoveField(
            model_name='externalorder',
            name='work_order',
        ),
        migrations.RemoveField(
            model_name='externalquote',
            name='model',
        ),
        migrations.RemoveField(
            model_name='externalquote',
            name='quote',
        ),
        migrations.AddField(
            model_name='externalorder',
            name='changed_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='changed at'),
        ),
        migrations.AddIndex(
            model_name='externalorder',
            index=models.Index(fields=['partner', 'livemode', 'status', '-id'], name='external_order_of_partner_by'),
        ),
        migrations.AddIndex(
            model_name='externalorder',
            index=models.Index(fields=['partner', 'livemode', 'changed_at'], name='external_order_changed'),
        ),
        migrations.AddIndex(
            model_name='externalorder',
            index=models.Index(condition=models.Q(('status__in', ['confirmed', 'in_production'])), fields=['status'], name='external_order_in_work'),
        ),
    ]
