"""Alloys, and the one place where a measured float becomes a Decimal.

A float never holds money. What is measured (volume, area) is a float; it becomes a Decimal here, once, rounded half up
to a step that is far below what a scale shows (0.001 g) or a rate cares about (0.001 cm2), so that the last bits of
another processor's arithmetic don't reach the price.

Four numbers lie between a model and its metal, and none stands for another (docs/pricing.md, "Four numbers"):
the sprue is poured with the piece and comes back; the charged loss doesn't; finishing takes a layer off the surface;
shrinkage makes the cast smaller than its wax.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Self

from pricing.engine.castability import CastingLimits
from pricing.engine.exact import decimal_from_json, require_not_negative, require_positive

METALS: Final = ("gold", "silver", "platinum", "palladium")
COLOURS: Final = ("yellow", "rose", "white", "silver")

GRAM_STEP: Final = Decimal("0.001")
AREA_STEP: Final = Decimal("0.001")
VOLUME_STEP: Final = Decimal("0.001")

_MM3_PER_CM3: Final = Decimal(1000)
_MM2_PER_CM2: Final = Decimal(100)
_FIGURES: Final = ("density_g_cm3", "casting_loss", "wall_min_mm")
_LATER_FIGURES: Final = {
    "sprue_share": "0",
    "finishing_removal_mm": "0",
    "finished_share_min": "0.90",
    "shrinkage": "0",
    "wall_refuse_mm": "0.5",
    "flask_diameter_mm": "76.2",
    "flask_height_mm": "101.6",
}


@dataclass(frozen=True, slots=True)
class AlloySpec:
    """A metal as cast. fineness: parts of the pure metal per thousand.

    What can be cast, in mm: wall_min_mm, of which thinner walls are advised against; wall_refuse_mm, below which they
    are refused; flask_diameter_mm and flask_height_mm, what a piece must fit into.

    Shares (0.08 is 8 %): casting_loss, metal that is charged on top because casting and filing lose it; sprue_share,
    metal that is poured on top of the piece and comes back; shrinkage, by how much the cast is shorter than its wax.
    finishing_removal_mm: depth that finishing takes off the surface; finished_share_min: what is left at least, as a
    share of the cast mass. workshop_scales: the workshop enlarges the wax, so that the cast is as large as the model;
    otherwise the model is the wax, and the cast shrinks.
    """

    code: str
    name: str
    metal: str
    fineness: int
    colour: str
    density_g_cm3: Decimal
    casting_loss: Decimal
    wall_min_mm: Decimal
    sprue_share: Decimal = Decimal(0)
    finishing_removal_mm: Decimal = Decimal(0)
    finished_share_min: Decimal = Decimal("0.90")
    shrinkage: Decimal = Decimal(0)
    wall_refuse_mm: Decimal = Decimal("0.5")
    flask_diameter_mm: Decimal = Decimal("76.2")
    flask_height_mm: Decimal = Decimal("101.6")
    workshop_scales: bool = True

    def __post_init__(self) -> None:
        if self.metal not in METALS:
            raise ValueError(f"metal must be one of {METALS}, not {self.metal!r}")
        if not 0 < self.fineness <= 1000:
            raise ValueError(f"fineness must be 1 to 1000 parts per thousand, not {self.fineness!r}")
        require_positive("density_g_cm3", self.density_g_cm3)
        for name in ("casting_loss", "wall_min_mm", *_LATER_FIGURES):
            require_not_negative(name, getattr(self, name))
        if self.finished_share_min > 1 or self.shrinkage >= 1:
            raise ValueError("finished_share_min must be at most 1 and shrinkage below 1")

    @property
    def metal_share(self) -> Decimal:
        """The fineness as a share: 0.750."""
        return Decimal(self.fineness).scaleb(-3)

    @property
    def cast_per_wax(self) -> Decimal:
        """Length of the cast by length of its wax."""
        return 1 - self.shrinkage

    @property
    def cast_per_model(self) -> Decimal:
        """Length of the cast by length of the model."""
        return Decimal(1) if self.workshop_scales else self.cast_per_wax

    def casting_limits(self) -> CastingLimits:
        """What can be cast in it, as the verdict takes it."""
        return CastingLimits(
            wall_advice_mm=float(self.wall_min_mm),
            wall_refuse_mm=min(float(self.wall_min_mm), float(self.wall_refuse_mm)),
            flask_diameter_mm=float(self.flask_diameter_mm),
            flask_height_mm=float(self.flask_height_mm),
        )

    def to_json(self) -> dict[str, Any]:
        """JSON values, decimals as strings."""
        return {
            "code": self.code,
            "name": self.name,
            "metal": self.metal,
            "fineness": self.fineness,
            "colour": self.colour,
            **{name: str(getattr(self, name)) for name in (*_FIGURES, *_LATER_FIGURES)},
            "workshop_scales": self.workshop_scales,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The alloy that `to_json` described, now or before it had all its figures. Raises KeyError or ValueError."""
        return cls(
            code=str(stored["code"]),
            name=str(stored["name"]),
            metal=str(stored["metal"]),
            fineness=int(stored["fineness"]),
            colour=str(stored["colour"]),
            workshop_scales=bool(stored.get("workshop_scales", True)),
            **{name: decimal_from_json(stored[name]) for name in _FIGURES},
            **{name: decimal_from_json(stored.get(name, usual)) for name, usual in _LATER_FIGURES.items()},
        )


