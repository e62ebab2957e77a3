"""Ring sizes as the world writes them, from the inner diameter in millimetres."""

from dataclasses import dataclass
from math import pi
from typing import Final

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class RingSize:
    """mm: inner diameter, which is the Russian size; eu: inner circumference (ISO 8653)."""

    mm: str
    eu: str
    us: str
    uk: str


def ring_size(diameter_mm: float) -> RingSize:
    """US sizes grow by 0.8128 mm from 11.63; UK letters by 1.25 mm of circumference from A at 37.83; halves count."""
    around = pi * diameter_mm
    us = round(2 * (diameter_mm - 11.63) / 0.8128) / 2
    steps = round(2 * (around - 37.83) / 1.25) / 2
    letter = _LETTERS[min(max(int(steps), 0), 25)]
    return RingSize(f"{diameter_mm:g}", f"{around:.0f}", _halves(us), letter + ("½" if steps % 1 else ""))


def _halves(number: float) -> str:
    return f"{int(number)}½" if number % 1 else f"{int(number)}"


SIZE_GUIDE: Final = tuple(ring_size(15 + half / 2) for half in range(13))
