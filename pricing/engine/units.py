"""Units of length: millimetres in each, and the names that files use for them."""

from typing import Final

MILLIMETRES: Final = {
    "micron": 0.001,
    "mm": 1.0,
    "cm": 10.0,
    "m": 1000.0,
    "inch": 25.4,
    "foot": 304.8,
}
