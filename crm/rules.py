"""Approval: rules × facts of an order → what was found. Pure, so a table of cases tests it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from crm.facts import OrderFacts
from crm.states import Outcome, RuleKind, Standing
from pricing.states import CERTAIN, Verdict

ALWAYS: Final = "always"  # the rule that nobody can edit
WORKSHOP: Final = "workshop"  # what refused when no rule did
Found = Iterator[tuple[str, str]]  # a reason's code, and what fills its words


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it stood when it was applied; which of limit, count and listed it needs, its kind says."""

    code: str
    kind: str
    outcome: str = Outcome.STOP
    limit: Decimal | None = None
    count: int | None = None
    listed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that a rule found: a code and what fills its words, and what comes of it."""

    code: str
    rule: str
    detail: str
    outcome: str = Outcome.STOP


def evaluate(rules: Iterable[Rule], facts: OrderFacts) -> tuple[Reason, ...]:
    """What the rules find of an order. It goes to production without a person when nothing found is a stop.

    A price that is zero, negative or not a number always stops, whatever rules there are and whoever orders.
    """
    rules = list(rules)
    found = [
        Reason(code, rule.code, detail, rule.outcome)
        for rule in rules
        for code, detail in _CHECKS[RuleKind(rule.kind)](rule, facts)
    ]
    if _is_trusted(rules, facts):
        found = [_trusting(reason) for reason in found]
    return (*_impossible_price(facts), *found)


def stops(found: Iterable[Reason]) -> tuple[Reason, ...]:
    """Those of what was found for which a person must decide."""
    return tuple(reason for reason in found if reason.outcome == Outcome.STOP)


def _impossible_price(facts: OrderFacts) -> Iterator[Reason]:
    amounts = (facts.gross, *(line.gross for line in facts.lines))
    if not facts.lines or any(not amount.is_finite() or amount <= 0 for amount in amounts):
        yield Reason("price_impossible", ALWAYS, f"{facts.gross} {facts.currency}")


def _is_trusted(rules: Iterable[Rule], facts: OrderFacts) -> bool:
    is_asked = any(rule.kind == RuleKind.CUSTOMER_TRUSTED for rule in rules)
    limit = facts.trusted_limit if facts.standing == Standing.TRUSTED else None
    return is_asked and limit is not None and facts.gross.is_finite() and facts.gross <= limit


def _trusting(reason: Reason) -> Reason:
    """For a trusted customer below his limit an amount is no reason, and nothing needs a warning."""
    if reason.outcome == Outcome.WARN or reason.code in _OF_AMOUNT:
        return replace(reason, outcome=Outcome.PASS)
    return reason


def _over(amount: Decimal, limit: Decimal | None) -> bool:
    return limit is not None and amount.is_finite() and amount > limit


def _amount(rule: Rule, facts: OrderFacts) -> Found:
    if _over(facts.gross, rule.limit):
        yield "amount_over_limit", f"{facts.gross} > {rule.limit} {facts.currency}"


def _line_price(rule: Rule, facts: OrderFacts) -> Found:
    for line in facts.lines:
        if _over(line.gross, rule.limit):
            yield "line_over_limit", f"{line.title}: {line.gross} > {rule.limit} {facts.currency}"


def _quantity(rule: Rule, facts: OrderFacts) -> Found:
    for line in facts.lines:
        if rule.count is not None and line.pieces > rule.count:
            yield "many_pieces", f"{line.title}: {line.pieces} > {rule.count}"


def _alloy(rule: Rule, facts: OrderFacts) -> Found:
    for line in facts.lines:
        if line.alloy in rule.listed:
            yield "alloy_listed", f"{line.title}: {line.alloy}"
        elif not line.is_offered:
            yield "alloy_not_offered", f"{line.title}: {line.alloy}"


def _manufacturable(_rule: Rule, facts: OrderFacts) -> Found:
    for line in facts.lines:
        if line.verdict not in CERTAIN:
            yield "design_doubtful", line.title


def _advice(_rule: Rule, facts: OrderFacts) -> Found:
    for line in facts.lines:
        if line.verdict == Verdict.ADVICE:
            yield "design_advised_against", line.title


def _stones(rule: Rule, facts: OrderFacts) -> Found:
    for line in facts.lines:
        if rule.count is not None and line.stones > rule.count:
            yield "many_stones", f"{line.title}: {line.stones} > {rule.count}"


def _engraving(_rule: Rule, facts: OrderFacts) -> Found:
    for line in facts.lines:
        if line.engraving:
            yield "engraved", f"{line.title}: “{line.engraving}”"


def _note(_rule: Rule, facts: OrderFacts) -> Found:
    if facts.has_note:
        yield "customer_wrote", ""


def _lead_time(rule: Rule, facts: OrderFacts) -> Found:
    if rule.count is not None and facts.lead_days < rule.count:
        yield "lead_time_short", f"{facts.lead_days} < {rule.count}"


def _new_customer(_rule: Rule, facts: OrderFacts) -> Found:
    if facts.is_new_customer:
        yield "customer_new", ""


def _blocked(_rule: Rule, facts: OrderFacts) -> Found:
    if facts.standing == Standing.BLOCKED:
        yield "customer_blocked", ""


def _overdue(_rule: Rule, facts: OrderFacts) -> Found:
    if facts.standing == Standing.OVERDUE:
        yield "customer_overdue", ""


def _trusted(_rule: Rule, _facts: OrderFacts) -> Found:
    """Finds nothing: it relaxes what the others find (`_trusting`)."""
    return iter(())


def _country(rule: Rule, facts: OrderFacts) -> Found:
    if facts.country.upper() not in {one.upper() for one in rule.listed}:
        yield "country_unusual", facts.country


def _payment(_rule: Rule, facts: OrderFacts) -> Found:
    if not facts.is_paid:
        yield NOT_PAID, ""


NOT_PAID: Final = "not_paid"
_OF_AMOUNT: Final = {"amount_over_limit", "line_over_limit"}
_CHECKS: Final[Mapping[RuleKind, Callable[[Rule, OrderFacts], Found]]] = {
    RuleKind.AMOUNT_LIMIT: _amount,
    RuleKind.LINE_PRICE: _line_price,
    RuleKind.QUANTITY: _quantity,
    RuleKind.ALLOY: _alloy,
    RuleKind.MANUFACTURABLE: _manufacturable,
    RuleKind.ADVICE: _advice,
    RuleKind.STONES: _stones,
    RuleKind.ENGRAVING: _engraving,
    RuleKind.NOTE: _note,
    RuleKind.LEAD_TIME: _lead_time,
    RuleKind.CUSTOMER_NEW: _new_customer,
    RuleKind.CUSTOMER_BLOCKED: _blocked,
    RuleKind.CUSTOMER_OVERDUE: _overdue,
    RuleKind.CUSTOMER_TRUSTED: _trusted,
    RuleKind.COUNTRY: _country,
    RuleKind.PAYMENT: _payment,
}
