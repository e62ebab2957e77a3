from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('external_orders', '0017_uploads'),
    ]

    operations = [
        migrations.AddField(
            model_name='externalorder',
            name='first_promised_on',
            field=models.DateField(editable=False, null=True, verbose_name='promised at first'),
        ),
        migrations.AddField(
            model_name='externalorder',
            name='promise_probability',
            field=models.PositiveSmallIntegerField(editable=False, null=True, verbose_name='promised with, %'),
        ),
    ]
