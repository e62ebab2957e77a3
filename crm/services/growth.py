"""The decisions of a past of orders in bulk, and the tallies that they would have left.

The rules in force judge each order of that past, so the share that needs no person is theirs.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from config.kernel.bulk import copy_rows
from crm.facts import LineFacts, OrderFacts
from crm.models import Review
from crm.rules import Rule, evaluate, stops
from crm.selectors.facts import current_rule_set, rules_of
from crm.services.tallies import count_orders
from crm.states import Verdict
from shop.services.growth import LEAD_DAYS, Asked, Grown, grow_orders

_AT_ONCE: Final = 10_000
_COLUMNS: Final = [
    "order_id", "verdict", "reasons", "warnings", "rules", "facts", "rule_set_id", "reviewed_at", "decided_at", "note",
]  # fmt: skip


@transaction.atomic
def grow_order_history(*, many: int, still_open: int = 2_000) -> int:
    """Add so many orders of the last years with their decisions, counted. Raises DoesNotExist without one to copy."""
    rule_set = current_rule_set()
    rules = rules_of(rule_set)
    past = grow_orders(
        many=many, still_open=still_open, is_stopped=lambda asked: bool(stops(evaluate(rules, _facts(asked))))
    )
    version = rule_set.pk if rule_set else None
    copy_rows(Review, _COLUMNS, (_review(one, rules, version) for one in past))
    for start in range(0, many, _AT_ONCE):
        count_orders(order_ids=[one.key for one in past[start : start + _AT_ONCE]])
    return many


def _review(one: Grown, rules: Sequence[Rule], version: int | None) -> list[Any]:
    """The rules approved it, or a seller did, or it still waits for one."""
    facts = _facts(one.asked)
    found = evaluate(rules, facts)
    reasons = stops(found)
    others = [reason for reason in found if reason not in reasons]
    told = [[asdict(reason) for reason in some] for some in (reasons, others)]
    if not reasons:
        return [one.key, Verdict.APPROVED, *told, [], facts.to_json(), version, one.decided_at, None, ""]
    verdict = Verdict.STOPPED if one.decided_at is None else Verdict.APPROVED_BY_HAND
    reviewed_at, note = one.placed_at + timedelta(seconds=4), "checked" if one.decided_at else ""
    return [one.key, verdict, *told, [], facts.to_json(), version, reviewed_at, one.decided_at, note]


def _facts(asked: Asked) -> OrderFacts:
    line = LineFacts(asked.title, asked.gross, alloy=asked.alloy, verdict=asked.verdict, engraving=asked.engraving)
    return OrderFacts(
        asked.currency,
        asked.gross,
        (line,),
        country=asked.country,
        lead_days=LEAD_DAYS,
        is_paid=asked.is_paid,
        is_new_customer=asked.is_new_customer,
    )
