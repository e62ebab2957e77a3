"""Approval rules in force, as a test wants them."""

from typing import Any

from crm.models import ApprovalRule, RuleSet
from crm.selectors.facts import current_rule_set
from crm.services.rules import copy_rule_set, publish_rule_set


def make_draft(*rules: dict[str, Any]) -> RuleSet:
    """A draft with these rules and no others; a rule needs its kind only, where the kind needs nothing more."""
    current = current_rule_set()
    draft = copy_rule_set(rule_set_id=current.pk if current else 0)
    draft.rules.all().delete()
    for rule in rules:
        ApprovalRule.objects.create(rule_set=draft, **{"code": rule["kind"].replace("_", "-")} | rule)
    return draft


def publish_rules(*rules: dict[str, Any]) -> RuleSet:
    """These rules, and no others, apply from now on."""
    return publish_rule_set(rule_set_id=make_draft(*rules).pk, reason="test", actor=None)


def stop_everything() -> RuleSet:
    """Every order is over the limit."""
    return publish_rules({"kind": "amount_limit", "code": "order-amount", "limit": "0.01"})
