"""What making one piece costs, component by component: each a formula of one piece and perhaps one of its set-up.

Here is the whole price list in the order of the work. What comes on top of the costs (margin, discount, rush, minimum,
VAT) is `price.py`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pricing.engine.errors import RateMissing
from pricing.engine.figures import PieceFigures, Stone
from pricing.engine.formula import NOTHING, Factor, Formula
from pricing.engine.inputs import MetalPrices, PieceSpec, PriceList
from pricing.engine.materials import Masses, area_cm2, masses, wax_cm3, wax_mm
from pricing.engine.rate_rows import SettingRate, hallmark_rate, setting_rate

METAL: Final = "metal"
REFINING: Final = "refining"
PRINT: Final = "print"
CASTING: Final = "casting"
CLEANUP: Final = "cleanup"
FINISHING: Final = "finishing"
PLATING: Final = "plating"
SETTING: Final = "setting"
ENGRAVING: Final = "engraving"
HALLMARK: Final = "hallmark"
INSPECTION: Final = "inspection"
PACKING: Final = "packing"
SETUP: Final = "setup"


@dataclass(frozen=True, slots=True)
class Cost:
    """A component of the cost: per piece, and once for all pieces."""

    code: str
    piece: Formula = NOTHING
    setup: Formula = NOTHING


@dataclass(frozen=True, slots=True)
class Job:
    """All that the costs are calculated from, with what follows at once: the metal's volume and the masses."""

    figures: PieceFigures
    piece: PieceSpec
    rates: PriceList
    metal_prices: MetalPrices

    @property
    def volume_mm3(self) -> float:
        """The volume that is cast: of the metal, or with the stones when the customer says that they are metal."""
        return self.figures.volume_with_stones_mm3 if self.piece.stones_are_metal else self.figures.volume_mm3

    @property
    def masses(self) -> Masses:
        return masses(self.volume_mm3, self.figures.area_mm2, self.piece.alloy, self.piece.mass_factor)

    @property
    def mass(self) -> tuple[Factor, ...]:
        """The factors of the mass as cast: volume, density, and what changes it."""
        alloy = self.piece.alloy
        volume = Factor("volume", (Decimal(self.volume_mm3) / 1000).quantize(Decimal("0.000001")), "cm3")
        plain = (volume, Factor("density", alloy.density_g_cm3, "g/cm3"))
        changes = (Factor("shrinks", alloy.cast_per_model**3), Factor("mass_factor", self.piece.mass_factor))
        return plain + tuple(factor for factor in changes if factor.value != 1)

    @property
    def stones(self) -> tuple[Stone, ...]:
        """The stones that are set."""
        is_set = self.piece.set_stones and not self.piece.stones_are_metal
        return self.figures.stones if is_set else ()

    @property
    def area(self) -> Factor:
        return Factor("area", area_cm2(self.figures.area_mm2, self.piece.alloy), "cm2")

    def money(self, name: str, amount: Decimal, per: str = "", *, detail: str = "") -> Factor:
        """A rate in the price list's currency."""
        unit = f"{self.rates.currency}/{per}" if per else self.rates.currency
        return Factor(name, amount, unit, detail)


def costs(job: Job, weight: Masses) -> Iterator[Cost]:
    """Every component of the cost, in the order of the work; those that cost nothing too. Raises RateMissing.

    weight: the job's masses, calculated once.
    """
    yield Cost(METAL, _metal(job, weight.cast_g))
    yield Cost(REFINING, _refining(job, weight.sprue_g))
    yield Cost(PRINT, _print(job))
    yield Cost(CASTING, _casting(job, weight.cast_g))
    yield Cost(CLEANUP, _fee(job, "cleanup_fee"))
    yield Cost(FINISHING, _finishing(job))
    yield _plating(job)
    yield Cost(SETTING, _setting(job))
    yield _engraving(job)
    yield Cost(HALLMARK, _hallmark(job, weight.finished_g))
    yield Cost(INSPECTION, _fee(job, "inspection_fee"))
    yield Cost(PACKING, _fee(job, "packing_fee"))
    yield Cost(SETUP, setup=_fee(job, "setup_fee"))


def _fee(job: Job, name: str) -> Formula:
    return Formula.product(job.money(name, getattr(job.rates, name)))


