"""From rows to what the rules look at: the rules of a version, the facts of orders."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Min
from django.utils import timezone

from crm.facts import LineFacts, OrderFacts
from crm.models import ApprovalRule, CustomerStanding, RuleSet
from crm.rules import Rule
from crm.states import Standing
from mes.selectors import stones_to_set
from shop.models import Order, OrderLine
from shop.states import OrderStatus, PaymentStatus


def current_rule_set() -> RuleSet | None:
    """The version of the rules in force: published last."""
    return RuleSet.objects.current_first().first()


def rules_of(rule_set: RuleSet | None) -> list[Rule]:
    """The rules of a version as the evaluation takes them; none when the company has no rules."""
    return [_rule(row) for row in rule_set.rules.all()] if rule_set else []


def _rule(row: ApprovalRule) -> Rule:
    return Rule(
        code=row.code,
        kind=row.kind,
        outcome=row.outcome,
        limit=row.limit,
        count=row.count,
        listed=frozenset(row.listed.replace(",", " ").split()),
    )


def facts_of(order: Order) -> OrderFacts:
    """What the rules may look at of an order, as its rows say now."""
    return facts_of_many([order])[order.pk]


def facts_of_many(orders: Sequence[Order]) -> dict[int, OrderFacts]:
    """The facts of orders by their primary key, in three queries however many they are."""
    lines: dict[int, list[OrderLine]] = {order.pk: [] for order in orders}
    for line in OrderLine.objects.filter(order__in=lines).select_related("alloy", "quote__measurement"):
        lines[line.order_id].append(line)
    customers = {order.customer_id for order in orders}
    standings = {one.customer_id: one for one in CustomerStanding.objects.filter(customer__in=customers)}
    delivered = _first_delivered(customers)
    return {
        order.pk: _facts(order, lines[order.pk], standings.get(order.customer_id), delivered.get(order.customer_id))
        for order in orders
    }


def _first_delivered(customers: Iterable[int]) -> dict[int, datetime]:
    """When the oldest delivered order of each customer was placed. Uses index order_of_customer."""
    delivered = Order.objects.filter(customer__in=customers, status=OrderStatus.DELIVERED).order_by()
    return dict(delivered.values("customer").annotate(first=Min("placed_at")).values_list("customer", "first"))


def _facts(
    order: Order, lines: Iterable[OrderLine], standing: CustomerStanding | None, first_delivered: datetime | None
) -> OrderFacts:
    placed_on = timezone.localdate(order.placed_at)
    return OrderFacts(
        currency=order.currency,
        gross=Decimal(order.gross),
        lines=tuple(_line(line) for line in lines),
        country=order.country,
        lead_days=(order.promised_on - placed_on).days,
        is_paid=order.payment_status == PaymentStatus.PAID,
        has_note=bool(order.note),
        is_new_customer=first_delivered is None or first_delivered >= order.placed_at,
        standing=standing.level if standing else Standing.NORMAL,
        trusted_limit=standing.limit if standing else None,
    )


def _line(line: OrderLine) -> LineFacts:
    return LineFacts(
        title=line.title,
        gross=Decimal(line.gross),
        pieces=line.quote.pieces,
        alloy=line.alloy.code,
        is_offered=line.alloy.is_offered,
        verdict=line.quote.verdict,
        stones=stones_to_set(line.quote)[1],
        engraving=line.quote.engraving,
    )
