"""Quotes and orders of several pieces: each piece becomes a line."""

import django.db.models.deletion
from django.db import migrations, models


def copy_pieces(apps, schema_editor):
    """What was a quote's and an order's only piece becomes its first line."""
    QuoteItem = apps.get_model("external_orders", "ExternalQuoteItem")
    OrderItem = apps.get_model("external_orders", "ExternalOrderItem")
    for quote in apps.get_model("external_orders", "ExternalQuote").objects.iterator():
        QuoteItem.objects.create(external_quote=quote, rank=1, model_id=quote.model_id, quote_id=quote.quote_id)
    lines = dict(QuoteItem.objects.values_list("external_quote", "pk"))
    for order in apps.get_model("external_orders", "ExternalOrder").objects.iterator():
        OrderItem.objects.create(
            order=order, rank=1, quote_item_id=lines[order.quote_id], work_order_id=order.work_order_id
        )


class Migration(migrations.Migration):

    dependencies = [
        ('external_orders', '0002_groups'),
        ('mes', '0002_groups'),
        ('pricing', '0002_groups'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExternalOrderItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='line')),
            ],
            options={
                'verbose_name': 'line of an external order',
                'verbose_name_plural': 'lines of an external order',
                'ordering': ['rank'],
            },
        ),
        migrations.CreateModel(
            name='ExternalQuoteItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='line')),
                ('sku', models.CharField(blank=True, max_length=50, verbose_name='SKU')),
            ],
            options={
                'verbose_name': 'line of an external quote',
                'verbose_name_plural': 'lines of an external quote',
                'ordering': ['rank'],
            },
        ),
        migrations.AddField(
            model_name='externalorderitem',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='external_orders.externalorder', verbose_name='order'),
        ),
        migrations.AddField(
            model_name='externalorderitem',
            name='work_order',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mes.workorder', verbose_name='work order'),
        ),
        migrations.AddField(
            model_name='externalquoteitem',
            name='external_quote',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='external_orders.externalquote', verbose_name='external quote'),
        ),
        migrations.AddField(
            model_name='externalquoteitem',
            name='model',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='external_orders.partnermodel', verbose_name='model'),
        ),
        migrations.AddField(
            model_name='externalquoteitem',
            name='quote',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pricing.quote', verbose_name='quote'),
        ),
        migrations.AddField(
            model_name='externalorderitem',
            name='quote_item',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='order_item', to='external_orders.externalquoteitem', verbose_name='quoted'),
        ),
        migrations.AddConstraint(
            model_name='externalquoteitem',
            constraint=models.UniqueConstraint(fields=('external_quote', 'rank'), name='external_quote_item_once'),
        ),
        migrations.AddConstraint(
            model_name='externalquoteitem',
            constraint=models.CheckConstraint(condition=models.Q(('model__isnull', True), ('sku', ''), _connector='XOR'), name='external_quote_item_model_or_sku'),
        ),
        migrations.AddConstraint(
            model_name='externalorderitem',
            constraint=models.UniqueConstraint(fields=('order', 'rank'), name='external_order_item_once'),
        ),
        migrations.RunPython(copy_pieces, migrations.RunPython.noop),
    ]
