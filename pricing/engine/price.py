"""The price of a measured piece. The formula, in words and with an example: docs/pricing.md.

Rounding: every amount is rounded half up to the cent once, where it first is an amount of money: each cost of one piece
and of its set-up, the margin, the discount and the rush surcharge on them, the tax. After that there are only sums of
cents and multiplications by the quantity. Rounding one piece and then multiplying is what lets us promise that ordering
more never raises the price of a piece: if the total were rounded instead, two pieces at 0.004 would cost 0.01 and one
nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pricing.engine import costs
from pricing.engine.costs import Job
from pricing.engine.figures import Figures, PieceFigures
from pricing.engine.formula import NOTHING, Factor, Formula, Rounded
from pricing.engine.inputs import MetalPrices, PieceSpec, PriceList
from pricing.engine.materials import Masses
from pricing.engine.money import Component, Price, round_money
from pricing.engine.rate_rows import discount

MARGIN: Final = "margin"
DISCOUNT: Final = "discount"
RUSH: Final = "rush"
MINIMUM: Final = "minimum"
COMPONENT_CODES: Final = (
    costs.METAL, costs.REFINING, costs.PRINT, costs.CASTING, costs.CLEANUP, costs.FINISHING, costs.PLATING,
    costs.SETTING, costs.ENGRAVING, costs.HALLMARK, costs.INSPECTION, costs.PACKING, costs.SETUP,
    MARGIN, DISCOUNT, RUSH, MINIMUM,
)  # fmt: skip

_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """A component with its reasons: of one piece, of the set-up, and what both come to for all pieces."""

    code: str
    piece: Rounded
    setup: Rounded
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Workings:
    """A price as it was worked out: every part that isn't zero, the tax, the masses of one piece and their factors."""

    parts: tuple[Part, ...]
    masses: Masses
    mass: tuple[Factor, ...]
    net: Decimal
    tax: Rounded


def calculate_price(measured: Figures, piece: PieceSpec, price_list: PriceList, metal_prices: MetalPrices) -> Price:
    """The price of `piece.quantity` pieces, with its components that aren't zero (COMPONENT_CODES, in this order).

    Raises RateMissing when the metal, the finish or the plating has no rate, ValueError when the currencies differ.
    """
    workings = work_out(measured, piece, price_list, metal_prices)
    return Price(
        currency=price_list.currency,
        net=workings.net,
        tax=workings.tax.amount,
        gross=workings.net + workings.tax.amount,
        components=tuple(Component(part.code, part.amount) for part in workings.parts),
        mass_g=workings.masses.finished_g,
    )


def work_out(measured: Figures, piece: PieceSpec, price_list: PriceList, metal_prices: MetalPrices) -> Workings:
    """The same price with the formula of each of its parts. Raises as `calculate_price`."""
    if price_list.currency != metal_prices.currency:
        raise ValueError(f"price list in {price_list.currency}, metal prices in {metal_prices.currency}")
    job = Job(PieceFigures.of(measured), piece, price_list, metal_prices)
    weight, bench = job.masses, _Bench(price_list, piece.quantity)
    made = [bench.part(cost.code, cost.piece, cost.setup) for cost in costs.costs(job, weight)]
    margin = bench.share(MARGIN, _Sums.of(made), Factor("margin_rate", price_list.margin_rate))
    price, rush = _Sums.of([*made, margin]), _rush_rate(job)
    # The surcharge is on the price before the discount: who is served first gets no rebate on being served first.
    parts = [*made, margin, bench.discount(price.piece, rush), bench.share(RUSH, price, Factor("rush_rate", rush))]
    net = sum((part.amount for part in parts), _ZERO)
    minimum = bench.minimum(net, rush)
    net += minimum.amount
    tax = bench.round(Factor("net", net, price_list.currency), Factor("vat_rate", price_list.vat_rate))
    shown = tuple(part for part in [*parts, minimum] if part.amount)
    return Workings(shown, weight, job.mass, net, tax)


def _rush_rate(job: Job) -> Decimal:
    return job.rates.rush_rate if job.piece.is_rush else _ZERO


@dataclass(frozen=True, slots=True)
class _Bench:
    """Where formulas become amounts of one price list, for one quantity."""

    rates: PriceList
    quantity: int

    def round(self, *factors: Factor) -> Rounded:
        return Rounded.of(Formula.product(*factors), self.rates.currency)

    def part(self, code: str, piece: Formula, setup: Formula = NOTHING) -> Part:
        one, once = Rounded.of(piece, self.rates.currency), Rounded.of(setup, self.rates.currency)
        return Part(code, one, once, one.amount * self.quantity + once.amount)

    def share(self, code: str, of: "_Sums", share: Factor) -> Part:
        """A share of the price of a piece and of the set-up, each rounded, so that each piece bears the same."""
        if not share.value:
            return self.part(code, NOTHING)
        piece = Formula.product(Factor("piece", of.piece, self.rates.currency), share)
        setup = Formula.product(Factor("setup", of.setup, self.rates.currency), share)
        return self.part(code, piece, setup)

    def discount(self, price: Decimal, rush: Decimal) -> Part:
        """What each piece is cheaper by in this quantity, unless a smaller quantity would then cost more in all."""
        surcharge = round_money(price * rush, self.rates.currency)
        off = self._off(price, self.quantity)
        in_all = (price + surcharge - off.amount) * self.quantity
        fewer = [row.from_quantity - 1 for row in self.rates.quantity_breaks if row.from_quantity <= self.quantity]
        dearest = max(((price + surcharge - self._off(price, n).amount) * n for n in fewer), default=_ZERO)
        given = off.amount * self.quantity - max(_ZERO, dearest - in_all)
        return Part(DISCOUNT, off, Rounded(NOTHING, _ZERO), -given)

    def _off(self, price: Decimal, quantity: int) -> Rounded:
        share = discount(self.rates.quantity_breaks, quantity)
        return self.round(Factor("piece", price, self.rates.currency), Factor("discount", share))

    def minimum(self, net: Decimal, rush: Decimal) -> Part:
        """What is missing to the minimum price, which a rush raises like every price."""
        floor = Factor("minimum_net", self.rates.minimum_net, self.rates.currency)
        least = self.round(floor, Factor("rush_rate", 1 + rush)) if rush else self.round(floor)
        return Part(MINIMUM, Rounded(NOTHING, _ZERO), least, max(_ZERO, least.amount - net))


@dataclass(frozen=True, slots=True)
class _Sums:
    """Some parts together: of one piece, of the set-up."""

    piece: Decimal
    setup: Decimal

    @classmethod
    def of(cls, parts: Iterable[Part]) -> "_Sums":
        listed = list(parts)
        return cls(
            sum((part.piece.amount for part in listed), _ZERO), sum((part.setup.amount for part in listed), _ZERO)
        )
