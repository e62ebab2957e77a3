"""Sellers decide on exceptions. The first two approval rules, which the company edits."""

from decimal import Decimal

from django.db import migrations

from config.kernel.groups import grant


def make_groups(apps, schema_editor):
    grant(apps, "seller", "crm", [
        "use_sellers_site", "decide_order", "view_review", "view_orderexception", "view_approvalrule", "view_productionrequest",
    ])
    grant(apps, "pricing manager", "crm", ["use_sellers_site", "view_approvalrule", "change_approvalrule"])


def make_rules(apps, schema_editor):
    rules = apps.get_model("crm", "ApprovalRule").objects
    rules.get_or_create(code="order-amount", defaults={"kind": "amount_limit", "limit": Decimal("5000.00")})
    rules.get_or_create(code="design-is-closed", defaults={"kind": "manufacturable"})


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        migrations.RunPython(make_rules, migrations.RunPython.noop),
    ]
