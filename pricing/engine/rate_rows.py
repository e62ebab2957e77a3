"""The rows of a price list: rates that depend on a kind, a size, a mass or a quantity.

Each table refuses an order of its rows that would break a promise: heavier is never cheaper, and more pieces never cost
more each. Two rows for the same case are refused too, since only one of them could apply.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any, Final, Self

from pricing.engine.exact import decimal_from_json, require_not_negative
from pricing.engine.figures import Stone
from pricing.engine.materials import METALS

PLATINGS: Final = ("rhodium", "ruthenium", "gold", "rose_gold")
ANY_CUT: Final = "any"


@dataclass(frozen=True, slots=True)
class PlatingRate:
    """Plating of one kind: a bath's set-up for all pieces together, and a rate per cm2 of surface."""

    setup_fee: Decimal
    per_cm2: Decimal

    def __post_init__(self) -> None:
        require_not_negative("setup_fee of a plating", self.setup_fee)
        require_not_negative("per_cm2 of a plating", self.per_cm2)

    def to_json(self) -> dict[str, str]:
        return {"setup_fee": str(self.setup_fee), "per_cm2": str(self.per_cm2)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(decimal_from_json(stored["setup_fee"]), decimal_from_json(stored["per_cm2"]))


@dataclass(frozen=True, slots=True)
class SettingRate:
    """Setting one stone of a cut ("any": of a cut without rows of its own) that is at least from_mm long."""

    cut: str
    from_mm: Decimal
    per_stone: Decimal

    def __post_init__(self) -> None:
        require_not_negative("from_mm of a setting", self.from_mm)
        require_not_negative("per_stone of a setting", self.per_stone)

    def to_json(self) -> dict[str, str]:
        return {"cut": self.cut, "from_mm": str(self.from_mm), "per_stone": str(self.per_stone)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(str(stored["cut"]), decimal_from_json(stored["from_mm"]), decimal_from_json(stored["per_stone"]))


@dataclass(frozen=True, slots=True)
class HallmarkRate:
    """Assay and hallmark of one piece of a metal whose finished mass is at least from_g."""

    metal: str
    from_g: Decimal
    fee: Decimal

    def __post_init__(self) -> None:
        if self.metal not in METALS:
            raise ValueError(f"the metal of a hallmark must be one of {METALS}, not {self.metal!r}")
        require_not_negative("from_g of a hallmark", self.from_g)
        require_not_negative("fee of a hallmark", self.fee)

    def to_json(self) -> dict[str, str]:
        return {"metal": self.metal, "from_g": str(self.from_g), "fee": str(self.fee)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(str(stored["metal"]), decimal_from_json(stored["from_g"]), decimal_from_json(stored["fee"]))


@dataclass(frozen=True, slots=True)
class QuantityBreak:
    """From so many pieces on, every piece is cheaper by a share (0.05 is 5 %)."""

    from_quantity: int
    discount: Decimal

    def __post_init__(self) -> None:
        require_not_negative("discount of a quantity break", self.discount)
        if self.from_quantity < 2 or self.discount > 1:
            raise ValueError(f"a quantity break begins at 2 pieces and gives at most 1, not {self}")

    def to_json(self) -> dict[str, Any]:
        return {"from_quantity": self.from_quantity, "discount": str(self.discount)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(int(stored["from_quantity"]), decimal_from_json(stored["discount"]))


def sorted_settings(rates: Iterable[SettingRate]) -> tuple[SettingRate, ...]:
    """By cut and size. Raises ValueError: a cut and size twice, or a stone that no row covers."""
    rows = tuple(sorted(rates, key=lambda rate: (rate.cut, rate.from_mm)))
    for cut, of_cut in groupby(rows, key=lambda rate: rate.cut):
        sizes = [rate.from_mm for rate in of_cut]
        if sizes[0] != 0:
            raise ValueError(f"the setting rates of {cut!r} must begin at 0 mm, not {sizes[0]}")
        _require_distinct(f"size of a setting of {cut!r}", sizes)
    if rows and all(rate.cut != ANY_CUT for rate in rows):
        raise ValueError(f"the setting rates need rows for {ANY_CUT!r} cut: a stone's cut is a guess")
    return rows


def sorted_hallmarks(rates: Iterable[HallmarkRate]) -> tuple[HallmarkRate, ...]:
    """By metal and mass. Raises ValueError: a mass twice, or a fee that falls with the mass."""
    rows = tuple(sorted(rates, key=lambda rate: (rate.metal, rate.from_g)))
    for metal, of_metal in groupby(rows, key=lambda rate: rate.metal):
        bands = list(of_metal)
        _require_distinct(f"mass of a hallmark of {metal}", [band.from_g for band in bands])
        if any(heavier.fee < lighter.fee for lighter, heavier in pairwise(bands)):
            raise ValueError(f"the hallmark fee of {metal} falls with the mass: heavier would be cheaper")
    return rows


def sorted_breaks(breaks: Iterable[QuantityBreak]) -> tuple[QuantityBreak, ...]:
    """By quantity. Raises ValueError: a quantity twice, or a discount that falls with the quantity."""
    rows = tuple(sorted(breaks, key=lambda row: row.from_quantity))
    _require_distinct("quantity of a break", [Decimal(row.from_quantity) for row in rows])
    if any(more.discount < fewer.discount for fewer, more in pairwise(rows)):
        raise ValueError("a discount falls with the quantity: more pieces would cost more each")
    return rows


def setting_rate(rates: tuple[SettingRate, ...], stone: Stone) -> SettingRate | None:
    """The row that sets a stone; None when the price list sets none (rates are sorted)."""
    of_cut = [rate for rate in rates if rate.cut == stone.cut] or [rate for rate in rates if rate.cut == ANY_CUT]
    return next((rate for rate in reversed(of_cut) if rate.from_mm <= stone.length), None)


def hallmark_rate(rates: tuple[HallmarkRate, ...], metal: str, grams: Decimal) -> HallmarkRate | None:
    """The row that a mass of a metal falls into; None below the first threshold (rates are sorted)."""
    return next((rate for rate in reversed(rates) if rate.metal == metal and rate.from_g <= grams), None)


def discount(breaks: tuple[QuantityBreak, ...], quantity: int) -> Decimal:
    """The share by which each of so many pieces is cheaper (breaks are sorted)."""
    return next((row.discount for row in reversed(breaks) if row.from_quantity <= quantity), Decimal(0))


def _require_distinct(what: str, values: list[Decimal]) -> None:
    twice = next((one for one, other in pairwise(values) if one == other), None)
    if twice is not None:
        raise ValueError(f"the {what} {twice} stands twice")
