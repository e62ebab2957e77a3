"""Uploads that were announced and come to an address of their own."""

import django.db.models.deletion
import external_orders.references
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('external_orders', '0016_caps_and_ranges'),
        ('pricing', '0009_pieces_in_one'),
    ]

    operations = [
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=external_orders.references.upload_id, editable=False, max_length=32, unique=True, verbose_name='id')),
                ('livemode', models.BooleanField(default=True, verbose_name='live')),
                ('secret_sha256', models.CharField(editable=False, max_length=64, unique=True)),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('size_bytes', models.PositiveIntegerField(verbose_name='bytes')),
                ('filename', models.CharField(max_length=120, verbose_name='file name')),
                ('expires_at', models.DateTimeField(verbose_name='expires at')),
                ('design', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pricing.design', verbose_name='design')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='external_orders.partner', verbose_name='partner')),
            ],
            options={
                'verbose_name': 'announced upload',
                'verbose_name_plural': 'announced uploads',
                'indexes': [models.Index(fields=['expires_at'], name='upload_oldest')],
            },
        ),
    ]
