"""How large a piece is, drawn to scale beside a coin and a finger: an STL file has no unit, and a number is easily
read over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

COIN_MM: Final = 23.25  # a coin of one euro
FINGER_MM: Final = 17.0  # across the tip of a grown-up's ring finger
_FINGER_LONG_MM: Final = 46.0
_GAP_MM: Final = 6.0
_MARGIN_MM: Final = 4.0
_BEYOND: Final = 12.0  # times the finger's length: what is larger no longer fits into the drawing


@dataclass(frozen=True, slots=True)
class Scale:
    """A drawing in millimetres: each shape stands on one line. Every figure is a length in mm from the top left."""

    width: float
    height: float
    floor: float
    piece_x: float
    piece_width: float
    piece_height: float
    coin_x: float
    coin_r: float
    finger_x: float
    finger_width: float
    finger_height: float
    text: float

    @property
    def piece_y(self) -> float:
        return self.floor - self.piece_height

    @property
    def piece_middle(self) -> float:
        return self.piece_x + self.piece_width / 2

    @property
    def coin_y(self) -> float:
        return self.floor - self.coin_r

    @property
    def finger_y(self) -> float:
        return self.floor - self.finger_height

    @property
    def finger_middle(self) -> float:
        return self.finger_x + self.finger_width / 2

    @property
    def label_y(self) -> float:
        return self.floor + self.text * 1.4


def scale_of(box_mm: Sequence[float]) -> Scale | None:
    """The two largest sides of a piece, standing, beside a coin and a finger; None for what is too large to draw."""
    _, across, high = sorted(box_mm)
    if high > _FINGER_LONG_MM * _BEYOND:
        return None
    tallest = max(high, _FINGER_LONG_MM)
    coin_x = _MARGIN_MM + across + _GAP_MM + COIN_MM / 2
    finger_x = coin_x + COIN_MM / 2 + _GAP_MM
    width = finger_x + FINGER_MM + _MARGIN_MM
    text = max(width, tallest) / 26
    return Scale(
        width=round(width, 2),
        height=round(_MARGIN_MM + tallest + text * 2.2, 2),
        floor=round(_MARGIN_MM + tallest, 2),
        piece_x=_MARGIN_MM,
        piece_width=round(across, 2),
        piece_height=round(high, 2),
        coin_x=round(coin_x, 2),
        coin_r=COIN_MM / 2,
        finger_x=round(finger_x, 2),
        finger_width=FINGER_MM,
        finger_height=_FINGER_LONG_MM,
        text=round(text, 2),
    )
