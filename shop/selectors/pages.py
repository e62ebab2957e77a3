"""What several pages show: a person, a price, a piece, a promised date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from config.kernel.languages import local
from mes.errors import NoRouting
from mes.selectors import Promise, promise_for
from pricing.models import Quote
from shop.models import BasketLine, Customer


def picture_name(preview: str | None) -> str:
    """The random name under which a stored preview is served; empty when there is none."""
    return PurePosixPath(preview).stem if preview else ""


def promise_to(quotes: Sequence[Quote]) -> Promise | None:
    """When these pieces are ready if ordered now; None of nothing, and when the workshop doesn't know how."""
    try:
        return promise_for(quotes) if quotes else None
    except NoRouting:
        return None


@dataclass(frozen=True, slots=True)
class PersonalPart:
    """What a page says to this person only: never cached."""

    name: str = ""
    basket_count: int = 0
    is_signed_in: bool = False


def personal_part(customer: Customer | None, *, is_signed_in: bool = False) -> PersonalPart:
    if customer is None:
        return PersonalPart(is_signed_in=is_signed_in)
    return PersonalPart(customer.name, BasketLine.objects.of_customer(customer).count(), is_signed_in)


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a price's breakdown."""

    code: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PriceTag:
    """A price with its breakdown; `net` is the sum of the parts."""

    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    parts: tuple[Part, ...]


def price_json(quote: Quote | None) -> dict[str, Any] | None:
    if quote is None or quote.gross is None:
        return None
    parts = [[part.code, str(part.amount)] for part in quote.components.all()]
    amounts = {name: str(getattr(quote, name)) for name in ("net", "tax", "gross")}
    return {"currency": quote.currency, "parts": parts, **amounts}


def price_tag(stored: Mapping[str, Any] | None) -> PriceTag | None:
    if stored is None:
        return None
    return PriceTag(
        currency=stored["currency"],
        net=Decimal(stored["net"]),
        tax=Decimal(stored["tax"]),
        gross=Decimal(stored["gross"]),
        parts=tuple(Part(code, Decimal(amount)) for code, amount in stored["parts"]),
    )


@dataclass(frozen=True, slots=True)
class PieceRow:
    """A piece in a basket or an order."""

    id: int
    title: str
    picture: str
    alloy: str
    colour: str
    finish: str
    size: str
    quantity: int
    gross: Decimal | None
    is_expired: bool = False
    quote_reference: str = ""


def piece_row(line: Any, piece: Any, *, is_expired: bool = False) -> PieceRow:
    """A line whose piece (its quote, or the order line itself) is shown under the product's or the file's name."""
    measurement = line.quote.measurement
    return PieceRow(
        id=line.pk,
        title=local(line.product, "name") if line.product else line.title,
        picture=picture_name(measurement.preview.name) if measurement else "",
        alloy=local(piece.alloy, "name"),
        colour=piece.alloy.colour,
        finish=piece.get_finish_display(),
        size=piece.size,
        quantity=piece.quantity,
        gross=piece.gross,
        is_expired=is_expired,
        quote_reference="" if line.product_id else line.quote.reference,
    )
