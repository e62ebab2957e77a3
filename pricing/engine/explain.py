"""Why a price is what it is: every component with its formula in numbers, for the sellers' pages and the shop alike.

The explanation is the calculation itself (`price.work_out`), so that it can't say anything else. Names of components
and factors are codes; their words are looked up where they are shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from typing_extensions import override

from pricing.engine.figures import Figures
from pricing.engine.formula import Factor, Rounded
from pricing.engine.inputs import MetalPrices, PieceSpec, PriceList
from pricing.engine.materials import Masses
from pricing.engine.price import DISCOUNT, Part, Workings, work_out
from pricing.engine.rate_rows import hallmark_rate


@dataclass(frozen=True, slots=True)
class Step:
    """One formula and its amount. times: how often the amount counts, the quantity or 1."""

    products: tuple[tuple[Factor, ...], ...]
    amount: Decimal
    times: int

    @override
    def __str__(self) -> str:
        """6.313 g x 0.750 x 112.00 EUR/g = 629.99 (x 2)"""
        numbers = " + ".join(" x ".join(map(str, factors)) for factors in self.products)
        return f"{numbers} = {self.amount}" + (f" (x {self.times})" if self.times > 1 else "")


@dataclass(frozen=True, slots=True)
class Line:
    """One component of the price with the steps that led to it."""

    code: str
    amount: Decimal
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class NearHallmark:
    """A mass so near a hallmark's threshold that the piece as made may fall on its other side."""

    from_g: Decimal
    fee_below: Decimal
    fee_from: Decimal


@dataclass(frozen=True, slots=True)
class Explanation:
    """A price and its reasons. mass: the factors of the mass as cast."""

    currency: str
    quantity: int
    masses: Masses
    mass: tuple[Factor, ...]
    lines: tuple[Line, ...]
    net: Decimal
    tax: Step
    gross: Decimal
    near_hallmark: NearHallmark | None


def explain(measured: Figures, piece: PieceSpec, price_list: PriceList, metal_prices: MetalPrices) -> Explanation:
    """The reasons of the price that `calculate_price` gives for the same inputs. Raises as it does."""
    workings = work_out(measured, piece, price_list, metal_prices)
    return Explanation(
        currency=price_list.currency,
        quantity=piece.quantity,
        masses=workings.masses,
        mass=workings.mass,
        lines=tuple(Line(part.code, part.amount, tuple(_steps(part, piece.quantity))) for part in workings.parts),
        net=workings.net,
        tax=_step(workings.tax),
        gross=workings.net + workings.tax.amount,
        near_hallmark=_near_hallmark(workings, piece.alloy.metal, price_list),
    )


def _steps(part: Part, quantity: int) -> Iterator[Step]:
    """Of one piece and of the set-up, as far as they cost something; factors of 0 are left out."""
    if part.piece.amount:
        sign = -1 if part.code == DISCOUNT else 1
        yield _step(part.piece, times=quantity, sign=sign)
    if part.setup.amount:
        yield _step(part.setup)


def _step(rounded: Rounded, *, times: int = 1, sign: int = 1) -> Step:
    shown = tuple(factors for factors in rounded.formula.products if all(factor.value for factor in factors))
    return Step(shown, rounded.amount * sign, times)


def _near_hallmark(workings: Workings, metal: str, price_list: PriceList) -> NearHallmark | None:
    """The nearest threshold inside the band around the finished mass, when its two sides cost differently."""
    grams = workings.masses.finished_g
    near = [
        row
        for row in price_list.hallmarks
        if row.metal == metal and abs(row.from_g - grams) <= grams * price_list.hallmark_band
    ]
    if not near:
        return None
    row = min(near, key=lambda one: abs(one.from_g - grams))
    below = hallmark_rate(tuple(one for one in price_list.hallmarks if one.from_g < row.from_g), metal, row.from_g)
    fee_below = below.fee if below else Decimal(0)
    return NearHallmark(row.from_g, fee_below, row.fee) if fee_below != row.fee else None
