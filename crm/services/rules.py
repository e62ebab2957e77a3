"""Versions of the approval rules: copied, edited as a draft, tried, published, never changed."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from config.kernel.errors import ReasonMissing
from config.kernel.locking import lock_one, wait_for_named_lock
from config.kernel.transitions import Actor, person
from crm.errors import RulesPublished
from crm.models import ApprovalRule, RuleSet

_COPIED = ["code", "kind", "outcome", "limit", "count", "listed"]


@transaction.atomic
def copy_rule_set(*, rule_set_id: int, note: str = "") -> RuleSet:
    """A new draft with all rules of a version, under the next number.

    Takes a named lock, so that two copies made at once don't take the same number.
    """
    wait_for_named_lock("crm", "rule_set_version")
    newest = RuleSet.objects.aggregate(most=Max("version"))["most"] or 0
    draft = RuleSet.objects.create(version=newest + 1, note=note.strip()[:200])
    originals = ApprovalRule.objects.filter(rule_set=rule_set_id)
    ApprovalRule.objects.bulk_create(
        ApprovalRule(rule_set=draft, **{name: getattr(row, name) for name in _COPIED}) for row in originals
    )
    return draft


@transaction.atomic
def save_draft(*, rule_set: RuleSet) -> RuleSet:
    """Save what a person entered of a draft. Locks the version. Refuses with RulesPublished."""
    if lock_one(RuleSet.objects.filter(pk=rule_set.pk)).is_published:
        raise RulesPublished
    rule_set.save(update_fields=["note"])
    return rule_set


@transaction.atomic
def publish_rule_set(*, rule_set_id: int, reason: str, actor: Actor) -> RuleSet:
    """Publish a draft: from the next order on its rules apply, and it never changes.

    An order that is being reviewed at this moment is judged by the version that it began with, and its review says by
    which. Locks the version. Refuses with ReasonMissing, RulesPublished.
    """
    if not reason.strip():
        raise ReasonMissing
    rule_set = lock_one(RuleSet.objects.filter(pk=rule_set_id))
    if rule_set.is_published:
        raise RulesPublished
    rule_set.published_at, rule_set.published_by = timezone.now(), person(actor)
    rule_set.published_because = reason.strip()[:300]
    rule_set.save(update_fields=["published_at", "published_by", "published_because"])
    return rule_set
