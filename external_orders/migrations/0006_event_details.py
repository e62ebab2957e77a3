"""The columns that only a status had go; the feed, the lanes and what fails get their indexes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('external_orders', '0005_events'),
    ]

    operations = [
        migrations.RemoveField(model_name='event', name='previous_status'),
        migrations.RemoveField(model_name='event', name='status'),
        migrations.RemoveConstraint(model_name='event', name='status_event_sequence_once'),
        migrations.AlterModelOptions(
            name='event',
            options={'ordering': ['pk'], 'verbose_name': 'event', 'verbose_name_plural': 'events'},
        ),
        migrations.AlterField(
            model_name='event',
            name='partner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='external_orders.partner', verbose_name='partner'),
        ),
        migrations.AlterField(
            model_name='event',
            name='type',
            field=models.CharField(choices=[('order.status_changed', "an order's status changed"), ('order.promise_changed', "an order's promised date changed"), ('quote.priced', 'a quote was priced'), ('quote.refused', "what was asked can't be made"), ('quote.expired', 'a quote expired'), ('model.ready', 'a model was measured'), ('model.rejected', "a model can't be made"), ('endpoint.disabled', 'an endpoint was disabled'), ('ping', 'a test of an endpoint')], max_length=32, verbose_name='type'),
        ),
        migrations.AlterField(
            model_name='event',
            name='data',
            field=models.JSONField(verbose_name='what is told'),
        ),
        migrations.AlterField(
            model_name='event',
            name='sequence',
            field=models.PositiveIntegerField(default=1, verbose_name='sequence'),
        ),
        migrations.AlterField(
            model_name='event',
            name='order',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='external_orders.externalorder', verbose_name='order'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(fields=('order', 'sequence'), name='event_sequence_once'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['partner', 'livemode', 'feed_number'], name='event_feed'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('feed_number__isnull', True)), fields=['id'], name='event_unnumbered'),
        ),
        migrations.RemoveIndex(model_name='webhookdelivery', name='webhook_delivery_due'),
        migrations.AlterField(
            model_name='webhookdelivery',
            name='order',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='external_orders.externalorder', verbose_name='order'),
        ),
        migrations.AlterField(
            model_name='webhookdelivery',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='external_orders.event', verbose_name='event'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['endpoint', 'next_at'], name='webhook_delivery_lane'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('lease_until__isnull', False)), fields=['endpoint'], name='webhook_delivery_in_flight'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['endpoint', '-id'], name='webhook_delivery_newest'),
        ),
    ]
