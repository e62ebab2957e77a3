"""Which points are near each other or near an edge, by hashing space into cells.

A bucket holds the points of every cell that hashes to it; distances sort out who doesn't belong. Only so many points of
a bucket, cells of an edge, and answers are looked at that crowding them makes the search incomplete, never slow.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from pricing.engine.edges import Ints
from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.mesh import Vertices

Floats = npt.NDArray[np.float64]

_CELL_OF_REACH: Final = 16.0  # cells much larger than the reach: most points look into a single cell
_LOOKED_AT: Final = 96  # points of one bucket
_CELLS_OF_EDGE: Final = 512
_TESTS_PER_EDGE: Final = 100  # on average


def close_pairs(points: Vertices, reach: Floats) -> tuple[Ints, Ints]:
    """Pairs of different points that are within the smaller reach of the two. points: (k, 3), reach: (k,)."""
    if len(points) == 0 or not reach.max() > 0:
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    cell = float(reach.max()) * _CELL_OF_REACH
    starts, members = _buckets(points, cell)
    # In the order of the buckets, so that what is compared lies together in memory.
    ones, others = _close(points[members], reach[members], cell, starts)
    return members[ones], members[others]


def points_on_edges(vertices: Vertices, rim: Ints, starts: Ints, ends: Ints, near: float) -> tuple[Ints, Ints, Floats]:
    """Which vertices of the rim lie on which edges, between their ends: edge, place in the rim, share of the way."""
    points = np.ascontiguousarray(vertices[rim])
    lengths = np.linalg.norm(vertices[ends] - vertices[starts], axis=1)
    if len(lengths) == 0 or not lengths.max() > 0:
        return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0)
    cell = max(float(np.median(lengths)), 4 * near)
    buckets = _buckets(points, cell)
    return _on_edges(vertices[starts], vertices[ends], points, near, cell, *buckets)


@part_of_kernel
def _bucket(x: int, y: int, z: int, buckets: int) -> int:
    mixed = (x * 73856093) ^ (y * 19349663) ^ (z * 83492791)
    return (mixed ^ (mixed >> 15)) & (buckets - 1)


@part_of_kernel
def _cell(at: float, cell: float) -> int:
    return int(np.floor(at / cell))


@kernel("Tuple((int32[::1], int32[::1]))(float64[:, ::1], float64)")
def _buckets(points: Vertices, cell: float) -> tuple[Ints, Ints]:
    size = 16
    while size < 2 * len(points):
        size *= 2
    where = np.empty(len(points), np.int32)
    starts = np.zeros(size + 1, np.int32)
    for i in range(len(points)):
        where[i] = _bucket(_cell(points[i, 0], cell), _cell(points[i, 1], cell), _cell(points[i, 2], cell), size)
        starts[where[i] + 1] += 1
    for b in range(size):
        starts[b + 1] += starts[b]
    members, free = np.empty(len(points), np.int32), starts.copy()
    for i in range(len(points)):
        members[free[where[i]]] = i
        free[where[i]] += 1
    return starts, members


@part_of_kernel
def _close_in(
    points: Vertices, reach: Floats, i: int, low: int, high: int, ones: Ints, others: Ints, found: int
) -> int:
    for j in range(low, min(high, low + _LOOKED_AT, i)):
        x, y, z = points[i, 0] - points[j, 0], points[i, 1] - points[j, 1], points[i, 2] - points[j, 2]
        near = min(reach[i], reach[j])
        if x * x + y * y + z * z <= near * near and found < len(ones):
            ones[found], others[found] = j, i
            found += 1
    return found


@kernel("Tuple((int32[::1], int32[::1]))(float64[:, ::1], float64[::1], float64, int32[::1])")
def _close(points: Vertices, reach: Floats, cell: float, starts: Ints) -> tuple[Ints, Ints]:
    ones, others = np.empty(16 * len(points), np.int32), np.empty(16 * len(points), np.int32)
    size, found = len(starts) - 1, 0
    for i in range(len(points)):
        px, py, pz, r = points[i, 0], points[i, 1], points[i, 2], reach[i]
        for x in range(_cell(px - r, cell), _cell(px + r, cell) + 1):
            for y in range(_cell(py - r, cell), _cell(py + r, cell) + 1):
                for z in range(_cell(pz - r, cell), _cell(pz + r, cell) + 1):
                    b = _bucket(x, y, z, size)
                    found = _close_in(points, reach, i, starts[b], starts[b + 1], ones, others, found)
    return ones[:found].copy(), others[:found].copy()


@part_of_kernel
def _share(a: Floats, b: Floats, p: Floats, near: float) -> float:
    """How far along a b the point lies, 0 … 1; -1 when it is further off than near, or at an end."""
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    vx, vy, vz = p[0] - a[0], p[1] - a[1], p[2] - a[2]
    squared = ux * ux + uy * uy + uz * uz
    t = (ux * vx + uy * vy + uz * vz) / squared
    x, y, z = vx - t * ux, vy - t * uy, vz - t * uz
    margin = 2 * near / np.sqrt(squared)
    return float(t) if x * x + y * y + z * z <= near * near and margin < t < 1 - margin else -1.0


@kernel(
    "Tuple((int32[::1], int32[::1], float64[::1]))"
    "(float64[:, ::1], float64[:, ::1], float64[:, ::1], float64, float64, int32[::1], int32[::1])",
)
def _on_edges(
    a: Vertices, b: Vertices, points: Vertices, near: float, cell: float, starts: Ints, members: Ints
) -> tuple[Ints, Ints, Floats]:
    room, left = 4 * len(points) + 16, _TESTS_PER_EDGE * len(a) + 100_000
    at, on, share = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.float64)
    size, found = len(starts) - 1, 0
    for e in range(len(a)):
        x0, x1 = _cell(min(a[e, 0], b[e, 0]) - near, cell), _cell(max(a[e, 0], b[e, 0]) + near, cell)
        y0, y1 = _cell(min(a[e, 1], b[e, 1]) - near, cell), _cell(max(a[e, 1], b[e, 1]) + near, cell)
        z0, z1 = _cell(min(a[e, 2], b[e, 2]) - near, cell), _cell(max(a[e, 2], b[e, 2]) + near, cell)
        across, along = x1 - x0 + 1, y1 - y0 + 1
        cells = across * along * (z1 - z0 + 1)
        for c in range(cells if cells <= _CELLS_OF_EDGE and left > 0 else 0):
            rest = c // across
            bucket = _bucket(x0 + c % across, y0 + rest % along, z0 + rest // along, size)
            left -= 1
            for m in range(starts[bucket], min(starts[bucket + 1], starts[bucket] + _LOOKED_AT)):
                left -= 1
                t = _share(a[e], b[e], points[members[m]], near)
                if t > 0 and found < room:
                    at[found], on[found], share[found] = e, members[m], t
                    found += 1
    return at[:found].copy(), on[:found].copy(), share[:found].copy()
