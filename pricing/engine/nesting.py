"""How deep shells lie in each other, and from that which way out is."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pricing.engine.columns import Columns, columns_of, height_at, passes
from pricing.engine.edges import Flags, Ints, diagonal_of
from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.mesh import Triangles

Floats = npt.NDArray[np.float64]
Signs = npt.NDArray[np.int8]
Work = npt.NDArray[np.int64]

_POINTS: Final = 64  # looked at on a shell to learn whether it lies in anything
_POINTS_WITHIN: Final = 512  # and before it is believed to be a cavity, for a wrong one takes metal away
_POINTS_IN_ALL: Final = 400_000
_TESTS: Final = 5_000_000  # of triangles against rays; after that points count as lying in nothing
_CONTAINERS: Final = 2_000  # cavities whose container is looked for, which takes a look at all larger shells
_OFF_SURFACE: Final = 1e-5  # of the piece's diagonal: how far outside its face a point is taken


@dataclass(frozen=True)
class Scene:
    """Triangles, (n, 3, 3), listed by shell and, when a ray is first cast, by column.

    faces of shell s: faces[starts[s]:starts[s + 1]]. volumes: signed, in mm3, per shell.
    """

    triangles: Triangles
    shell: Ints
    starts: Ints
    faces: Ints
    volumes: Floats

    @cached_property
    def columns(self) -> Columns:
        """Most files need none: nothing is inside out, nothing hollow, and there is no stone."""
        return columns_of(self.triangles)

    @property
    def order(self) -> Ints:
        """Shells from the largest volume to the smallest."""
        return np.argsort(-np.abs(self.volumes), kind="stable").astype(np.int32)

    @property
    def points(self) -> int:
        """How many are looked at on each shell."""
        return int(np.clip(_POINTS_IN_ALL // max(len(self.volumes), 1), 4, _POINTS))


def scene_of(triangles: Triangles, shell: Ints, shells: int) -> Scene:
    """Measure the shells and list their faces."""
    return Scene(triangles, shell, *_members(shell, shells), _volumes(triangles, shell, shells))


def turned_and_cavities(scene: Scene) -> tuple[Flags, Flags, Ints]:
    """Per shell: whether it must be turned, whether it is a cavity, and if so the innermost solid around it."""
    shells = len(scene.volumes)
    negative = scene.volumes < 0
    if not negative.any():
        return negative, negative, np.full(shells, -1, np.int32)
    sides = np.where(negative, -1, 1).astype(np.int8)
    exposed = least_depths(scene, np.arange(shells, dtype=np.int32), sides) < 1
    inside_out = scene.volumes[exposed].sum() < 0
    signs = np.full(shells, -1 if inside_out else 1, np.int8)
    points = max(scene.points, min(_POINTS_WITHIN, _POINTS_IN_ALL // int(negative.sum())))
    cavity, container = _resolve(_arrays(scene), _room(scene), scene.order, scene.volumes, signs, points)
    return signs < 0, cavity, container


def least_depths(scene: Scene, shells: Ints, signs: Signs) -> Ints:
    """For each of the shells the smallest winding number, around its points, of the others, each times its sign."""
    return _least_depths(_arrays(scene), _room(scene), shells, scene.volumes, signs, scene.points)


def _arrays(scene: Scene) -> tuple[Any, ...]:
    c = scene.columns
    grid = (c.corner, c.cell, c.across, c.along, c.starts, c.triangles)
    off = _OFF_SURFACE * diagonal_of(scene.triangles.reshape(-1, 3))
    return (scene.triangles, scene.shell, scene.starts, scene.faces, off, *grid)


def _room(scene: Scene) -> tuple[Ints, Ints, Ints, Work]:
    """Empty windings above and below by shell, room for the shells that a line meets, and no test made yet."""
    above, below = np.zeros((2, len(scene.volumes)), np.int32)
    longest = int(np.diff(scene.columns.starts).max(initial=0))
    return above, below, np.empty(longest + 1, np.int32), np.zeros(1, np.int64)


# What `_arrays` and `_room` return: kernels take them whole.
_SCENE = (
    "Tuple((float64[:, :, ::1], int32[::1], int32[::1], int32[::1], float64, "
    "float64[::1], float64[::1], int64, int64, int32[::1], int32[::1]))"
)
_STATE = "Tuple((int32[::1], int32[::1], int32[::1], int64[::1]))"


@kernel("Tuple((int32[::1], int32[::1]))(int32[::1], int64)")
def _members(shell: Ints, shells: int) -> tuple[Ints, Ints]:
    starts, faces = np.zeros(shells + 1, np.int32), np.empty(len(shell), np.int32)
    for f in range(len(shell)):
        starts[shell[f] + 1] += 1
    for s in range(shells):
        starts[s + 1] += starts[s]
    free = starts.copy()
    for f in range(len(shell)):
        faces[free[shell[f]]] = f
        free[shell[f]] += 1
    return starts, faces


@kernel("float64[::1](float64[:, :, ::1], int32[::1], int64)")
def _volumes(triangles: Triangles, shell: Ints, shells: int) -> Floats:
    """Signed volumes, each relative to a corner of its shell: exact for closed shells, and good for small holes."""
    volumes, origin, known = np.zeros(shells), np.empty((shells, 3)), np.zeros(shells, np.bool_)
    for f in range(len(shell)):
        s, t = shell[f], triangles[f]
        if not known[s]:
            known[s] = True
            origin[s] = t[0]
        ax, ay, az = t[0, 0] - origin[s, 0], t[0, 1] - origin[s, 1], t[0, 2] - origin[s, 2]
        bx, by, bz = t[1, 0] - origin[s, 0], t[1, 1] - origin[s, 1], t[1, 2] - origin[s, 2]
        cx, cy, cz = t[2, 0] - origin[s, 0], t[2, 1] - origin[s, 1], t[2, 2] - origin[s, 2]
        volumes[s] += (ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)) / 6
    return volumes


@part_of_kernel
def _point(t: Floats, j: int, off: float, out: Floats) -> None:
    """The j-th point on a triangle, moved off it: a sequence that spreads evenly, the same in every run."""
    u, v = (0.5 + j * 0.7548776662466927) % 1, (0.5 + j * 0.5698402909980532) % 1
    if u + v > 1:
        u, v = 1 - u, 1 - v
    u, v = 0.02 + 0.94 * u, 0.02 + 0.94 * v  # not on the triangle's edges
    e, f = t[1] - t[0], t[2] - t[0]
    nx, ny, nz = e[1] * f[2] - e[2] * f[1], e[2] * f[0] - e[0] * f[2], e[0] * f[1] - e[1] * f[0]
    length = np.sqrt(nx * nx + ny * ny + nz * nz)
    step = off / length if length > 0 else 0.0
    out[0] = t[0, 0] + u * e[0] + v * f[0] + step * nx
    out[1] = t[0, 1] + u * e[1] + v * f[1] + step * ny
    out[2] = t[0, 2] + u * e[2] + v * f[2] + step * nz


@part_of_kernel
def _cast(scene: Any, state: Any, point: Floats, own: int) -> int:
    """Which shells but its own the vertical line through a point meets, and how, above and below it; how many.

    above and below are indexed by shell; a closed shell has the same in both, its winding number around the point.
    """
    triangles, shell, _, _, _, corner, cell, across, along, lists, listed = scene
    above, below, met, tests = state
    x, y = (point[0] - corner[0]) / cell[0], (point[1] - corner[1]) / cell[1]
    if not (0 <= x <= across and 0 <= y <= along) or tests[0] > _TESTS:
        return 0
    c = min(np.int64(y), along - 1) * across + min(np.int64(x), across - 1)
    tests[0] += lists[c + 1] - lists[c]
    meeting = 0
    for i in range(lists[c], lists[c + 1]):
        t, s = triangles[listed[i]], shell[listed[i]]
        way = passes(t, point[0], point[1]) if s != own else 0
        if way == 0:
            continue
        if above[s] == 0 and below[s] == 0:
            met[meeting] = s
            meeting += 1
        if height_at(t, point[0], point[1]) > point[2]:
            above[s] += way
        else:
            below[s] -= way
    return meeting


@part_of_kernel
def _depth(scene: Any, state: Any, own: int, j: int, outward: float, signs: Signs, hits: Ints) -> int:
    """The winding number around the j-th point of a shell: of the others, each times its sign.

    A shell that winds differently above and below is open there and counts as not met. hits: whom the point lies in.
    """
    triangles, _, starts, faces, off, _, _, _, _, _, _ = scene
    above, below, met, _ = state
    count = starts[own + 1] - starts[own]
    face = faces[starts[own] + np.int64(count * ((0.5 + j * 0.6180339887498949) % 1))]
    point = np.empty(3)
    _point(triangles[face], j, off * outward, point)
    depth = 0
    for m in range(_cast(scene, state, point, own)):
        s = met[m]
        if above[s] == below[s] and above[s] != 0:
            depth += signs[s] * above[s]
            hits[s] += signs[s] * above[s] > 0
        above[s] = below[s] = 0
    return depth


@kernel(f"int32[::1]({_SCENE}, {_STATE}, int32[::1], float64[::1], int8[::1], int64)")
def _least_depths(scene: Any, state: Any, shells: Ints, volumes: Floats, signs: Signs, points: int) -> Ints:
    """Where a shell is found to lie in nothing the search ends."""
    least, hits = np.empty(len(shells), np.int32), np.zeros(len(volumes), np.int32)
    for i in range(len(shells)):
        own, outward, least[i] = shells[i], np.sign(volumes[shells[i]]), 2**31 - 1
        for j in range(points):
            least[i] = min(least[i], _depth(scene, state, own, j, outward, signs, hits))
            if least[i] <= 0:
                break
    return least


@part_of_kernel
def _innermost(larger: Ints, hits: Ints, volumes: Floats, signs: Signs) -> int:
    """The last, that is smallest, of the solids that hold most of the points."""
    best = -1
    for s in larger:
        if volumes[s] * signs[s] > 0 and hits[s] > 0 and (best < 0 or hits[s] >= hits[best]):
            best = int(s)
    return best


@kernel(f"Tuple((boolean[::1], int32[::1]))({_SCENE}, {_STATE}, int32[::1], float64[::1], int8[::1], int64)")
def _resolve(scene: Any, state: Any, order: Ints, volumes: Floats, signs: Signs, points: int) -> tuple[Flags, Ints]:
    """Go through the shells in order; signs, +1 or -1 for what is to be turned, is completed on the way."""
    shells = len(volumes)
    cavity, container = np.zeros(shells, np.bool_), np.full(shells, -1, np.int32)
    placed, hits, named = np.zeros(shells, np.int8), np.zeros(shells, np.int32), 0
    for i in range(shells):
        own = order[i]
        if volumes[own] * signs[own] < 0:
            cavity[own] = True
            for j in range(points):
                if _depth(scene, state, own, j, np.sign(volumes[own]), placed, hits) < 1:
                    cavity[own] = False
                    signs[own] = -signs[own]
                    break
            if cavity[own] and named < _CONTAINERS:
                named += 1
                hits[:] = 0
                for j in range(min(points, _POINTS)):
                    _depth(scene, state, own, j, np.sign(volumes[own]), placed, hits)
                container[own] = _innermost(order[:i], hits, volumes, placed)
        placed[own] = signs[own]
    return cavity, container
