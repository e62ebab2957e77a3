"""Winding numbers of many points against many shells, by vertical rays through columns of triangles.

Looking down on the mesh, each triangle is listed in the cells of a grid that its box covers; a ray up and down meets
only triangles of its cell. A ray that meets an edge or a vertex exactly is decided as if it passed a hair beside:
crossings of an edge are half open in y and computed from its lower end, so that both triangles of the edge get the same
answer, and the winding number of a closed shell is right wherever the ray goes.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pricing.engine.edges import Ints
from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.mesh import Triangles

Floats = npt.NDArray[np.float64]

_PER_CELL: Final = 2.0  # triangles aimed at; halving it costs as much in lists as it saves in tests
_LISTED: Final = 6  # times a triangle may be listed on average, before the cells are made larger


@dataclass(frozen=True, slots=True)
class Columns:
    """Cell (x, y) lists triangles[starts[c]:starts[c + 1]] with c = y * across + x."""

    corner: Floats  # smallest x, y
    cell: Floats  # size in x, y
    across: int
    along: int
    starts: Ints
    triangles: Ints


def columns_of(triangles: Triangles) -> Columns:
    """Sort triangles, (n, 3, 3), into columns; at most some six entries per triangle, whatever their sizes."""
    low, high = _bounds(triangles)
    side = max(1, int(np.sqrt(len(triangles) / _PER_CELL)))
    while True:
        across, along = _shape(high - low, side)
        cell = np.maximum((high - low) / [across, along], 1e-300)
        counts = _counted(triangles, low, cell, across, along)
        if side == 1 or counts[-1] <= _LISTED * len(triangles):
            return Columns(low, cell, across, along, *_listed(triangles, low, cell, across, along, counts))
        side = max(1, side // 2)


@kernel("Tuple((float64[::1], float64[::1]))(float64[:, :, ::1])")
def _bounds(triangles: Triangles) -> tuple[Floats, Floats]:
    """Smallest and largest x and y."""
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for i in range(len(triangles)):
        for k in range(3):
            for axis in range(2):
                low[axis] = min(low[axis], triangles[i, k, axis])
                high[axis] = max(high[axis], triangles[i, k, axis])
    return low, high


def _shape(extent: Floats, side: int) -> tuple[int, int]:
    """Near-square cells, side x side of them."""
    x, y = np.maximum(extent, 1e-9 * max(float(extent.max()), 1e-9))
    across = int(np.clip(round(side * np.sqrt(x / y)), 1, side * side))
    return across, max(1, side * side // across)


@part_of_kernel
def _covered(t: Floats, low: Floats, cell: Floats, across: int, along: int) -> tuple[int, int, int, int]:
    """The cells from x0 to x1 and y0 to y1 that the box of a triangle touches."""
    x0 = int((min(t[0, 0], t[1, 0], t[2, 0]) - low[0]) / cell[0])
    x1 = int((max(t[0, 0], t[1, 0], t[2, 0]) - low[0]) / cell[0])
    y0 = int((min(t[0, 1], t[1, 1], t[2, 1]) - low[1]) / cell[1])
    y1 = int((max(t[0, 1], t[1, 1], t[2, 1]) - low[1]) / cell[1])
    return min(x0, across - 1), min(x1, across - 1), min(y0, along - 1), min(y1, along - 1)


@kernel("int32[::1](float64[:, :, ::1], float64[::1], float64[::1], int64, int64)")
def _counted(triangles: Triangles, low: Floats, cell: Floats, across: int, along: int) -> Ints:
    """Where each cell's list starts; gives up, with too large a last number, when the lists would be too long."""
    starts = np.zeros(across * along + 1, np.int32)
    listed = 0
    for i in range(len(triangles)):
        x0, x1, y0, y1 = _covered(triangles[i], low, cell, across, along)
        listed += (x1 - x0 + 1) * (y1 - y0 + 1)
        if listed > _LISTED * len(triangles) and across * along > 1:
            starts[-1] = np.int32(2**31 - 1)
            return starts
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                starts[y * across + x + 1] += 1
    for c in range(across * along):
        starts[c + 1] += starts[c]
    return starts


@kernel(
    "Tuple((int32[::1], int32[::1]))(float64[:, :, ::1], float64[::1], float64[::1], int64, int64, int32[::1])",
)
def _listed(
    triangles: Triangles, low: Floats, cell: Floats, across: int, along: int, starts: Ints
) -> tuple[Ints, Ints]:
    members, free = np.empty(starts[-1], np.int32), starts.copy()
    for i in range(len(triangles)):
        x0, x1, y0, y1 = _covered(triangles[i], low, cell, across, along)
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                members[free[y * across + x]] = i
                free[y * across + x] += 1
    return starts, members


@part_of_kernel
def _crossing(a: Floats, b: Floats, x: float, y: float) -> int:
    """How the edge a b passes to the right of (x, y), seen from above: +1 upwards, -1 downwards, else 0."""
    upward = a[1] <= y < b[1]
    if not upward and not (b[1] <= y < a[1]):
        return 0
    low, high = (a, b) if upward else (b, a)
    at = low[0] + (y - low[1]) / (high[1] - low[1]) * (high[0] - low[0])
    if at <= x:
        return 0
    return 1 if upward else -1


@part_of_kernel
def passes(t: Floats, x: float, y: float) -> int:
    """+1 when the vertical line at (x, y) meets a triangle that faces up, -1 when one that faces down, else 0."""
    return _crossing(t[0], t[1], x, y) + _crossing(t[1], t[2], x, y) + _crossing(t[2], t[0], x, y)


@part_of_kernel
def height_at(t: Floats, x: float, y: float) -> float:
    """The z at which the vertical line at (x, y) meets the plane of a triangle, kept within the triangle's."""
    ux, uy, uz = t[1, 0] - t[0, 0], t[1, 1] - t[0, 1], t[1, 2] - t[0, 2]
    vx, vy, vz = t[2, 0] - t[0, 0], t[2, 1] - t[0, 1], t[2, 2] - t[0, 2]
    area = ux * vy - uy * vx
    low, high = min(t[0, 2], t[1, 2], t[2, 2]), max(t[0, 2], t[1, 2], t[2, 2])
    if area == 0:
        return float((low + high) / 2)
    px, py = x - t[0, 0], y - t[0, 1]
    z = t[0, 2] + ((px * vy - py * vx) * uz + (ux * py - uy * px) * vz) / area
    return float(min(max(z, low), high))
