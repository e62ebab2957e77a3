"""Secrets of webhooks are sealed with a key that isn't in the database."""

from django.db import migrations, models

from external_orders.sealing import seal


def seal_all(apps, schema_editor):
    for endpoint in apps.get_model("external_orders", "WebhookEndpoint").objects.iterator():
        endpoint.sealed_secret = seal(endpoint.sealed_secret)
        if endpoint.sealed_previous_secret:
            endpoint.sealed_previous_secret = seal(endpoint.sealed_previous_secret)
        endpoint.save(update_fields=["sealed_secret", "sealed_previous_secret"])


class Migration(migrations.Migration):

    dependencies = [
        ('external_orders', '0012_groups'),
    ]

    operations = [
        migrations.RenameField('webhookendpoint', 'secret', 'sealed_secret'),
        migrations.RenameField('webhookendpoint', 'previous_secret', 'sealed_previous_secret'),
        migrations.AlterField(
            model_name='webhookendpoint',
            name='sealed_secret',
            field=models.CharField(editable=False, max_length=300),
        ),
        migrations.AlterField(
            model_name='webhookendpoint',
            name='sealed_previous_secret',
            field=models.CharField(blank=True, editable=False, max_length=300),
        ),
        migrations.RunPython(seal_all, migrations.RunPython.noop),
    ]
