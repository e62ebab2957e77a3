"""The exact union of overlapping solids, by manifold3d: the surface that the air touches, and what it encloses.

manifold3d works in float64 and answers exactly, but only for shells in which every edge has two faces. When it first
works it starts a thread for each core. Neither its interface nor TBB_NUM_THREADS says how many: it looks at the
affinity of the thread that calls it first. So it is woken with one core allowed, which then holds for the rest of the
process (seen with 3.5.4).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import manifold3d
import numpy as np
import numpy.typing as npt

from pricing.engine.dexels import solids_of
from pricing.engine.kernels import kernel
from pricing.engine.mesh import Mesh
from pricing.engine.shells import OPEN, STONE, Shells

# 91,000 triangles take 0.4 s, a million 4 s and 0.9 GB: above this the rays alone must do.
UNION_LIMIT: Final = 200_000


@dataclass(frozen=True, slots=True)
class Union:
    """mesh: closed, oriented, without overlaps. piece_volumes: mm3 that each separate piece encloses, its cavities
    included, the largest first."""

    mesh: Mesh
    volume_mm3: float
    area_mm2: float
    piece_volumes: tuple[float, ...]

    @property
    def pieces(self) -> int:
        """How many separate pieces of metal."""
        return len(self.piece_volumes)


@dataclass(frozen=True, slots=True)
class NoUnion:
    """Why no union was made: `open`, `empty`, `too_many_triangles`, or manifold3d's word for a shell it can't take."""

    reason: str


def unite(shells: Shells, *, limit: int = UNION_LIMIT) -> Union | NoUnion:
    """Unite the solids, each less its cavities."""
    solid = np.where(shells.roles == STONE, -1, solids_of(shells)).astype(np.int32)
    if (shells.roles == OPEN).any():
        return NoUnion("open")
    order = np.argsort(solid[shells.shell], kind="stable")
    solids = solid[shells.shell][order]
    first = int(np.searchsorted(solids, 0))  # stones come before, as -1
    if not 0 < len(order) - first <= limit:
        return NoUnion("empty" if first == len(order) else "too_many_triangles")
    return _united(shells.mesh, order[first:], solids[first:])


def _united(mesh: Mesh, order: npt.NDArray[np.int64], solids: npt.NDArray[np.int32]) -> Union | NoUnion:
    _stay_on_one_thread()
    parts: list[Any] = []
    for vertices, faces in _parts(mesh, order, solids):
        part = manifold3d.Manifold(manifold3d.Mesh64(vertices, faces))
        if part.status() != manifold3d.Error.NoError:
            return NoUnion(part.status().name)
        parts.append(part)
    whole = manifold3d.Manifold.batch_boolean(parts, manifold3d.OpType.Add)
    if whole.status() != manifold3d.Error.NoError:
        return NoUnion(whole.status().name)
    return _described(whole)


def _parts(
    mesh: Mesh, order: npt.NDArray[np.int64], solids: npt.NDArray[np.int32]
) -> Iterator[tuple[npt.NDArray[np.float64], npt.NDArray[np.uint64]]]:
    """The vertices and faces of each solid by itself. order: faces sorted by solid, solids: the solid of each."""
    starts = np.flatnonzero(np.diff(solids, prepend=-1))
    faces = np.ascontiguousarray(mesh.faces[order])
    numbers, used, used_from = _renumbered(faces, starts, len(mesh.vertices))
    for vertices, own in zip(np.split(used, used_from[1:]), np.split(numbers, starts[1:]), strict=True):
        yield mesh.vertices[vertices], own


@kernel("Tuple((uint64[:, ::1], int32[::1], int64[::1]))(int32[:, ::1], int64[::1], int64)")
def _renumbered(
    faces: npt.NDArray[np.int32], starts: npt.NDArray[np.int64], vertices: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Faces with each part's vertices numbered from 0; the vertices of all parts in turn; where each part's begin."""
    numbers, used = np.empty((len(faces), 3), np.uint64), np.empty(3 * len(faces), np.int32)
    used_from, places = np.zeros(len(starts), np.int64), np.full(vertices, -1, np.int64)
    part, total = -1, 0
    for f in range(len(faces)):
        if part + 1 < len(starts) and f == starts[part + 1]:
            part += 1
            used_from[part] = total
        for k in range(3):
            vertex = faces[f, k]
            if places[vertex] < used_from[part]:
                places[vertex], used[total] = total, vertex
                total += 1
            numbers[f, k] = places[vertex] - used_from[part]
    return numbers, used[:total], used_from


def _described(whole: Any) -> Union:
    surface = whole.to_mesh64()
    mesh = Mesh(np.array(surface.vert_properties[:, :3], np.float64), np.array(surface.tri_verts, np.int32))
    enclosed = (float(surface.volume()) for surface in whole.decompose())  # that of a cavity is negative
    pieces = sorted((volume for volume in enclosed if volume > 0), reverse=True)
    return Union(mesh, float(whole.volume()), float(whole.surface_area()), tuple(pieces))


@cache
def _stay_on_one_thread() -> None:
    """Wake manifold3d with one core allowed, once in a process; the cores are given back at once."""
    if not hasattr(os, "sched_setaffinity"):  # only Linux has it, and only there are quotes priced in earnest
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        corner = manifold3d.Manifold.tetrahedron()
        (corner + corner.translate((0.5, 0.0, 0.0))).status()
    finally:
        os.sched_setaffinity(0, cores)
