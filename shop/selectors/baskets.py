"""What a customer means to order."""

from dataclasses import dataclass
from decimal import Decimal

from config.kernel.languages import local
from mes.selectors import Promise
from pricing.models import Quote
from pricing.states import UNSETTLED, QuoteStatus
from shop.models import BasketLine, Customer, DeliveryWay
from shop.selectors.pages import PieceRow, piece_row, promise_to
from shop.selectors.quotes import state_of


@dataclass(frozen=True, slots=True)
class Renewal:
    """The price that may replace an expired one: "calculating", "priced" or "failed"."""

    state: str
    gross: Decimal | None
    difference: Decimal


@dataclass(frozen=True, slots=True)
class BasketRow:
    """state: that of the quote; `renewal` when its price is over and another was asked for."""

    piece: PieceRow
    state: str
    renewal: Renewal | None

    @property
    def is_waiting(self) -> bool:
        """A worker is finding a price for it."""
        return self.state in UNSETTLED or (self.renewal is not None and self.renewal.state == "calculating")


@dataclass(frozen=True, slots=True)
class BasketPage:
    rows: tuple[BasketRow, ...]
    currency: str
    total: Decimal
    promise: Promise | None
    can_be_ordered: bool
    is_waiting: bool


def basket_page(customer: Customer | None) -> BasketPage:
    """What a customer means to order; empty for somebody unknown."""
    lines: list[BasketLine] = []
    if customer is not None:
        related = ("quote__alloy", "quote__measurement", "product", "next_quote")
        lines = list(BasketLine.objects.of_customer(customer).select_related(*related))
    rows = tuple(_basket_row(line) for line in lines)
    return BasketPage(
        rows=rows,
        currency=next((line.quote.currency for line in lines if line.quote.currency), ""),
        total=sum((row.piece.gross for row in rows if row.piece.gross), Decimal(0)),
        promise=promise_to([line.quote for line in lines]),
        can_be_ordered=bool(rows) and all(row.state == QuoteStatus.PRICED for row in rows),
        is_waiting=any(row.is_waiting for row in rows),
    )


def _basket_row(line: BasketLine) -> BasketRow:
    state = state_of(line.quote)
    is_expired = state == QuoteStatus.EXPIRED
    renewal = _renewal(line.quote, line.next_quote) if is_expired and line.next_quote else None
    return BasketRow(piece_row(line, line.quote, is_expired=is_expired), state, renewal)


def _renewal(old: Quote, new: Quote) -> Renewal | None:
    """None when the new price is over too: it is asked for again."""
    state = state_of(new)
    if state in UNSETTLED:
        return Renewal("calculating", None, Decimal(0))
    if state == QuoteStatus.PRICED:
        told = new.amounts.gross
        return Renewal("priced", told, told - old.amounts.gross)
    return None if state == QuoteStatus.EXPIRED else Renewal("failed", None, Decimal(0))


@dataclass(frozen=True, slots=True)
class DeliveryChoice:
    """A way to deliver with the total of the order if it is chosen."""

    code: str
    name: str
    gross: Decimal
    days: int
    total: Decimal


def delivery_choices(total: Decimal) -> list[DeliveryChoice]:
    """The ways that are offered, in the company's order."""
    offered = DeliveryWay.objects.filter(is_offered=True)
    return [DeliveryChoice(way.code, local(way, "name"), way.gross, way.days, total + way.gross) for way in offered]
