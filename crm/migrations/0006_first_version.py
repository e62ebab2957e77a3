"""The rules so far become the first published version, with what a customer's standing means; who may edit and publish."""

from decimal import Decimal

from django.db import migrations
from django.utils import timezone

from config.kernel.groups import grant

RULES = {
    "order-amount": {"kind": "amount_limit", "limit": Decimal("5000.00")},
    "design-is-closed": {"kind": "manufacturable"},
    "blocked-customer": {"kind": "customer_blocked"},
    "overdue-customer": {"kind": "customer_overdue"},
    "trusted-customer": {"kind": "customer_trusted", "outcome": "pass"},
}


def make_groups(apps, schema_editor):
    grant(apps, "seller", "crm", ["view_ruleset", "view_approvalrule"])
    editing = ["use_sellers_site", "view_ruleset", "change_ruleset", "publish_rules", "view_approvalrule"]
    editing += ["add_approvalrule", "change_approvalrule", "delete_approvalrule"]
    for group in ("pricing manager", "senior seller"):
        grant(apps, group, "crm", editing)


def make_rules(apps, schema_editor):
    """A rule that was switched off was none: it doesn't come along."""
    sets, rules = apps.get_model("crm", "RuleSet").objects, apps.get_model("crm", "ApprovalRule").objects
    if sets.exists():
        return
    first = sets.create(version=1, note="as the company began")
    for rule in rules.filter(rule_set=None):
        if not rule.is_active:
            rule.delete()
    known = rules.filter(rule_set=None)
    had_rules = known.exists()
    known.update(rule_set=first)
    for code, values in RULES.items():
        if not (had_rules and values["kind"] in {"amount_limit", "manufacturable"}):
            rules.create(rule_set=first, code=code, **values)
    first.published_at = timezone.now()
    first.save(update_fields=["published_at"])


class Migration(migrations.Migration):
    dependencies = [("crm", "0005_rule_sets")]
    operations = [
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        migrations.RunPython(make_rules, migrations.RunPython.noop),
    ]
