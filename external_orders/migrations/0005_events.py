"""Events of more than an order's status: what is told stands in the row, and the feed has numbers of its own."""

import django.db.models.deletion
from django.db import migrations, models


def tell(apps, schema_editor):
    """Write into each event what was put together when it was sent."""
    Event = apps.get_model("external_orders", "Event")
    for event in Event.objects.select_related("order").iterator():
        event.partner_id, event.livemode = event.order.partner_id, event.order.livemode
        event.data = {
            "id": event.order.public_id,
            "reference": event.order.reference,
            "status": event.status,
            "previous_status": event.previous_status or None,
            "sequence": event.sequence,
        }
        event.save(update_fields=["partner", "livemode", "data"])


class Migration(migrations.Migration):

    dependencies = [
        ('external_orders', '0004_pieces_are_lines'),
    ]

    operations = [
        migrations.RenameModel('StatusEvent', 'Event'),
        migrations.AddField(
            model_name='event',
            name='partner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='external_orders.partner', verbose_name='partner'),
        ),
        migrations.AddField(
            model_name='event',
            name='livemode',
            field=models.BooleanField(default=True, verbose_name='live'),
        ),
        migrations.AddField(
            model_name='event',
            name='type',
            field=models.CharField(default='order.status_changed', max_length=32, verbose_name='type'),
        ),
        migrations.AddField(
            model_name='event',
            name='data',
            field=models.JSONField(default=dict, verbose_name='what is told'),
        ),
        migrations.AddField(
            model_name='event',
            name='feed_number',
            field=models.BigIntegerField(editable=False, null=True, unique=True, verbose_name='number in the feed'),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
