from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0017_order_to_refund'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='first_promised_on',
            field=models.DateField(editable=False, null=True, verbose_name='promised at first'),
        ),
        migrations.AddField(
            model_name='order',
            name='promise_probability',
            field=models.PositiveSmallIntegerField(editable=False, null=True, verbose_name='promised with, %'),
        ),
    ]
