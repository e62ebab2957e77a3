"""What was agreed with a partner beyond an amount, why an order waited, and a list of those that wait."""

import config.kernel.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('external_orders', '0010_models_and_quotes_settled'),
        ('pricing', '0002_groups'),
    ]

    operations = [
        migrations.CreateModel(
            name='WaitingExternalOrder',
            fields=[
            ],
            options={
                'verbose_name': 'external order that waits',
                'verbose_name_plural': 'external orders that wait',
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('external_orders.externalorder',),
        ),
        migrations.AddField(
            model_name='externalorder',
            name='waits_for',
            field=models.JSONField(blank=True, default=list, verbose_name='why it waited'),
        ),
        migrations.AddField(
            model_name='partner',
            name='alloys',
            field=models.ManyToManyField(blank=True, help_text='Agreed on; none named: all.', related_name='+', to='pricing.alloy', verbose_name='alloys'),
        ),
        migrations.AddField(
            model_name='partner',
            name='credit_limit',
            field=config.kernel.fields.MoneyField(blank=True, decimal_places=2, help_text='Most that open orders may come to together; empty: no limit.', max_digits=12, null=True, verbose_name='credit'),
        ),
        migrations.AddField(
            model_name='partner',
            name='most_pieces',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='most pieces per order'),
        ),
        migrations.AddIndex(
            model_name='externalorder',
            index=models.Index(condition=models.Q(('livemode', True), ('status', 'received')), fields=['accepted_at', 'id'], name='external_order_waiting'),
        ),
        migrations.AddConstraint(
            model_name='partner',
            constraint=models.CheckConstraint(condition=models.Q(('credit_limit__isnull', True), ('credit_limit__gte', 0), _connector='OR'), name='partner_credit_limit'),
        ),
    ]
