"""What a version of the rules would have done with the last orders, from the facts that their reviews keep."""

from dataclasses import dataclass

from crm.facts import OrderFacts
from crm.models import Review, RuleSet
from crm.rules import WORKSHOP, Reason, evaluate, stops
from crm.selectors.facts import facts_of_many, rules_of
from crm.states import Outcome
from shop.models import Order

MOST_TRIED = 500  # an evaluation takes microseconds; what costs is reading the facts, about a kilobyte each


@dataclass(frozen=True, slots=True)
class TriedOrder:
    """An order: whether the rules of its time stopped it, and what these rules find."""

    order: Order
    had_stopped: bool
    found: tuple[Reason, ...]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return stops(self.found)

    @property
    def is_warned(self) -> bool:
        return not self.reasons and any(one.outcome == Outcome.WARN for one in self.found)


@dataclass(frozen=True, slots=True)
class Trial:
    """The last orders under other rules, newest first."""

    rule_set: RuleSet
    rows: list[TriedOrder]

    @property
    def would_stop(self) -> list[TriedOrder]:
        return [row for row in self.rows if row.reasons]

    @property
    def newly_stopped(self) -> list[TriedOrder]:
        return [row for row in self.would_stop if not row.had_stopped]

    @property
    def newly_passed(self) -> list[TriedOrder]:
        return [row for row in self.rows if row.had_stopped and not row.reasons]

    @property
    def warned(self) -> int:
        return sum(row.is_warned for row in self.rows)


def trial_of(rule_set: RuleSet, *, most: int = MOST_TRIED) -> Trial:
    """Apply a version to the newest orders, in a constant number of queries. Changes nothing. Uses index order_newest.

    An order is judged by what its review saw; one whose review keeps no facts (nobody reviewed it yet, or by an older
    Karat) by what its rows say now. The workshop's refusals aren't rules and don't count as stops.
    """
    rules = rules_of(rule_set)
    orders = list(Order.objects.newest_first().select_related("review")[: min(most, MOST_TRIED)])
    facts = _stored_facts(orders)
    unknown = [order for order in orders if order.pk not in facts]
    facts |= facts_of_many(unknown) if unknown else {}
    return Trial(rule_set, [_tried(order, evaluate(rules, facts[order.pk])) for order in orders])


def _stored_facts(orders: list[Order]) -> dict[int, OrderFacts]:
    stored = {order.pk: OrderFacts.from_json(_review(order).facts) for order in orders}
    return {pk: facts for pk, facts in stored.items() if facts is not None}


def _review(order: Order) -> Review:
    return getattr(order, "review", None) or Review()


def _tried(order: Order, found: tuple[Reason, ...]) -> TriedOrder:
    return TriedOrder(order, had_stopped=_was_stopped(_review(order)), found=found)


def _was_stopped(review: Review) -> bool:
    """Whether rules stopped it then, whatever a person decided afterwards."""
    return any(reason["rule"] != WORKSHOP for reason in review.reasons)
