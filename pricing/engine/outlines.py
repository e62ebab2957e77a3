"""The outline of a gem seen from above: how long and wide it is, and which cut it suggests."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pricing.engine.kernels import kernel
from pricing.engine.measurement import Cut

Floats = npt.NDArray[np.float64]

_ROUND: Final = 1.06  # length over width; also how far the corners of a polygon may differ in distance
_CORNER: Final = np.radians(40)  # a turn at one vertex; a circle of 12 sides turns 30 degrees
_SHARP: Final = np.radians(60)
_BAGUETTE: Final = 1.75  # length over width, for a rectangle with whole corners


@dataclass(frozen=True, slots=True)
class Outline:
    """A convex polygon, (k, 2) counter-clockwise, in its smallest box. axes: rows along the length and the width."""

    corners: Floats
    axes: Floats
    centre: Floats
    length: float
    width: float

    def depth_inside(self, points: Floats) -> Floats:
        """How far inside the outline points, (m, 2), lie."""
        sides = np.roll(self.corners, -1, axis=0) - self.corners
        normals = np.stack([-sides[:, 1], sides[:, 0]], axis=1) / np.linalg.norm(sides, axis=1, keepdims=True)
        return np.asarray((points @ normals.T - np.einsum("ij,ij->i", normals, self.corners)).min(axis=1))


def outline_of(points: Floats) -> Outline:
    """The convex hull of points, (m, 2), in the box of least area; one side of such a box lies along the hull."""
    corners = _hull(points)
    sides = np.roll(corners, -1, axis=0) - corners
    directions = sides / np.linalg.norm(sides, axis=1, keepdims=True)
    along = corners @ directions.T
    across = corners @ np.stack([-directions[:, 1], directions[:, 0]])
    best = int(np.argmin(np.ptp(along, axis=0) * np.ptp(across, axis=0)))
    x, y = directions[best]
    axes = np.array([[x, y], [-y, x]])
    placed = corners @ axes.T
    size, middle = np.ptp(placed, axis=0), (placed.min(axis=0) + placed.max(axis=0)) / 2
    order = [0, 1] if size[0] >= size[1] else [1, 0]
    return Outline(corners, axes[order], middle @ axes, float(size.max()), float(size.min()))


def _hull(points: Floats) -> Floats:
    """Andrew's monotone chain; corners that hardly turn are left out."""
    order = points[np.lexsort((points[:, 1], points[:, 0]))]
    halves = [_half(order), _half(np.ascontiguousarray(order[::-1]))]
    corners = np.concatenate([half[:-1] for half in halves])
    near = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1) > 1e-3 * np.ptp(points, axis=0).max()
    return corners[near] if near.sum() >= 3 else corners


@kernel("float64[:, ::1](float64[:, ::1])")
def _half(points: Floats) -> Floats:
    """The right-hand side of the hull of sorted points, from the first to the last."""
    kept, size = np.empty_like(points), 0
    for i in range(len(points)):
        x, y = points[i]
        while size > 1:
            ux, uy = kept[size - 1, 0] - kept[size - 2, 0], kept[size - 1, 1] - kept[size - 2, 1]
            if ux * (y - kept[size - 2, 1]) - uy * (x - kept[size - 2, 0]) > 0:
                break
            size -= 1
        kept[size] = points[i]
        size += 1
    return kept[:size].copy()


def cut_of(outline: Outline) -> Cut:
    """The cut that an outline suggests: by its corners first, then by how it fills its box."""
    sharp, all_corners = _corners(outline.corners)
    if all_corners and not _is_regular(outline):
        return _angular_cut(outline, sharp)
    return _curved_cut(outline, sharp)


def _corners(polygon: Floats) -> tuple[int, bool]:
    """How many corners are sharp, and whether the outline consists of corners only, as a step cut's does."""
    sides = np.roll(polygon, -1, axis=0) - polygon
    heading = np.arctan2(sides[:, 1], sides[:, 0])
    turns = np.abs((heading - np.roll(heading, 1) + np.pi) % (2 * np.pi) - np.pi)
    corners = turns > _CORNER
    return int((turns > _SHARP).sum()), bool(turns[corners].sum() > 0.9 * 2 * np.pi)


def _is_regular(outline: Outline) -> bool:
    distances = np.linalg.norm(outline.corners - outline.centre, axis=1)
    sides = np.linalg.norm(np.roll(outline.corners, -1, axis=0) - outline.corners, axis=1)
    return bool(distances.max() < _ROUND * distances.min() and sides.max() < 1.5 * sides.min() and len(sides) > 4)


def _angular_cut(outline: Outline, sharp: int) -> Cut:
    ratio = outline.length / outline.width
    if sharp == 3:
        return "trillion"
    if sharp == 4 and len(outline.corners) == 4:
        return "baguette" if ratio >= _BAGUETTE else "princess" if ratio <= 1.25 else "emerald"
    return "emerald" if len(outline.corners) == 8 else "other"


def _curved_cut(outline: Outline, sharp: int) -> Cut:
    ratio, fill = outline.length / outline.width, _area(outline.corners) / (outline.length * outline.width)
    if sharp == 3:
        return "trillion"
    if sharp in (1, 2):
        return "pear" if sharp == 1 else "marquise"
    if fill > 0.83:
        return "cushion"
    if fill < 0.74:
        return "other"
    return "round" if ratio <= _ROUND else "oval"


def _area(polygon: Floats) -> float:
    x, y = polygon.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
