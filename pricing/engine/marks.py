"""Marks on a picture: soft red spots with a thin ring, faint where the marked place is hidden behind the piece."""

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Picture = npt.NDArray[np.uint8]  # (size, size, 3)

_SPOT: Final = np.array([226.0, 38.0, 34.0])
_RING: Final = np.array([196.0, 16.0, 26.0])
_RADIUS: Final = 0.019  # of the picture's side
_FAINT: Final = 0.38  # of the strength of a visible mark


def mark(picture: Picture, points: Floats, hidden: npt.NDArray[np.bool_]) -> None:
    """Mark points, (k, 2) as x right and y down in pixels. Marks that touch melt into one, with one ring around."""
    for group, strength in ((hidden, _FAINT), (~hidden, 1.0)):
        if group.any():
            _draw(picture, _distance(len(picture), points[group]), strength)


def _distance(size: int, points: Floats) -> Floats:
    """From each pixel to the nearest outline of a mark, in pixels, (size, size): negative inside, large far away."""
    radius = max(_RADIUS * size, 3.0)
    reach = int(radius) + 3
    nearest = np.full((size, size), np.inf)
    for x, y in points:
        top, left = max(int(y) - reach, 0), max(int(x) - reach, 0)
        window = nearest[top : int(y) + reach + 1, left : int(x) + reach + 1]
        down, right = np.ogrid[top : top + window.shape[0], left : left + window.shape[1]]
        np.minimum(window, np.hypot(down + 0.5 - y, right + 0.5 - x) - radius, out=window)
    return nearest


def _draw(picture: Picture, distance: Floats, strength: float) -> None:
    rows, columns = np.nonzero(distance < 2)
    d = distance[rows, columns]
    middle = np.clip(-d / max(_RADIUS * len(picture), 3.0), 0, 1)
    spot = (0.20 + 0.55 * middle) * np.clip(0.5 - d, 0, 1) * strength
    ring = 0.85 * np.clip(1.2 - np.abs(d), 0, 1) * strength
    colours = picture[rows, columns].astype(np.float64)
    colours += (_SPOT - colours) * spot[:, None]
    colours += (_RING - colours) * ring[:, None]
    picture[rows, columns] = (colours + 0.5).astype(np.uint8)
