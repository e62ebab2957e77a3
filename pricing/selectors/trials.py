"""What would change: the last quotes under a draft's rates."""

from dataclasses import dataclass
from decimal import Decimal

from pricing.engine.errors import RateMissing
from pricing.engine.inputs import PriceList as EnginePriceList
from pricing.engine.price import calculate_price
from pricing.engine.receipts import inputs_of
from pricing.models import PriceList, Quote
from pricing.selectors.rates import engine_price_list

MOST_TRIED = 200  # one calculation takes less than a millisecond: no page waits for these


@dataclass(frozen=True, slots=True)
class TriedQuote:
    """One quote: what it was told, what it would be; `new` is None, with the reason, where the draft has no rate."""

    quote: Quote
    old: Decimal
    new: Decimal | None
    problem: str = ""

    @property
    def difference(self) -> Decimal:
        return (self.new or self.old) - self.old

    @property
    def percent(self) -> Decimal:
        return (100 * self.difference / self.old).quantize(Decimal("0.1")) if self.old else Decimal(0)


@dataclass(frozen=True, slots=True)
class Trial:
    """The last quotes under other rates, the largest change first."""

    price_list: PriceList
    rows: list[TriedQuote]

    @property
    def up(self) -> int:
        return sum(row.difference > 0 for row in self.rows)

    @property
    def down(self) -> int:
        return sum(row.difference < 0 for row in self.rows)

    @property
    def unpriced(self) -> int:
        return sum(row.new is None for row in self.rows)

    @property
    def same(self) -> int:
        return len(self.rows) - self.up - self.down - self.unpriced

    @property
    def largest(self) -> TriedQuote | None:
        return next((row for row in self.rows if row.difference), None)


def trial_of(price_list: PriceList, *, most: int = MOST_TRIED) -> Trial:
    """Calculate the newest quotes from their receipts under this list's rates. Refuses with PriceListUnusable."""
    rates = engine_price_list(price_list)
    priced = Quote.objects.filter(receipt__isnull=False).select_related("alloy").order_by("-pk")
    rows = [_tried(quote, rates) for quote in priced[: min(most, MOST_TRIED)]]
    return Trial(price_list, sorted(rows, key=lambda row: abs(row.difference), reverse=True))


def _tried(quote: Quote, rates: EnginePriceList) -> TriedQuote:
    told = quote.amounts.gross
    figures, piece, _, metal_prices = inputs_of(quote.receipt or {})
    try:
        return TriedQuote(quote, told, calculate_price(figures, piece, rates, metal_prices).gross)
    except (RateMissing, ValueError) as missing:
        return TriedQuote(quote, told, None, str(missing))
