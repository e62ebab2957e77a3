"""The compiled loops of the dexels: turn, scan, sort, walk. `pricing.engine.dexels` says what they are for.

All lengths are in cells of the grid, rays run at whole numbers. A crossing is one integer, so that sorting integers
sorts crossings: its depth, then entry (0) before exit (1), then the face. Entries come first so that a ray which passes
from one body into another that touches it never leaves the metal.
"""

from math import ceil, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from pricing.engine.kernels import kernel, part_of_kernel

FACE_BITS: Final = 24
_EXIT: Final = 1 << FACE_BITS
_FACE: Final = _EXIT - 1
_DEPTH_SHIFT: Final = FACE_BITS + 1
_DEPTH_UNITS: Final = float(1 << 26)  # in a cell; with 12 bits for the cells they fill the 38 bits that are left
_ROUNDING: Final = 1e-9  # of a cell, more than a coordinate on an edge can be off
_TOUCH: Final = 2.0**-12  # of a cell, 0.00001 mm on a ring: bodies nearer than this are one piece

# What a walk sums up. Lengths are in cells; SURFACE and EXPOSED weigh each crossing with the part of the face's normal
# that lies along the ray, which makes their sums over three perpendicular directions areas.
METAL, MENDED, OVERLAP, NEGATIVE, SIGNED, EXPOSED, SURFACE, BROKEN, HIT, SUMS = range(10)

Points = npt.NDArray[np.float64]  # (v, 3)
Faces = npt.NDArray[np.int32]  # (n, 3)
Facing = npt.NDArray[np.float32]  # (n, 3): size of each part of the unit normal
Shell = npt.NDArray[np.int32]  # (n,)
Steps = npt.NDArray[np.int32]  # (rows, columns + 1)
Places = npt.NDArray[np.int64]  # (rows, columns)
Crossings = npt.NDArray[np.int64]  # (c,)
Floats = npt.NDArray[np.float64]


@kernel("float64[:, ::1](float64[:, ::1], float64[:, ::1])")
def turned(points: Points, rotation: Floats) -> Points:
    """The points turned by a matrix, (3, 3). Spelled out: a library's product may round differently elsewhere."""
    result = np.empty_like(points)
    for i in range(len(points)):
        x, y, z = points[i]
        for k in range(3):
            result[i, k] = rotation[k, 0] * x + rotation[k, 1] * y + rotation[k, 2] * z
    return result


@kernel("void(float64[:, ::1], int32[:, ::1], float32[:, ::1], float64[::1], float64[:, ::1])")
def survey(points: Points, faces: Faces, facing: Facing, totals: Floats, box: Floats) -> None:
    """Fill facing, widen box, (2, 3), and add up totals: signed volume, heights of all faces in all directions."""
    origin = points[faces[0, 0]]
    for f in range(len(faces)):
        a, b, c = points[faces[f, 0]], points[faces[f, 1]], points[faces[f, 2]]
        x = (b[1] - a[1]) * (c[2] - a[2]) - (b[2] - a[2]) * (c[1] - a[1])
        y = (b[2] - a[2]) * (c[0] - a[0]) - (b[0] - a[0]) * (c[2] - a[2])
        z = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        length = sqrt(x * x + y * y + z * z)
        totals[0] += ((a[0] - origin[0]) * x + (a[1] - origin[1]) * y + (a[2] - origin[2]) * z) / 6
        for k, part in enumerate((x, y, z)):
            low, high = min(a[k], b[k], c[k]), max(a[k], b[k], c[k])
            facing[f, k] = abs(part) / length if length > 0 else 0.0
            totals[1] += high - low
            box[0, k], box[1, k] = min(box[0, k], low), max(box[1, k], high)


@part_of_kernel
def _by_height(points: Points, faces: Faces, face: int, v: int) -> tuple[int, int, int, int]:
    """The corners from low to high, and 1 if that order runs round like the face's own, else -1."""
    low, middle, high = faces[face, 0], faces[face, 1], faces[face, 2]
    way = 1
    if points[low, v] > points[middle, v]:
        low, middle, way = middle, low, -way
    if points[middle, v] > points[high, v]:
        middle, high, way = high, middle, -way
    if points[low, v] > points[middle, v]:
        low, middle, way = middle, low, -way
    return low, middle, high, way


@part_of_kernel
def _is_between_rays(points: Points, faces: Faces, face: int, u: int) -> bool:
    """Whether a face is so narrow that it surely lies between two columns, as most faces of a fine mesh do."""
    a, b, c = points[faces[face, 0], u], points[faces[face, 1], u], points[faces[face, 2], u]
    return bool(ceil(min(a, b, c) - _ROUNDING) == ceil(max(a, b, c) + _ROUNDING))


@part_of_kernel
def _on_edge(points: Points, low: int, high: int, v: int, k: int, row: int) -> float:
    """Coordinate k where an edge passes a row; always reckoned from its lower end, so that both its faces agree."""
    slope: float = (points[high, k] - points[low, k]) / (points[high, v] - points[low, v])
    start: float = points[low, k]
    return start + (row - float(points[low, v])) * slope


@kernel("void(float64[:, ::1], int32[:, ::1], int64, int32[:, ::1])")
def count(points: Points, faces: Faces, axis: int, steps: Steps) -> None:
    """Add to steps one where a row of rays enters a face and minus one where it has left it."""
    u, v = (axis + 1) % 3, (axis + 2) % 3
    for face in range(len(faces)):
        if _is_between_rays(points, faces, face, u):
            continue
        low, middle, high, _ = _by_height(points, faces, face, v)
        for row in range(ceil(points[low, v]), ceil(points[high, v])):
            lower, upper = (low, middle) if row < points[middle, v] else (middle, high)
            long, short = _on_edge(points, low, high, v, u, row), _on_edge(points, lower, upper, v, u, row)
            first, end = ceil(min(long, short)), ceil(max(long, short))
            if first < end:
                steps[row, first] += 1
                steps[row, end] -= 1


