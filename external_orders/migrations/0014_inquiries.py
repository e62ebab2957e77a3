"""What is asked about an order, and that it waits for the answer."""

import config.kernel.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('external_orders', '0013_sealed_secrets'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Inquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('question', 'question to the partner'), ('cancellation', 'wish to cancel')], max_length=16, verbose_name='kind')),
                ('text', models.CharField(blank=True, max_length=300, verbose_name='what is asked')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked at')),
                ('answer', models.CharField(blank=True, max_length=300, verbose_name='answer')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('outcome', models.CharField(blank=True, choices=[('resumed', 'went on'), ('accepted', 'cancelled'), ('refused', 'not cancelled'), ('overtaken', 'overtaken')], max_length=16, verbose_name='outcome')),
                ('fee', config.kernel.fields.MoneyField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='fee')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
            ],
            options={
                'verbose_name': 'question about an external order',
                'verbose_name_plural': 'questions about external orders',
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='externalorder',
            name='status_detail',
            field=models.CharField(blank=True, choices=[('waits_for_answer', "waits for the partner's answer"), ('answered', 'the partner answered'), ('cancel_requested', 'the partner wants to cancel')], max_length=20, verbose_name='waits for'),
        ),
        migrations.AlterField(
            model_name='event',
            name='type',
            field=models.CharField(choices=[('order.status_changed', "an order's status changed"), ('order.detail_changed', 'what an order waits for changed'), ('order.promise_changed', "an order's promised date changed"), ('quote.priced', 'a quote was priced'), ('quote.refused', "what was asked can't be made"), ('quote.expired', 'a quote expired'), ('model.ready', 'a model was measured'), ('model.rejected', "a model can't be made"), ('endpoint.disabled', 'an endpoint was disabled'), ('ping', 'a test of an endpoint')], max_length=32, verbose_name='type'),
        ),
        migrations.AddIndex(
            model_name='externalorder',
            index=models.Index(condition=models.Q(('status_detail', ''), _negated=True), fields=['accepted_at', 'id'], name='external_order_asked_about'),
        ),
        migrations.AddField(
            model_name='inquiry',
            name='asked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by'),
        ),
        migrations.AddField(
            model_name='inquiry',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inquiries', to='external_orders.externalorder', verbose_name='order'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(condition=models.Q(('closed_at__isnull', True), ('kind', 'cancellation')), fields=['asked_at'], name='inquiry_undecided'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('order',), name='inquiry_one_open'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), models.Q(('outcome', ''), _negated=True), _connector='XOR'), name='inquiry_closed_outcome'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(('fee__isnull', True), ('fee__gte', 0), _connector='OR'), name='inquiry_fee'),
        ),
    ]
