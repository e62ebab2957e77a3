"""Keys that are good from some addresses only; caps on open quotes and ranges of events find theirs by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('external_orders', '0015_groups'),
    ]

    operations = [
        migrations.AddField(
            model_name='partnerkey',
            name='networks',
            field=models.JSONField(blank=True, default=list, verbose_name='only from'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['partner', 'livemode', 'at', 'id'], name='event_by_time'),
        ),
        migrations.AddIndex(
            model_name='externalquote',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['partner', 'livemode'], name='external_quote_open'),
        ),
    ]