@kernel("int64(int32[:, ::1], int64[:, ::1])")
def lay_out(steps: Steps, places: Places) -> int:
    """Fill places with where each ray's crossings begin; give how many there are in all."""
    total = 0
    for row in range(places.shape[0]):
        open_faces = 0
        for column in range(places.shape[1]):
            open_faces += steps[row, column]
            places[row, column] = total
            total += open_faces
    return total


@kernel("void(float64[:, ::1], int32[:, ::1], int64, int64[:, ::1], int64[::1])")
def fill(points: Points, faces: Faces, axis: int, places: Places, crossings: Crossings) -> None:
    """Write each crossing that `count` counted at the place of its ray; places then say where each ray's end."""
    u, v = (axis + 1) % 3, (axis + 2) % 3
    for face in range(len(faces)):
        if _is_between_rays(points, faces, face, u):
            continue
        low, middle, high, way = _by_height(points, faces, face, v)
        for row in range(ceil(points[low, v]), ceil(points[high, v])):
            lower, upper = (low, middle) if row < points[middle, v] else (middle, high)
            long, short = _on_edge(points, low, high, v, u, row), _on_edge(points, lower, upper, v, u, row)
            first, end = ceil(min(long, short)), ceil(max(long, short))
            if first == end:
                continue
            mark = face | (_EXIT if (short > long) == (way > 0) else 0)
            depth = _on_edge(points, low, high, v, axis, row)
            slope = (_on_edge(points, lower, upper, v, axis, row) - depth) / (short - long)
            for column in range(first, end):
                units = np.int64((depth + (column - long) * slope) * _DEPTH_UNITS)
                crossings[places[row, column]] = (units << _DEPTH_SHIFT) | mark
                places[row, column] += 1


@part_of_kernel
def _sort(crossings: Crossings, start: int, end: int) -> None:
    """Shell's sort: plain insertion for the usual two to twenty, and not their square for a soup's thousands."""
    for gap in (701, 301, 132, 57, 23, 10, 4, 1):
        for i in range(start + gap, end):
            one, j = crossings[i], i
            while j >= start + gap and crossings[j - gap] > one:
                crossings[j] = crossings[j - gap]
                j -= gap
            crossings[j] = one


@part_of_kernel
def _is_sound(crossings: Crossings, start: int, end: int) -> bool:
    """Whether a ray leaves as many faces as it enters."""
    exits = 0
    for i in range(start, end):
        exits += (crossings[i] >> FACE_BITS) & 1
    return 2 * exits == end - start


@part_of_kernel
def root(parents: Shell, shell: int) -> int:
    """The shell that stands for the piece of metal this one belongs to."""
    while parents[shell] != shell:
        parents[shell] = parents[parents[shell]]
        shell = parents[shell]
    return shell


@part_of_kernel
def _walk_ray(
    crossings: Crossings,
    start: int,
    end: int,
    shell: Shell,
    facing: Facing,
    axis: int,
    parents: Shell,
    found: Floats,
) -> None:
    """Walk one sorted ray, put its sums into found, join the shells whose metal meets."""
    found[:] = 0.0
    winding, before, metal, left = 0, 0.0, -1, 0.0
    for i in range(start, end):
        crossing = crossings[i]
        depth, face = (crossing >> _DEPTH_SHIFT) / _DEPTH_UNITS, crossing & _FACE
        length, before = depth - before, depth
        found[SIGNED] += winding * length
        found[METAL] += length if winding >= 1 else 0.0
        found[OVERLAP] += length if winding >= 2 else 0.0
        found[NEGATIVE] += length if winding < 0 else 0.0
        entering = not crossing & _EXIT
        at_the_air = winding == 0 if entering else winding == 1
        found[SURFACE] += facing[face, axis]
        found[EXPOSED] += facing[face, axis] if at_the_air else 0.0
        winding += 1 if entering else -1
        if entering and winding >= 1:
            piece = root(parents, shell[face])
            if metal >= 0 and (winding > 1 or depth - left < _TOUCH):
                parents[piece] = root(parents, metal)
            metal = piece
        elif at_the_air:
            left = depth


@kernel("void(int64[::1], int64[:, ::1], int32[::1], float32[:, ::1], int64, int32[::1], float64[::1])")
def walk(
    crossings: Crossings, ends: Places, shell: Shell, facing: Facing, axis: int, parents: Shell, sums: Floats
) -> None:
    """Walk all rays and add to sums. MENDED: a ray broken by a hole has the mean of its sound neighbours in the row."""
    found = np.zeros(SUMS)
    start = 0
    for row in range(ends.shape[0]):
        metal, broken = 0.0, 0
        for column in range(ends.shape[1]):
            end = ends[row, column]
            sums[HIT] += end > start
            if not _is_sound(crossings, start, end):
                broken += 1
            else:
                _sort(crossings, start, end)
                _walk_ray(crossings, start, end, shell, facing, axis, parents, found)
                sums += found
                sums[MENDED] += broken * (metal + found[METAL]) / 2
                sums[BROKEN] += broken
                metal, broken = found[METAL], 0
            start = end
        sums[MENDED] += broken * metal / 2
        sums[BROKEN] += broken
