"""What a price depends on beside the measurement: frozen, complete, nothing looked up.

The caller freezes `to_json()` of each beside the quote and computes the price again years later from `from_json()`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Self

from pricing.engine.exact import decimal_from_json, decimals_from_json, require_not_negative, require_positive
from pricing.engine.materials import METALS, AlloySpec
from pricing.engine.money import require_currency
from pricing.engine.rate_rows import (
    PLATINGS,
    HallmarkRate,
    PlatingRate,
    QuantityBreak,
    SettingRate,
    sorted_breaks,
    sorted_hallmarks,
    sorted_settings,
)

FINISHES: Final = ("polished", "matte", "brushed")
MAX_QUANTITY: Final = 1000

MOST_ENGRAVED: Final = 200

_FIGURES: Final = (
    "vat_rate", "margin_rate", "metal_markup", "setup_fee", "casting_fee", "casting_per_g", "minimum_net",
)  # fmt: skip
# Rates that the first price lists didn't have: a receipt without them charges nothing for them.
_LATER_FIGURES: Final = (
    "refining_rate", "print_fee", "print_per_cm3", "print_per_mm", "cleanup_fee", "engraving_setup",
    "engraving_per_character", "inspection_fee", "packing_fee", "rush_rate", "hallmark_band",
)  # fmt: skip
_NONE: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class PriceList:
    """All rates of one version.

    Shares (0.20 is 20 %): vat_rate on net, margin_rate on costs, metal_markup on the metal's price, refining_rate of
    the value of the sprue's metal, rush_rate on the price, hallmark_band of a mass, within which the other side of a
    hallmark's threshold is shown.
    Amounts per quote: setup_fee, engraving_setup, minimum_net before tax. Per piece: print_fee, casting_fee,
    cleanup_fee, inspection_fee, packing_fee. By measure: print_per_cm3 of wax, print_per_mm of its lowest height,
    casting_per_g cast, finish_per_cm2 of surface by finish, engraving_per_character.
    Tables: platings by kind, settings by cut and size, hallmarks by metal and mass, quantity_breaks.
    """

    version: int
    currency: str
    vat_rate: Decimal
    margin_rate: Decimal
    metal_markup: Decimal
    setup_fee: Decimal
    casting_fee: Decimal
    casting_per_g: Decimal
    finish_per_cm2: Mapping[str, Decimal]
    minimum_net: Decimal
    refining_rate: Decimal = _NONE
    print_fee: Decimal = _NONE
    print_per_cm3: Decimal = _NONE
    print_per_mm: Decimal = _NONE
    cleanup_fee: Decimal = _NONE
    engraving_setup: Decimal = _NONE
    engraving_per_character: Decimal = _NONE
    inspection_fee: Decimal = _NONE
    packing_fee: Decimal = _NONE
    rush_rate: Decimal = _NONE
    hallmark_band: Decimal = _NONE
    platings: Mapping[str, PlatingRate] = field(default_factory=dict)
    settings: tuple[SettingRate, ...] = ()
    hallmarks: tuple[HallmarkRate, ...] = ()
    quantity_breaks: tuple[QuantityBreak, ...] = ()

    def __post_init__(self) -> None:
        require_currency(self.currency)
        for name in _FIGURES + _LATER_FIGURES:
            require_not_negative(name, getattr(self, name))
        for finish, rate in self.finish_per_cm2.items():
            require_not_negative(f"finish_per_cm2 of {_known(finish, FINISHES)}", rate)
        for plating in self.platings:
            _known(plating, PLATINGS)
        # A copy behind a read-only view: what was frozen must not change through the caller's dictionary.
        object.__setattr__(self, "finish_per_cm2", MappingProxyType(dict(self.finish_per_cm2)))
        object.__setattr__(self, "platings", MappingProxyType(dict(self.platings)))
        object.__setattr__(self, "settings", sorted_settings(self.settings))
        object.__setattr__(self, "hallmarks", sorted_hallmarks(self.hallmarks))
        object.__setattr__(self, "quantity_breaks", sorted_breaks(self.quantity_breaks))

    def to_json(self) -> dict[str, Any]:
        """JSON values, amounts and shares as strings."""
        return {
            "version": self.version,
            "currency": self.currency,
            **{name: str(getattr(self, name)) for name in _FIGURES + _LATER_FIGURES},
            "finish_per_cm2": {finish: str(rate) for finish, rate in self.finish_per_cm2.items()},
            "platings": {kind: rate.to_json() for kind, rate in self.platings.items()},
            "settings": [rate.to_json() for rate in self.settings],
            "hallmarks": [rate.to_json() for rate in self.hallmarks],
            "quantity_breaks": [row.to_json() for row in self.quantity_breaks],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The price list that `to_json` described, now or before it had all its rates. Raises KeyError, ValueError."""
        return cls(
            version=int(stored["version"]),
            currency=str(stored["currency"]),
            finish_per_cm2=decimals_from_json(stored["finish_per_cm2"]),
            platings={str(kind): PlatingRate.from_json(rate) for kind, rate in stored.get("platings", {}).items()},
            settings=tuple(map(SettingRate.from_json, stored.get("settings", ()))),
            hallmarks=tuple(map(HallmarkRate.from_json, stored.get("hallmarks", ()))),
            quantity_breaks=tuple(map(QuantityBreak.from_json, stored.get("quantity_breaks", ()))),
            **{name: decimal_from_json(stored[name]) for name in _FIGURES},
            **{name: decimal_from_json(stored.get(name, "0")) for name in _LATER_FIGURES},
        )


