"""Keys have scopes and a version; those issued before may do everything."""

import external_orders.states
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('external_orders', '0008_groups'),
    ]

    operations = [
        migrations.AddField(
            model_name='partnerkey',
            name='api_version',
            field=models.CharField(blank=True, max_length=10, verbose_name='version of the API'),
        ),
        migrations.AddField(
            model_name='partnerkey',
            name='scopes',
            field=models.JSONField(default=external_orders.states.all_scopes, verbose_name='may be used to'),
        ),
    ]
