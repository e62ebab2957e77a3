"""What polished metal and cut stones look like: they show their surroundings. A photographer's studio as a function of
direction; directions are in view space: x right, y up, z to the viewer."""

from collections.abc import Mapping
from math import exp, log, sqrt
from typing import Final

from pricing.engine.kernels import part_of_kernel

Colour = tuple[float, float, float]

# Colour of the reflection seen head on, linear light; near the rim every metal turns white.
TINTS: Final[Mapping[str, Colour]] = {
    "yellow": (1.00, 0.69, 0.29),
    "rose": (1.00, 0.61, 0.45),
    "white": (0.86, 0.85, 0.83),
    "silver": (0.93, 0.94, 0.96),
}

_WINDOW: Final = (-0.4509, 0.7014, 0.5511)  # a unit direction: from above left, a little in front
_GLASS: Final = (0.84, 0.95, 1.05)
_BENDING: Final = 1 / 2.0  # between zircon and diamond


@part_of_kernel
def _step(value: float, low: float, high: float) -> float:
    t = min(max((value - low) / (high - low), 0.0), 1.0)
    return t * t * (3 - 2 * t)


@part_of_kernel
def _room(x: float, y: float, z: float) -> float:
    """Light that arrives from a direction: soft boxes above, left and right of a dim room, a dark horizon."""
    ceiling = 0.26 + 0.40 * _step(y, -0.3, 0.95)
    above = 2.1 * _step(y, 0.46, 0.58) * _step(x, -0.80, -0.62) * _step(-x, -0.70, -0.52)
    left = 1.5 * _step(-x, 0.58, 0.68) * _step(y, -0.50, -0.38) * _step(-y, -0.52, -0.42)
    right = 0.75 * _step(x, 0.74, 0.84) * _step(y, -0.35, -0.15) * _step(-y, -0.5, -0.3)
    front = 0.45 * _step(z, 0.55, 0.95)
    floor = 0.42 * _step(-y, 0.35, 0.8)
    horizon = 0.22 * exp(-(((y + 0.16) / 0.12) ** 2))
    return max(ceiling + above + left + right + front + floor - horizon, 0.04)


@part_of_kernel
def metal_light(x: float, y: float, z: float, openness: float, tint: Colour) -> Colour:
    """Light from polished metal whose unit normal is x, y, z; openness 0 … 1: how freely its surroundings reach it."""
    # The broad light of a big window is the hint of body that keeps metal from looking like chrome.
    window = max(x * _WINDOW[0] + y * _WINDOW[1] + z * _WINDOW[2], 0.0)
    light = _room(2 * z * x, 2 * z * y, 2 * z * z - 1) * 0.85 + window * 0.35
    rim = (1 - z) ** 5
    dim = log(max(openness, 1e-6))
    # Light that bounced between surfaces of the metal took on more of its colour.
    return (
        light * (tint[0] + (1 - tint[0]) * rim) * exp(dim * (1.6 - 0.8 * tint[0])),
        light * (tint[1] + (1 - tint[1]) * rim) * exp(dim * (1.6 - 0.8 * tint[1])),
        light * (tint[2] + (1 - tint[2]) * rim) * exp(dim * (1.6 - 0.8 * tint[2])),
    )


@part_of_kernel
def stone_light(front: Colour, back: Colour, openness: float) -> Colour:
    """Light from a cut stone: what its front facet mirrors, and what its back facet, seen through it, throws back.

    front, back: unit normals that face the viewer.
    """
    x, y, z = front
    mirrored = _room(2 * z * x, 2 * z * y, 2 * z * z - 1)
    share = 0.13 + 0.87 * (1 - z) ** 5
    inside = _BENDING * z - sqrt(1 - _BENDING * _BENDING * (1 - z * z))
    ix, iy, iz = inside * x, inside * y, inside * z - _BENDING
    turn = 2 * (ix * back[0] + iy * back[1] + iz * back[2])
    thrown = _room(ix - turn * back[0], iy - turn * back[1], iz - turn * back[2])
    body = (0.42 + 0.95 * thrown) * (1 - share)
    light = openness * (mirrored * share + body)
    return light * _GLASS[0], light * _GLASS[1], light * _GLASS[2]


@part_of_kernel
def on_screen(light: float) -> float:
    """Screen value, 0 … 1, of linear light: highlights roll off instead of clipping; then the screen's curve."""
    rolled = light * (1 + light / 4.0) / (1 + light * 0.72)
    return float(min(max(rolled, 0.0), 1.0) ** (1 / 2.2))
