"""Why a quote costs what it costs, and what it would cost today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime

from config.kernel.errors import DomainError
from pricing.engine.errors import RateMissing
from pricing.engine.explain import Explanation, Step, explain
from pricing.engine.figures import PieceFigures
from pricing.engine.price import COMPONENT_CODES
from pricing.engine.receipts import explain_receipt
from pricing.errors import QuoteNotPriced
from pricing.models import MetalPrice, Quote
from pricing.selectors.rates import (
    current_metal_rows,
    current_price_list,
    engine_metal_prices,
    engine_price_list,
    piece_of,
)


@dataclass(frozen=True, slots=True)
class Reason:
    """A component: its amount with the steps to it, and its amount today (None: it can't be priced today)."""

    code: str
    amount: Decimal
    steps: tuple[Step, ...]
    today: Decimal | None


@dataclass(frozen=True, slots=True)
class QuoteReasons:
    """All that made a quote's price, beside today's."""

    quote: Quote
    told: Explanation
    today: Explanation | None
    reasons: list[Reason]
    version: int
    metal_price_at: datetime | None
    metal_price_source: str


def quote_reasons(quote: Quote) -> QuoteReasons:
    """The reasons of a priced quote, from its receipt alone. Refuses with QuoteNotPriced."""
    if quote.receipt is None:
        raise QuoteNotPriced
    told, today = explain_receipt(quote.receipt), _explain_today(quote, quote.receipt)
    at, source = _metal_price_origin(quote, quote.receipt)
    return QuoteReasons(
        quote=quote,
        told=told,
        today=today,
        reasons=_reasons(told, today),
        version=int(quote.receipt["price_list"]["version"]),
        metal_price_at=at,
        metal_price_source=source,
    )


def _explain_today(quote: Quote, receipt: Mapping[str, Any]) -> Explanation | None:
    """The same piece under the rates in force; None where they have none for it."""
    try:
        price_list = current_price_list()
        metals = engine_metal_prices(price_list.currency, current_metal_rows(price_list.currency))
        figures = PieceFigures.from_json(receipt["measurement"])
        return explain(figures, piece_of(quote), engine_price_list(price_list), metals)
    except (DomainError, RateMissing, ValueError):
        return None


def _reasons(told: Explanation, today: Explanation | None) -> list[Reason]:
    then = {line.code: line for line in told.lines}
    now = {line.code: line.amount for line in today.lines} if today else {}
    zero = Decimal(0)
    return [
        Reason(
            code=code,
            amount=then[code].amount if code in then else zero,
            steps=then[code].steps if code in then else (),
            today=now.get(code, zero) if today else None,
        )
        for code in COMPONENT_CODES
        if code in then or code in now
    ]


def metal_price_at(quote: Quote) -> datetime | None:
    """Since when the price of the quote's metal holds that it was calculated with, as its receipt says."""
    if quote.receipt is None:
        return None
    origin = quote.receipt.get("metal_prices_from", {}).get(quote.receipt["piece"]["alloy"]["metal"])
    return parse_datetime(origin["valid_from"]) if origin else None


def _metal_price_origin(quote: Quote, receipt: Mapping[str, Any]) -> tuple[datetime | None, str]:
    """Since when the metal's price held, and its source; an early receipt didn't say, so they are looked up."""
    metal, origins = receipt["piece"]["alloy"]["metal"], receipt.get("metal_prices_from", {})
    if metal in origins:
        return parse_datetime(origins[metal]["valid_from"]), origins[metal]["source"]
    before = MetalPrice.objects.filter(metal=metal, currency=quote.currency, valid_from__lte=quote.settled_at)
    row = before.order_by("-valid_from").first()
    return (row.valid_from, row.source) if row else (None, "")