def _pure_metal(job: Job, name: str, grams: Decimal) -> Formula:
    """The value of the pure metal in so many grams of the alloy."""
    alloy = job.piece.alloy
    if alloy.metal not in job.metal_prices.per_g:
        raise RateMissing(f"no metal price for {alloy.metal}")
    price = job.money("metal_price", job.metal_prices.per_g[alloy.metal], "g", detail=alloy.metal)
    return Formula.product(Factor(name, grams, "g"), Factor("fineness", alloy.metal_share), price)


def _metal(job: Job, cast_g: Decimal) -> Formula:
    """Mass as cast x fineness x metal price x (1 + charged loss) x (1 + mark-up)."""
    loss = Factor("casting_loss", 1 + job.piece.alloy.casting_loss)
    markup = Factor("metal_markup", 1 + job.rates.metal_markup)
    return _pure_metal(job, "cast_mass", cast_g).times(loss, markup)


def _refining(job: Job, sprue_g: Decimal) -> Formula:
    """The sprue's metal comes back: only a share of its value is charged, for refining it."""
    return _pure_metal(job, "sprue_mass", sprue_g).times(Factor("refining_rate", job.rates.refining_rate))


def _print(job: Job) -> Formula:
    """Print or wax: a fee, its volume, and its height when it lies on its flattest side."""
    alloy, rates = job.piece.alloy, job.rates
    volume = Factor("wax_volume", wax_cm3(job.volume_mm3, alloy), "cm3")
    height = Factor("wax_height", wax_mm(min(job.figures.box_mm), alloy), "mm")
    by_volume = Formula.product(volume, job.money("print_per_cm3", rates.print_per_cm3, "cm3"))
    by_height = Formula.product(height, job.money("print_per_mm", rates.print_per_mm, "mm"))
    return _fee(job, "print_fee") + by_volume + by_height


def _casting(job: Job, cast_g: Decimal) -> Formula:
    per_g = job.money("casting_per_g", job.rates.casting_per_g, "g")
    return _fee(job, "casting_fee") + Formula.product(Factor("cast_mass", cast_g, "g"), per_g)


def _finishing(job: Job) -> Formula:
    finish = job.piece.finish
    if finish not in job.rates.finish_per_cm2:
        raise RateMissing(f"no rate for the finish {finish}")
    return Formula.product(
        job.area, job.money("finish_per_cm2", job.rates.finish_per_cm2[finish], "cm2", detail=finish)
    )


def _plating(job: Job) -> Cost:
    kind = job.piece.plating
    if kind is None:
        return Cost(PLATING)
    if kind not in job.rates.platings:
        raise RateMissing(f"no rate for the plating {kind}")
    rate = job.rates.platings[kind]
    by_area = Formula.product(job.area, job.money("plating_per_cm2", rate.per_cm2, "cm2", detail=kind))
    return Cost(PLATING, by_area, Formula.product(job.money("plating_setup", rate.setup_fee, detail=kind)))


def _setting(job: Job) -> Formula:
    """Stones of the same row of the price list together: how many x rate per stone."""
    rows = Counter(setting_rate(job.rates.settings, stone) for stone in job.stones)
    return sum((_set_stones(job, count, row) for row, count in rows.items() if row is not None), NOTHING)


def _set_stones(job: Job, count: int, row: SettingRate) -> Formula:
    per_stone = job.money("per_stone", row.per_stone, "stone", detail=f"{row.cut} from {row.from_mm} mm")
    return Formula.product(Factor("stones", Decimal(count)), per_stone)


def _engraving(job: Job) -> Cost:
    characters = job.piece.engraved_characters
    if not characters:
        return Cost(ENGRAVING)
    per_character = job.money("engraving_per_character", job.rates.engraving_per_character, "character")
    text = Formula.product(Factor("characters", Decimal(characters)), per_character)
    return Cost(ENGRAVING, text, _fee(job, "engraving_setup"))


def _hallmark(job: Job, finished_g: Decimal) -> Formula:
    row = hallmark_rate(job.rates.hallmarks, job.piece.alloy.metal, finished_g)
    if row is None:
        return NOTHING
    return Formula.product(job.money("hallmark_fee", row.fee, detail=f"{row.metal} from {row.from_g} g"))
