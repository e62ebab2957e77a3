"""When a model was measured and a quote settled, so that each is told of once and the sweeps find what was lost."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('external_orders', '0009_key_scopes'),
        ('pricing', '0002_groups'),
    ]

    operations = [
        migrations.AddField(
            model_name='externalquote',
            name='closed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='ordered or expired at'),
        ),
        migrations.AddField(
            model_name='externalquote',
            name='expires_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='valid until'),
        ),
        migrations.AddField(
            model_name='externalquote',
            name='settled_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='settled at'),
        ),
        migrations.AddField(
            model_name='partnermodel',
            name='attempts',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='attempts'),
        ),
        migrations.AddField(
            model_name='partnermodel',
            name='lease_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='lease until'),
        ),
        migrations.AddField(
            model_name='partnermodel',
            name='refusal_code',
            field=models.SlugField(blank=True, verbose_name='refusal'),
        ),
        migrations.AddField(
            model_name='partnermodel',
            name='settled_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='measured at'),
        ),
        migrations.AddIndex(
            model_name='externalquote',
            index=models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['created_at'], name='external_quote_unsettled'),
        ),
        migrations.AddIndex(
            model_name='externalquote',
            index=models.Index(condition=models.Q(('closed_at__isnull', True), ('expires_at__isnull', False)), fields=['expires_at'], name='external_quote_open_until'),
        ),
        migrations.AddIndex(
            model_name='partnermodel',
            index=models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['created_at'], name='partner_model_unmeasured'),
        ),
    ]