@dataclass(frozen=True, slots=True)
class MetalPrices:
    """Price of a gram of pure metal, by metal."""

    currency: str
    per_g: Mapping[str, Decimal]

    def __post_init__(self) -> None:
        require_currency(self.currency)
        for metal, price in self.per_g.items():
            require_positive(f"price of {_known(metal, METALS)}", price)
        object.__setattr__(self, "per_g", MappingProxyType(dict(self.per_g)))

    def to_json(self) -> dict[str, Any]:
        """JSON values, prices as strings."""
        return {"currency": self.currency, "per_g": {metal: str(price) for metal, price in self.per_g.items()}}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The prices that `to_json` described. Raises KeyError or ValueError for anything else."""
        return cls(currency=str(stored["currency"]), per_g=decimals_from_json(stored["per_g"]))


@dataclass(frozen=True, slots=True)
class PieceSpec:
    """What the customer wants made of a design. size: as the shop writes it ("17"), None where there is none.

    plating: its kind or None. engraved_characters: how many are engraved on each piece (the text is kept elsewhere).
    is_rush: made before others. set_stones: the stones of the design are set. stones_are_metal: what was taken for
    stones is metal, as the customer says. mass_factor: weighed by estimated mass, learned from the scales.
    """

    alloy: AlloySpec
    finish: str
    size: str | None
    quantity: int
    plating: str | None = None
    engraved_characters: int = 0
    is_rush: bool = False
    set_stones: bool = True
    stones_are_metal: bool = False
    mass_factor: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        _known(self.finish, FINISHES)
        if self.plating is not None:
            _known(self.plating, PLATINGS)
        _require_whole("quantity", self.quantity, 1, MAX_QUANTITY)
        _require_whole("engraved_characters", self.engraved_characters, 0, MOST_ENGRAVED)
        require_positive("mass_factor", self.mass_factor)

    def to_json(self) -> dict[str, Any]:
        """JSON values; the alloy is included whole, since its row may be edited later."""
        return {
            "alloy": self.alloy.to_json(),
            "finish": self.finish,
            "size": self.size,
            "quantity": self.quantity,
            "plating": self.plating,
            "engraved_characters": self.engraved_characters,
            "is_rush": self.is_rush,
            "set_stones": self.set_stones,
            "stones_are_metal": self.stones_are_metal,
            "mass_factor": str(self.mass_factor),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The piece that `to_json` described, now or before it had all its fields. Raises KeyError or ValueError."""
        return cls(
            alloy=AlloySpec.from_json(stored["alloy"]),
            finish=str(stored["finish"]),
            size=_text(stored["size"]),
            quantity=stored["quantity"],
            plating=_text(stored.get("plating")),
            engraved_characters=stored.get("engraved_characters", 0),
            is_rush=bool(stored.get("is_rush", False)),
            set_stones=bool(stored.get("set_stones", True)),
            stones_are_metal=bool(stored.get("stones_are_metal", False)),
            mass_factor=decimal_from_json(stored.get("mass_factor", "1")),
        )


def _text(stored: Any) -> str | None:
    return None if stored is None else str(stored)


def _require_whole(name: str, value: int, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name} must be a whole number, not {value!r}")
    if not least <= value <= most:
        raise ValueError(f"{name} must be {least} to {most}, not {value}")


def _known(name: str, names: tuple[str, ...]) -> str:
    if name not in names:
        raise ValueError(f"{name!r} is not one of {', '.join(names)}")
    return name
