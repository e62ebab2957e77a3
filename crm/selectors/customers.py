"""A customer as sellers see him: what he ordered and spent, who else he may be, what was written down."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from crm.errors import NoSuchCustomer
from crm.models import CustomerNote
from shop.models import Customer, CustomerLog, Order, OrderLine, QuoteRequest
from shop.states import OrderStatus

ORDERS_SHOWN: Final = 25
SUMMED: Final = 1_000
_ROWS_SHOWN: Final = 50
_DESIGNS_SHOWN: Final = 12
_OTHERS_SHOWN: Final = 10
_LONGEST_KEY: Final = 18


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a customer's history."""

    order: Order
    pictures: tuple[str, ...]
    pieces: int


@dataclass(frozen=True, slots=True)
class CustomerPage:
    customer: Customer
    orders: tuple[OrderRow, ...]
    has_more: bool
    spent: tuple[tuple[str, Decimal], ...]
    """Currency and sum of what he ordered and didn't cancel, over his newest SUMMED orders."""
    ordered: int
    designs: tuple[tuple[str, str], ...]
    """Title and picture of what he asked quotes for."""
    others: tuple[Customer, ...]
    notes: tuple[CustomerNote, ...]
    log: tuple[CustomerLog, ...]


def customer_page(customer: Customer) -> CustomerPage:
    """All of it bounded. Uses indexes order_of_customer, quote_request_leads, customer_of_email."""
    orders = _orders(customer)
    return CustomerPage(
        customer=customer,
        orders=tuple(_row(order) for order in orders[:ORDERS_SHOWN]),
        has_more=len(orders) > ORDERS_SHOWN,
        spent=_spent(customer),
        ordered=len(_newest(customer).values_list("pk", flat=True)),
        designs=_designs(customer),
        others=tuple(_others(customer)),
        notes=tuple(CustomerNote.objects.filter(customer=customer).select_related("author")[:_ROWS_SHOWN]),
        log=tuple(customer.log.order_by("-pk").select_related("actor")[:_ROWS_SHOWN]),
    )


def _newest(customer: Customer) -> Any:
    return Order.objects.of_customer(customer).newest_first()[:SUMMED]


def _orders(customer: Customer) -> list[Order]:
    newest = Order.objects.of_customer(customer).newest_first()
    return list(newest.prefetch_related("lines__quote__measurement")[: ORDERS_SHOWN + 1])


def _row(order: Order) -> OrderRow:
    lines = list(order.lines.all())
    return OrderRow(order, _pictures(lines), sum(line.quantity for line in lines))


def _pictures(lines: Iterable[OrderLine]) -> tuple[str, ...]:
    found = [line.quote.measurement for line in lines if line.quote.measurement]
    return tuple(one.picture_url for one in found[:3])


def _spent(customer: Customer) -> tuple[tuple[str, Decimal], ...]:
    counted = Order.objects.filter(pk__in=_newest(customer).values("pk")).exclude(status=OrderStatus.CANCELLED)
    sums = counted.order_by("currency").values_list("currency").annotate(sum=Coalesce(Sum("gross"), Decimal(0)))
    return tuple((currency, amount.quantize(Decimal("0.01"))) for currency, amount in sums)


def _designs(customer: Customer) -> tuple[tuple[str, str], ...]:
    leads = QuoteRequest.objects.filter(customer=customer, is_lead=True).select_related("quote__measurement")
    asked = leads.order_by("-pk")[:_DESIGNS_SHOWN]
    return tuple((one.title, one.quote.measurement.picture_url) for one in asked if one.quote.measurement)


def _others(customer: Customer) -> Iterable[Customer]:
    """Who may be the same person: the same e-mail or phone. A guest is a new customer on each of his devices."""
    same = Q(email=customer.email) if customer.email else Q()
    same |= Q(phone=customer.phone) if customer.phone else Q()
    if not same:
        return []
    return (
        Customer.objects.filter(same).exclude(pk=customer.pk).select_related("standing").order_by("-pk")[:_OTHERS_SHOWN]
    )


def the_customer(search: str, *, but: int) -> Customer:
    """The one customer with this number or e-mail beside another. Refuses with NoSuchCustomer."""
    text = search.replace("\x00", "").strip()
    is_number = text.isdecimal() and len(text) <= _LONGEST_KEY
    meant = Q(pk=int(text)) if is_number else Q(email__in={text, text.lower()})
    found = list(Customer.objects.filter(meant).exclude(pk=but)[:2])
    if len(found) != 1:
        raise NoSuchCustomer(search=text, found=len(found))
    return found[0]
