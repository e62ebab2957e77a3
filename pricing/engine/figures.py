"""What a price takes from a measurement: volume, area, box, and the stones that were found.

A measurement says more, and grows; a price reads only this. What an older measurement didn't say has a value that
changes nothing, so that its receipts give the same cents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Protocol, Self

LENGTH_STEP: Final = Decimal("0.01")


class Figures(Protocol):
    """A measurement, as far as a price needs it: mm3, mm2, mm. It may also have `volume_with_stones_mm3` and `stones`,
    each with `cut` and `length_mm`."""

    @property
    def volume_mm3(self) -> float: ...

    @property
    def area_mm2(self) -> float: ...

    @property
    def box_mm(self) -> tuple[float, float, float]: ...


@dataclass(frozen=True, slots=True)
class Stone:
    """A stone to be set: its cut as measured ("round", "princess", …) and its longest side."""

    cut: str
    length_mm: float

    @property
    def length(self) -> Decimal:
        """The length in mm, half up to a hundredth: bands of sizes are compared with this."""
        return length(self.length_mm)


@dataclass(frozen=True, slots=True)
class PieceFigures:
    """The figures of one piece. volume_mm3: metal without stones; volume_with_stones_mm3: stones counted as metal."""

    volume_mm3: float
    area_mm2: float
    box_mm: tuple[float, float, float]
    volume_with_stones_mm3: float
    stones: tuple[Stone, ...] = ()

    @classmethod
    def of(cls, found: Figures) -> Self:
        """The figures of a measurement, whether or not it knows of stones."""
        stones = getattr(found, "stones", ())
        return cls(
            volume_mm3=found.volume_mm3,
            area_mm2=found.area_mm2,
            box_mm=found.box_mm,
            volume_with_stones_mm3=getattr(found, "volume_with_stones_mm3", found.volume_mm3),
            stones=tuple(Stone(str(stone.cut), float(stone.length_mm)) for stone in stones),
        )

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The figures in a stored measurement. Raises KeyError, TypeError or ValueError when they aren't there."""
        x, y, z = (float(extent) for extent in stored["box_mm"])
        volume = float(stored["volume_mm3"])
        return cls(
            volume_mm3=volume,
            area_mm2=float(stored["area_mm2"]),
            box_mm=(x, y, z),
            volume_with_stones_mm3=float(stored.get("volume_with_stones_mm3", volume)),
            stones=_stones_from_json(stored.get("stones", ())),
        )


def length(length_mm: float) -> Decimal:
    """A length in mm, half up to 0.01 mm."""
    return Decimal(length_mm).quantize(LENGTH_STEP, ROUND_HALF_UP)


def _stones_from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[Stone, ...]:
    return tuple(Stone(str(stone["cut"]), float(stone["length_mm"])) for stone in stored)
