"""Whether a gem-shaped shell is set in metal: whether any metal reaches into it, to its skin, or near it."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pricing.engine.edges import Flags, Ints
from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.mesh import Triangles
from pricing.engine.nesting import Scene

Floats = npt.NDArray[np.float64]

# Designers leave a stone some tenths of play; prongs drawn beside it are further off. What hangs near metal without
# touching any can't be metal itself: it would fall off.
_GAP_MM: Final = 1.0


def touched(scene: Scene, convex: Ints, metal: Flags) -> Flags:
    """For each of the convex shells whether a triangle of the metal shells comes within the gap of it."""
    c = scene.columns
    grid = (c.corner, c.cell, c.across, c.along, c.starts, c.triangles)
    solid = metal[scene.shell]
    return np.array([_is_touched(scene, int(s), solid, grid) for s in convex], np.bool_)


def _is_touched(scene: Scene, shell: int, solid: Flags, grid: tuple[Any, ...]) -> bool:
    own = scene.triangles[scene.faces[scene.starts[shell] : scene.starts[shell + 1]]]
    points = own.reshape(-1, 3)
    low, high = points.min(axis=0) - _GAP_MM, points.max(axis=0) + _GAP_MM
    return bool(_meets(scene.triangles, solid, grid, low, high, _planes(own)))


def _planes(triangles: Triangles) -> Floats:
    """The different planes of a convex body, moved out by the gap: a point p is inside when n . p <= d. (k, 4)"""
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    lengths = np.linalg.norm(normals, axis=1)
    broad = lengths > 1e-6 * lengths.max()
    normals = normals[broad] / lengths[broad, None]
    normals *= np.sign(np.einsum("ij,ij->i", normals, triangles[broad, 0] - triangles.mean(axis=(0, 1))))[:, None]
    offsets = np.einsum("ij,ij->i", normals, triangles[broad, 0]) + _GAP_MM
    _, first = np.unique(np.column_stack([normals, offsets]).round(3), axis=0, return_index=True)
    return np.column_stack([normals, offsets])[first]


@part_of_kernel
def _reaches(triangle: Floats, planes: Floats, room: Triangles) -> bool:
    """Whether anything of the triangle is left after cutting off what lies outside each plane."""
    size, here = 3, 0
    room[0, :3] = triangle
    for p in range(len(planes)):
        a, b, c, d = planes[p]
        kept = 0
        for i in range(size):
            u, v = room[here, i], room[here, (i + 1) % size]
            du, dv = a * u[0] + b * u[1] + c * u[2] - d, a * v[0] + b * v[1] + c * v[2] - d
            if du <= 0:
                room[1 - here, kept] = u
                kept += 1
            if (du < 0 < dv) or (dv < 0 < du):
                t = du / (du - dv)
                for axis in range(3):
                    room[1 - here, kept, axis] = u[axis] + t * (v[axis] - u[axis])
                kept += 1
        if kept == 0:
            return False
        size, here = kept, 1 - here
    return True


@part_of_kernel
def _apart(t: Floats, low: Floats, high: Floats) -> bool:
    for axis in range(3):
        if min(t[0, axis], t[1, axis], t[2, axis]) > high[axis] or max(t[0, axis], t[1, axis], t[2, axis]) < low[axis]:
            return True
    return False


@kernel(
    "boolean(float64[:, :, ::1], boolean[::1], "
    "Tuple((float64[::1], float64[::1], int64, int64, int32[::1], int32[::1])), "
    "float64[::1], float64[::1], float64[:, ::1])",
)
def _meets(triangles: Triangles, solid: Flags, grid: Any, low: Floats, high: Floats, planes: Floats) -> bool:
    corner, cell, across, along, lists, listed = grid
    room = np.empty((2, len(planes) + 6, 3))
    x0, y0 = np.int64(max((low[0] - corner[0]) / cell[0], 0)), np.int64(max((low[1] - corner[1]) / cell[1], 0))
    x1, y1 = np.int64((high[0] - corner[0]) / cell[0]), np.int64((high[1] - corner[1]) / cell[1])
    for y in range(y0, min(y1, along - 1) + 1):
        for x in range(x0, min(x1, across - 1) + 1):
            for i in range(lists[y * across + x], lists[y * across + x + 1]):
                f = listed[i]
                if solid[f] and not _apart(triangles[f], low, high) and _reaches(triangles[f], planes, room):
                    return True
    return False
