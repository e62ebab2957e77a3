"""Approval: rules × facts of an order → approve, or the reasons why not. Pure, so a table of cases tests it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from crm.states import RuleKind


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the rules may look at."""

    currency: str
    gross: Decimal
    line_amounts: tuple[Decimal, ...]
    doubtful_designs: tuple[str, ...]
    """Titles of the lines whose quote has no certain verdict: nobody knows that the piece can be cast."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it stood when it was applied."""

    code: str
    kind: str
    limit: Decimal | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an order stopped, and what would resolve it: a code and what fills its words."""

    code: str
    rule: str
    detail: str


def evaluate(rules: Iterable[Rule], facts: OrderFacts) -> tuple[Reason, ...]:
    """The reasons to stop an order; none means that it goes to production without a person.

    A price that is zero, negative or not a number always stops, whatever rules there are.
    """
    reasons = [reason for rule in rules for reason in _reasons(rule, facts)]
    if any(not amount.is_finite() or amount <= 0 for amount in (facts.gross, *facts.line_amounts)):
        reasons.insert(0, Reason("price_impossible", "always", f"{facts.gross} {facts.currency}"))
    return tuple(reasons)


def _reasons(rule: Rule, facts: OrderFacts) -> Iterable[Reason]:
    if rule.kind == RuleKind.AMOUNT_LIMIT and rule.limit is not None and facts.gross > rule.limit:
        yield Reason("amount_over_limit", rule.code, f"{facts.gross} > {rule.limit} {facts.currency}")
    if rule.kind == RuleKind.MANUFACTURABLE:
        for title in facts.doubtful_designs:
            yield Reason("design_doubtful", rule.code, title)
