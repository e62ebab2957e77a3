"""What a measuring process answers, taken as a stranger's word.

The process handled a stranger's file, which may have taken it over. That its figures are true can't be known here; that
they are figures which the engine could have found, and which nothing further on stumbles over, can.
"""

import math
import re
from collections.abc import Iterator
from typing import Any, Final

from pricing.engine.measurement import Measurement, Walls
from pricing.engine.units import MILLIMETRES

_LARGEST: Final = 1e32  # 5 million triangles, each as large as the reader allows, 100,000 m, sum up to less
_EITHER_SIGN: Final = frozenset({"centre_mm", "signed_volume_mm3", "second_volume_mm3", "thin"})
_FORMAT: Final = re.compile(r"[a-z0-9-]{1,24}")
_SOURCES: Final = ("file", "given", "assumed")
_REPAIR: Final = re.compile(r"[a-z_]{1,40}")
_PARAM_LENGTH: Final = 200


def told_measurement(told: dict[str, Any]) -> Measurement:
    """The measurement that was told. Raises KeyError, TypeError, ValueError or ArithmeticError if it can't be one."""
    measurement = Measurement.from_json(told)
    _demand(measurement.to_json() == told, "not in the engine's words")
    for name, figure in _figures(told):
        _demand(abs(figure) <= _LARGEST and (figure >= 0 or name in _EITHER_SIGN), name)  # NaN is not <= anything
    _demand(measurement.volume_mm3 > 0 and measurement.area_mm2 > 0, "no metal")
    _demand(measurement.unit in MILLIMETRES and measurement.unit_source in _SOURCES, "unit")
    _demand(all(_REPAIR.fullmatch(repair.code) for repair in measurement.repairs), "repairs")
    _demand(_are_possible(measurement.walls), "walls")
    return measurement


def told_format(told: Any) -> str:
    """A format's name. Raises TypeError or ValueError for what is none."""
    _demand(_FORMAT.fullmatch(told) is not None, "format")
    return str(told)


def told_params(told: dict[str, Any]) -> dict[str, str | int | float]:
    """A refusal's parameters, those that can be stored and shown: words without control characters, finite numbers."""
    words = {name: _printable(value) for name, value in told.items() if isinstance(value, str)}
    numbers = {name: value for name, value in told.items() if isinstance(value, int | float) and math.isfinite(value)}
    return {**words, **numbers}


def _demand(holds: bool, what: str) -> None:  # noqa: FBT001  (a condition, as in assert)
    if not holds:
        raise ValueError(f"a measurement that can't be: {what}")


def _figures(told: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Every number, however deep, with the nearest name above it; whatever is added to a measurement is among them."""
    if isinstance(told, dict):
        for key, value in told.items():
            yield from _figures(value, key)
    elif isinstance(told, list):
        for value in told:
            yield from _figures(value, name)
    elif isinstance(told, int | float):
        yield name, told


def _are_possible(walls: Walls) -> bool:
    """Thicknesses both or neither, the thinnest first; none negative; shares that are shares."""
    if walls.min_mm is None or walls.low_mm is None:
        return walls.min_mm is walls.low_mm and walls.samples == 0
    return (
        walls.min_mm <= walls.low_mm
        and walls.samples > 0
        and all(place.wall_mm >= 0 for place in walls.thin)
        and all(share <= 1 for _, share in walls.histogram)
    )


def _printable(words: str) -> str:
    """No zero bytes or half characters, which PostgreSQL would not store."""
    return "".join(character for character in words if character.isprintable())[:_PARAM_LENGTH]
