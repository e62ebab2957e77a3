"""Close gaps along open edges: vertices that nearly meet, and vertices that lie on the edge of another face."""

from typing import Final

import numpy as np
import numpy.typing as npt

from pricing.engine.edges import Edges, Ints, diagonal_of, edges_of, flattened, unite_pairs
from pricing.engine.kernels import kernel
from pricing.engine.mesh import Faces, Mesh, Vertices
from pricing.engine.proximity import close_pairs, points_on_edges

Floats = npt.NDArray[np.float64]

# A gap of a ten-thousandth of the piece (2 micrometres on a ring) is rounding of a file, not a design.
_NEAR_OF_DIAGONAL: Final = 1e-4
_NEAR_OF_EDGE: Final = 0.25  # and never more than this share of the shortest edge there, so that no face collapses

_ROUNDS: Final = 3  # a face can have vertices on each of its three edges; one edge is split at a time


def merge_near(mesh: Mesh, edges: Edges) -> tuple[Mesh, int]:
    """Let vertices of open edges that nearly meet be one, if that closes any edge; how many vanished."""
    walks = open_walks(edges)
    rim = _rim(len(mesh.vertices), *ends_of(mesh.faces, walks))
    reach = np.minimum(_near(mesh), _NEAR_OF_EDGE * _shortest_edges(mesh.vertices, mesh.faces)[rim])
    one, other = close_pairs(np.ascontiguousarray(mesh.vertices[rim]), reach)
    if len(one) == 0:
        return mesh, 0
    roots = np.arange(len(mesh.vertices), dtype=np.int32)
    unite_pairs(roots, rim[one], rim[other])
    roots = flattened(roots)
    merged = without_slivers(Mesh(mesh.vertices, roots[mesh.faces]))
    if len(open_walks(edges_of(merged))) >= len(walks):
        return mesh, 0
    return merged, int(np.count_nonzero(roots != np.arange(len(roots))))


def split_at_vertices(mesh: Mesh, edges: Edges) -> tuple[Mesh, int]:
    """Where vertices of open edges lie on another open edge (T-junctions), split its face so that both sides meet."""
    total = 0
    for _ in range(_ROUNDS):
        walks = open_walks(edges)
        starts, ends = ends_of(mesh.faces, walks)
        rim = _rim(len(mesh.vertices), starts, ends)
        at, on, share = points_on_edges(mesh.vertices, rim, starts, ends, _near(mesh))
        if len(at) == 0:
            break
        mesh, split = _split(mesh, walks[at], rim[on], share)
        total += split
        edges = edges_of(mesh)
    return mesh, total


def open_walks(edges: Edges) -> Ints:
    """Walks of the edges that only one face meets."""
    return np.asarray(edges.walks[edges.first[:-1][np.diff(edges.first) == 1]])


def ends_of(faces: Faces, walks: Ints) -> tuple[Ints, Ints]:
    """The vertices at which walks start and end."""
    f, k = np.divmod(walks, 3)
    return faces[f, k], faces[f, (k + 1) % 3]


def _rim(vertices: int, starts: Ints, ends: Ints) -> Ints:
    """Each vertex of the walks once, in rising order."""
    marked = np.zeros(vertices, np.bool_)
    marked[starts] = marked[ends] = True
    return np.flatnonzero(marked).astype(np.int32)


def without_slivers(mesh: Mesh) -> Mesh:
    """Drop faces that use a vertex twice."""
    a, b, c = mesh.faces.T
    return mesh.part((a != b) & (b != c) & (c != a))


def _near(mesh: Mesh) -> float:
    return _NEAR_OF_DIAGONAL * diagonal_of(mesh.vertices)


def _split(mesh: Mesh, walks: Ints, vertices: Ints, share: Floats) -> tuple[Mesh, int]:
    """Replace the face of each walk by a fan over the vertices along it; of a face only the first walk, for now."""
    first_walk = np.full(len(mesh.faces), np.iinfo(np.int32).max, np.int32)
    np.minimum.at(first_walk, walks // 3, walks)
    chosen = first_walk[walks // 3] == walks
    split = np.unique(walks[chosen])
    starts, ends = ends_of(mesh.faces, split)
    # Each vertex along the edge begins a piece of it, and so does the edge's start; the next of them ends it.
    walk, begin = np.concatenate([split, walks[chosen]]), np.concatenate([starts, vertices[chosen]])
    order = np.lexsort((np.concatenate([np.full(len(split), -1.0), share[chosen]]), walk))
    walk, begin = walk[order], begin[order]
    end = np.roll(begin, -1)
    end[np.append(walk[1:] != walk[:-1], True)] = ends
    apex = mesh.faces[walk // 3, (walk % 3 + 2) % 3]
    kept = np.ones(len(mesh.faces), np.bool_)
    kept[split // 3] = False
    faces = np.concatenate([mesh.faces[kept], np.stack([begin, end, apex], axis=1)])
    return without_slivers(Mesh(mesh.vertices, faces)), len(split)


@kernel("float64[::1](float64[:, ::1], int32[:, ::1])")
def _shortest_edges(vertices: Vertices, faces: Faces) -> Floats:
    shortest: Floats = np.full(len(vertices), np.inf)
    for f in range(len(faces)):
        for k in range(3):
            a, b = faces[f, k], faces[f, (k + 1) % 3]
            x, y, z = vertices[a, 0] - vertices[b, 0], vertices[a, 1] - vertices[b, 1], vertices[a, 2] - vertices[b, 2]
            squared = x * x + y * y + z * z
            shortest[a] = min(shortest[a], squared)
            shortest[b] = min(shortest[b], squared)
    for v in range(len(vertices)):
        shortest[v] = shortest[v] ** 0.5
    return shortest
