"""May an order go to production without a person? Pure: a partner's limits against the facts of an order."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """What was agreed with a partner; None and empty mean no limit."""

    currency: str
    most_amount: Decimal
    most_pieces: int | None = None
    alloys: frozenset[str] = frozenset()
    credit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """An order as the limits see it; `open_amount` is what the partner's other open orders come to."""

    currency: str
    amount: Decimal
    pieces: int
    alloys: frozenset[str]
    open_amount: Decimal
    are_designs_certain: bool


def reasons_to_wait(limits: Limits, facts: Facts) -> list[dict[str, Any]]:
    """Why a planner must look at an order first, as codes with details; nothing when it keeps within the limits."""
    return [{"code": code, "detail": detail} for code, detail in _reasons(limits, facts)]


def _reasons(limits: Limits, facts: Facts) -> Iterator[tuple[str, str]]:
    if facts.currency != limits.currency:
        yield "other_currency", facts.currency
        return
    if not 0 < facts.amount <= limits.most_amount:
        yield "amount_over_limit", f"{facts.amount} {facts.currency}"
    if limits.most_pieces is not None and facts.pieces > limits.most_pieces:
        yield "too_many_pieces", str(facts.pieces)
    if limits.alloys and not facts.alloys <= limits.alloys:
        yield "alloy_not_agreed", ", ".join(sorted(facts.alloys - limits.alloys))
    if limits.credit is not None and facts.open_amount + facts.amount > limits.credit:
        yield "credit_exceeded", f"{facts.open_amount + facts.amount} {facts.currency}"
    # A design that isn't closed has no certain mass, so its price isn't certain either.
    if not facts.are_designs_certain:
        yield "design_doubtful", ""
