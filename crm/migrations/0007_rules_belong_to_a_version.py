# Split from 0005: the rows have their version by now.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0006_first_version'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='approvalrule',
            name='is_active',
        ),
        migrations.AlterField(
            model_name='approvalrule',
            name='rule_set',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='crm.ruleset', verbose_name='version'),
        ),
        migrations.AddConstraint(
            model_name='approvalrule',
            constraint=models.UniqueConstraint(fields=('rule_set', 'code'), name='approval_rule_code_once'),
        ),
        migrations.AddConstraint(
            model_name='approvalrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['amount_limit', 'line_price']), _negated=True), models.Q(('limit__gt', 0), ('limit__isnull', False)), _connector='OR'), name='approval_rule_limit_given', violation_error_message='This condition needs a limit above zero.'),
        ),
        migrations.AddConstraint(
            model_name='approvalrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['quantity', 'stones', 'lead_time']), _negated=True), ('count__isnull', False), _connector='OR'), name='approval_rule_count_given', violation_error_message='This condition needs a number.'),
        ),
        migrations.AddConstraint(
            model_name='approvalrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['country']), _negated=True), models.Q(('listed', ''), _negated=True), _connector='OR'), name='approval_rule_list_given', violation_error_message='This condition needs a list.'),
        ),
        migrations.AddConstraint(
            model_name='approvalrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'customer_trusted'), _negated=True), ('outcome', 'pass'), _connector='OR'), name='approval_rule_trust_passes', violation_error_message='Trust can only let an order pass.'),
        ),
    ]
