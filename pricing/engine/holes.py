"""Fill small holes; leave large ones open and say so, for what was meant there nobody knows."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pricing.engine.edges import Flags, Ints, diagonal_of, number_trees, unite
from pricing.engine.kernels import kernel
from pricing.engine.mesh import Faces, Mesh, Vertices

Floats = npt.NDArray[np.float64]

# A hole is small when it is a sixth of its shell's area at most (a prong without its foot misses a ninth), its rim is
# no longer than half the piece is, and it is nearly flat. A missing triangle may be a larger share of a coarse shell.
_HOLE_OF_SHELL: Final = 1 / 6
_TRIANGLE_OF_SHELL: Final = 0.35
_RIM_OF_DIAGONAL: Final = 0.5
_RIM_EDGES: Final = 500
_FLATNESS: Final = 0.7  # area of the filling's flat shadow over its area
_CRACK_OF_SHELL: Final = 1e-4  # a hole of less area is a crack, filled however long and bent


@dataclass(frozen=True, slots=True)
class _Rims:
    """Loops of open edges. rim r: vertices[first[r]:first[r + 1]], against the walks of the faces that are there."""

    first: Ints
    vertices: Ints
    shell: Ints

    @property
    def sizes(self) -> Ints:
        return np.diff(self.first)


def fill_holes(mesh: Mesh, twins: Ints) -> tuple[Mesh, int, int]:
    """Fill the small holes of a manifold, oriented mesh. Returns it, how many were filled, how many edges stay open."""
    if not np.any(twins < 0):
        return mesh, 0, 0
    shell, shells = shells_of_twins(twins)
    rims = _Rims(*_loops(mesh.faces, twins, shell, len(mesh.vertices)))
    centres, areas, shadows, lengths = _figures(mesh, rims)
    small = _small(mesh, rims, _areas(mesh.vertices, mesh.faces, shell, shells)[rims.shell], areas, shadows, lengths)
    vertices = np.concatenate([mesh.vertices, centres[small & (rims.sizes > 3)]])
    faces = np.concatenate([mesh.faces, _fillings(rims, small, len(mesh.vertices))])
    return Mesh(vertices, faces), int(small.sum()), int(rims.sizes[~small].sum())


@kernel("Tuple((int32[::1], int64))(int32[::1])")
def shells_of_twins(twins: Ints) -> tuple[Ints, int]:
    """The number of the shell each face belongs to, and how many there are."""
    shell = np.arange(len(twins) // 3).astype(np.int32)
    for walk in range(len(twins)):
        if twins[walk] > walk:
            unite(shell, np.int32(walk // 3), np.int32(twins[walk] // 3))
    return shell, number_trees(shell)


@kernel(
    "Tuple((int32[::1], int32[::1], int32[::1]))(int32[:, ::1], int32[::1], int32[::1], int64)",
)
def _loops(faces: Faces, twins: Ints, shell: Ints, vertices: int) -> tuple[Ints, Ints, Ints]:
    """Every vertex has at most one open walk that ends there, for vertices belong to one fan: follow them backwards."""
    came, unpaired = np.full(vertices, -1, np.int32), 0
    for walk in range(len(twins)):
        if twins[walk] < 0:
            came[faces[walk // 3, (walk % 3 + 1) % 3]] = walk
            unpaired += 1
    first, order, owner = np.zeros(unpaired + 1, np.int32), np.empty(unpaired, np.int32), np.empty(unpaired, np.int32)
    rims = placed = 0
    for start in range(vertices):
        v = start
        while came[v] >= 0:
            walk = came[v]
            came[v] = -1
            order[placed], owner[rims] = v, shell[walk // 3]
            placed += 1
            v = faces[walk // 3, walk % 3]
        if placed > first[rims]:
            rims += 1
            first[rims] = placed
    return first[: rims + 1].copy(), order, owner[:rims].copy()


def _figures(mesh: Mesh, rims: _Rims) -> tuple[Floats, Floats, Floats, Floats]:
    """Of each rim: its centre, the area of a fan around the centre, of the fan's flat shadow, its length."""
    here, first = mesh.vertices[rims.vertices], rims.first[:-1]
    after = np.arange(1, len(here) + 1)
    after[rims.first[1:] - 1] = first
    centres = np.add.reduceat(here, first) / rims.sizes[:, None]
    at = np.repeat(centres, rims.sizes, axis=0)
    vectors = np.cross(here - at, here[after] - at) / 2
    shadows = np.linalg.norm(np.add.reduceat(vectors, first), axis=1)
    areas = np.add.reduceat(np.linalg.norm(vectors, axis=1), first)
    return centres, areas, shadows, np.add.reduceat(np.linalg.norm(here[after] - here, axis=1), first)


@kernel("float64[::1](float64[:, ::1], int32[:, ::1], int32[::1], int64)")
def _areas(vertices: Vertices, faces: Faces, shell: Ints, shells: int) -> Floats:
    areas = np.zeros(shells)
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ux, uy, uz = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
        vx, vy, vz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
        x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        areas[shell[f]] += np.sqrt(x * x + y * y + z * z) / 2
    return areas


def _small(mesh: Mesh, rims: _Rims, shell_areas: Floats, areas: Floats, shadows: Floats, lengths: Floats) -> Flags:
    bound = np.where(rims.sizes == 3, _TRIANGLE_OF_SHELL, _HOLE_OF_SHELL) * shell_areas
    window = (
        (areas <= bound) & (shadows >= _FLATNESS * areas) & (lengths <= _RIM_OF_DIAGONAL * diagonal_of(mesh.vertices))
    )
    window |= (rims.sizes == 3) & (areas <= bound)
    crack = areas <= _CRACK_OF_SHELL * shell_areas
    return np.asarray((window | crack) & (rims.sizes >= 3) & (rims.sizes <= _RIM_EDGES))


def _fillings(rims: _Rims, small: Flags, fresh: int) -> Faces:
    """A triangle for a rim of three, else a fan around its centre: flat, it has the hole's volume whatever its shape.

    Centres are numbered from `fresh`, in the order of the rims that need one.
    """
    after = np.arange(1, len(rims.vertices) + 1)
    after[rims.first[1:] - 1] = rims.first[:-1]
    threes, fans = small & (rims.sizes == 3), small & (rims.sizes > 3)
    corners = rims.first[:-1][threes][:, None] + np.arange(3)
    spokes = np.flatnonzero(np.repeat(fans, rims.sizes))
    centre = np.repeat(fresh + np.cumsum(fans) - 1, rims.sizes)[spokes]
    fan = np.stack([rims.vertices[spokes], rims.vertices[after[spokes]], centre], axis=1)
    return np.concatenate([rims.vertices[corners], fan]).astype(np.int32)