@dataclass(frozen=True, slots=True)
class Masses:
    """Of one piece, in g: cast_g as it leaves the mould, which is the metal that is charged; finished_g as the customer
    gets it; sprue_g poured with it, which comes back to be refined."""

    cast_g: Decimal
    finished_g: Decimal
    sprue_g: Decimal


def mass_g(volume_mm3: float, alloy: AlloySpec, factor: Decimal = Decimal(1)) -> Decimal:
    """Mass of one cast piece in g, half up to 0.001 g: volume of the model x density / 1000.

    factor: weighed by estimated mass, as the company learned it from its scales.
    """
    cast_mm3 = Decimal(volume_mm3) * alloy.cast_per_model**3
    return (cast_mm3 * alloy.density_g_cm3 * factor / _MM3_PER_CM3).quantize(GRAM_STEP, ROUND_HALF_UP)


def masses(volume_mm3: float, area_mm2: float, alloy: AlloySpec, factor: Decimal = Decimal(1)) -> Masses:
    """The masses of one piece, each half up to 0.001 g.

    Finishing takes area x depth x density, but never so much that less than `finished_share_min` of the cast is left:
    on filigree, area x depth would be more than any polisher removes.
    """
    cast = mass_g(volume_mm3, alloy, factor)
    removed = area_cm2(area_mm2, alloy) * alloy.finishing_removal_mm * alloy.density_g_cm3 / 10
    finished = max(cast - removed, cast * alloy.finished_share_min)
    return Masses(cast, _grams(finished), _grams(cast * alloy.sprue_share))


def area_cm2(area_mm2: float, alloy: AlloySpec | None = None) -> Decimal:
    """Area to be finished in cm2, half up to 0.001 cm2; with an alloy, that of the cast and not of the model."""
    scale = alloy.cast_per_model if alloy else Decimal(1)
    return (Decimal(area_mm2) * scale**2 / _MM2_PER_CM2).quantize(AREA_STEP, ROUND_HALF_UP)


def wax_cm3(volume_mm3: float, alloy: AlloySpec) -> Decimal:
    """Volume of the wax in cm3, half up to 0.001 cm3: the model's, enlarged where the workshop scales."""
    scale = alloy.cast_per_model / alloy.cast_per_wax
    return (Decimal(volume_mm3) * scale**3 / _MM3_PER_CM3).quantize(VOLUME_STEP, ROUND_HALF_UP)


def wax_mm(length_mm: float, alloy: AlloySpec) -> Decimal:
    """A length of the wax in mm, half up to 0.01 mm."""
    scale = alloy.cast_per_model / alloy.cast_per_wax
    return (Decimal(length_mm) * scale).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _grams(mass: Decimal) -> Decimal:
    return mass.quantize(GRAM_STEP, ROUND_HALF_UP)
