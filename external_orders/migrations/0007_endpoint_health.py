"""How an endpoint fares, which types it wants, its secret's rotation, and whom to tell when it doesn't answer."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('external_orders', '0006_event_details'),
    ]

    operations = [
        migrations.AddField(
            model_name='partner',
            name='contact_email',
            field=models.EmailField(blank=True, help_text="Who hears that the partner's webhooks aren't taken.", max_length=254, verbose_name="contact's e-mail"),
        ),
        migrations.AddField(
            model_name='webhookendpoint',
            name='description',
            field=models.CharField(blank=True, max_length=100, verbose_name='description'),
        ),
        migrations.AddField(
            model_name='webhookendpoint',
            name='event_types',
            field=models.JSONField(blank=True, default=list, verbose_name='types of events'),
        ),
        migrations.AddField(
            model_name='webhookendpoint',
            name='failing_since',
            field=models.DateTimeField(blank=True, null=True, verbose_name='failing since'),
        ),
        migrations.AddField(
            model_name='webhookendpoint',
            name='failures',
            field=models.PositiveIntegerField(default=0, verbose_name='failures in a row'),
        ),
        migrations.AddField(
            model_name='webhookendpoint',
            name='paused_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='paused until'),
        ),
        migrations.AddField(
            model_name='webhookendpoint',
            name='previous_secret',
            field=models.CharField(blank=True, editable=False, max_length=80),
        ),
        migrations.AddField(
            model_name='webhookendpoint',
            name='previous_secret_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='previous secret until'),
        ),
        migrations.AddField(
            model_name='webhookendpoint',
            name='warned_days',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='warned at day'),
        ),
        migrations.AlterField(
            model_name='webhookendpoint',
            name='disabled_reason',
            field=models.CharField(blank=True, choices=[('gone', 'the receiver answered 410 Gone'), ('failing', 'five days without a success'), ('paused', 'switched off by the partner'), ('deleted', 'deleted by the partner')], max_length=16, verbose_name='why disabled'),
        ),
        migrations.AddIndex(
            model_name='webhookendpoint',
            index=models.Index(condition=models.Q(('failing_since__isnull', False), ('is_active', True)), fields=['failing_since'], name='webhook_endpoint_failing'),
        ),
    ]
