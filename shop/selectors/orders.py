"""A customer's orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from config.kernel.languages import local
from shop.models import Customer, Order
from shop.selectors.pages import PieceRow, picture_name, piece_row
from shop.selectors.payments import PaymentPage, payment_of
from shop.states import CANCELLABLE, STAGES, OrderStatus

ORDERS_SHOWN = 50
MESSAGES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class OrderCard:
    reference: str
    placed_at: datetime
    status: str
    status_label: str
    promised_on: date
    gross: Decimal
    currency: str
    pictures: tuple[str, ...]
    pieces: int


def my_orders(customer: Customer | None) -> list[OrderCard]:
    """A customer's orders, newest first, up to a bound. Uses index order_of_customer."""
    if customer is None:
        return []
    orders = Order.objects.of_customer(customer).newest_first().prefetch_related("lines__quote__measurement")
    return [_order_card(order) for order in orders[:ORDERS_SHOWN]]


def _order_card(order: Order) -> OrderCard:
    lines = order.lines.all()
    found = [line.quote.measurement for line in lines if line.quote.measurement]
    return OrderCard(
        reference=order.reference,
        placed_at=order.placed_at,
        status=order.status,
        status_label=order.get_status_display(),
        promised_on=order.promised_on,
        gross=order.gross,
        currency=order.currency,
        pictures=tuple(picture_name(one.preview.name) for one in found[:3]),
        pieces=sum(line.quantity for line in lines),
    )


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of an order: "done", "now" or "later", and when it was reached."""

    code: str
    label: str
    progress: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Message:
    """What the customer or the company wrote about an order."""

    at: datetime
    is_mine: bool
    text: str


@dataclass(frozen=True, slots=True)
class OrderPage:
    reference: str
    status: str
    status_label: str
    placed_at: datetime
    promised_on: date
    stages: tuple[Stage, ...]
    rows: tuple[PieceRow, ...]
    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    address: tuple[str, ...]
    note: str
    tracking_number: str
    delivery: str
    delivery_gross: Decimal
    messages: tuple[Message, ...]
    payment: PaymentPage

    @property
    def may_be_cancelled(self) -> bool:
        return self.status in CANCELLABLE

    @property
    def is_being_checked(self) -> bool:
        return self.status == OrderStatus.EXCEPTION

    @property
    def is_cancelled(self) -> bool:
        return self.status == OrderStatus.CANCELLED


def order_page(customer: Customer | None, reference: str) -> OrderPage | None:
    """A customer's own order; None when he has no such one."""
    if customer is None:
        return None
    own = Order.objects.of_customer(customer).select_related("delivery_way")
    order = own.filter(reference=reference).first()
    if order is None:
        return None
    reached = dict(order.log.order_by("-pk").values_list("to_status", "at"))
    lines = order.lines.select_related("quote__measurement", "alloy", "product")
    return OrderPage(
        stages=_stages(order.status, reached),
        rows=tuple(piece_row(line, line) for line in lines),
        status_label=order.get_status_display(),
        delivery=local(order.delivery_way, "name") if order.delivery_way else "",
        messages=_messages(order),
        payment=payment_of(order),
        address=(order.name, order.address, f"{order.postal_code} {order.city}", order.country),
        **{name: getattr(order, name) for name in _COPIED},
    )


def _messages(order: Order) -> tuple[Message, ...]:
    newest = order.messages.order_by("-pk")[:MESSAGES_SHOWN]
    return tuple(Message(one.at, one.is_from_customer, one.text) for one in reversed(newest))


_COPIED = [
    "reference",
    "status",
    "placed_at",
    "promised_on",
    "currency",
    "net",
    "tax",
    "gross",
    "note",
    "delivery_gross",
    "tracking_number",
]


def _stages(status: str, reached: Mapping[str, datetime]) -> tuple[Stage, ...]:
    """Where the order stands. One that is being checked pauses in the first stage; a cancelled one keeps its past."""
    now = OrderStatus.PLACED if status == OrderStatus.EXCEPTION else status
    place = STAGES.index(OrderStatus(now)) if now in STAGES else len(STAGES)
    return tuple(
        Stage(stage.value, str(stage.label), _progress(number, place, stage in reached), reached.get(stage))
        for number, stage in enumerate(STAGES)
    )


def _progress(number: int, place: int, is_reached: bool) -> str:  # noqa: FBT001
    last = len(STAGES) - 1
    if number == place and place < last:
        return "now"
    if place > last:  # cancelled
        return "done" if is_reached else "later"
    return "done" if number <= place else "later"
