"""What a welded mesh is as a surface: how its edges are met, how many bodies it has, whether it is closed."""

from dataclasses import dataclass

import numpy as np

from pricing.engine.edges import Ints, count_walks, sort_bucket, unite
from pricing.engine.kernels import kernel
from pricing.engine.mesh import Mesh


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found on the edges and vertices of a mesh.

    open_edges: met by one face. nonmanifold_edges: by more than two. turned_edges: by two faces that walk it in one
    direction, so that one of them is turned. bodies: pieces of surface connected by vertices. watertight: there are
    faces, and every edge is walked as often in one direction as in the other; with two faces per edge that is the
    usual meaning, with four (two bodies that touch along an edge) the surface still encloses a volume.
    """

    open_edges: int
    nonmanifold_edges: int
    turned_edges: int
    bodies: int
    watertight: bool

    @property
    def is_clean(self) -> bool:
        """Whether two faces meet at every edge and agree about the outside."""
        return self.open_edges == self.nonmanifold_edges == self.turned_edges == 0


def survey(mesh: Mesh) -> Survey:
    """Look at all edges and vertices once; linear in the number of faces."""
    starts = np.zeros(len(mesh.vertices) + 2, np.int32)
    met = np.empty(3 * len(mesh.faces), np.int32)  # by numpy, which asks for huge pages
    count_walks(mesh.faces, starts)
    _meet(mesh.faces, starts, met)
    roots = np.arange(len(mesh.vertices), dtype=np.int32)
    unpaired, crowded, turned, balanced, bodies = _tally(starts[:-1], met, roots)
    return Survey(unpaired, crowded, turned, bodies, watertight=balanced and len(mesh.faces) > 0)


@kernel("void(int32[:, ::1], int32[::1], int32[::1])")
def _meet(faces: Ints, starts: Ints, met: Ints) -> None:
    """Into the bucket of each vertex: twice the larger vertex at the other end of a walk, plus 1 when it goes there.
    Half the memory of whole walks, of which only this is asked here."""
    for f in range(len(faces)):
        for k in range(3):
            a, b = faces[f, k], faces[f, (k + 1) % 3]
            bucket = min(a, b) + 1
            met[starts[bucket]] = 2 * max(a, b) + (a < b)
            starts[bucket] += 1


@kernel("Tuple((int64, int64, int64, boolean, int64))(int32[::1], int32[::1], int32[::1])")
def _tally(starts: Ints, met: Ints, roots: Ints) -> tuple[int, int, int, bool, int]:
    """Counts of edges, and of bodies: the smallest vertex of each, the only one that stays its own root, has edges."""
    unpaired = crowded = turned = unbalanced = bodies = 0
    for v in range(len(starts) - 1):
        i, end = starts[v], starts[v + 1]
        sort_bucket(met, i, end)
        while i < end:
            other, size, upward = met[i] >> 1, 0, 0
            while i < end and met[i] >> 1 == other:
                size, upward, i = size + 1, upward + (met[i] & 1), i + 1
            unite(roots, np.int32(v), other)
            unpaired += size == 1
            crowded += size > 2
            turned += size == 2 and upward != 1
            unbalanced += 2 * upward != size
    for v in range(len(starts) - 1):
        bodies += roots[v] == v and starts[v] < starts[v + 1]
    return unpaired, crowded, turned, unbalanced == 0, bodies
