"""One surface out of faces: who is whose neighbour at each edge, and which side is out."""

import numpy as np
import numpy.typing as npt

from pricing.engine.edges import Edges, Flags, Ints, number_trees, unite
from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.mesh import Faces, Mesh

Floats = npt.NDArray[np.float64]


# radians: two faces that enclose less lie on each other, drawn by two bodies with triangles of their own
_TOUCHING = 2e-3


def make_manifold(mesh: Mesh, edges: Edges, *, apart: bool = False) -> tuple[Mesh, Ints, int, int]:
    """Pair the faces at each edge, turn those that disagree with most of their shell, give every fan its own vertex.

    Returns the mesh, for each walk its twin across the edge or -1, (3n,), and the numbers of edges that more than two
    faces met and of faces that were turned. apart: bodies whose faces lie on each other are parted between them.
    """
    twins = _twins(edges)
    parted = _pair_crowded(mesh, edges, twins, apart=apart)
    flip = _disagreeing(mesh.faces, twins)
    faces, twins = _flipped(mesh.faces, twins, flip)
    vertex, origin = _fans(faces, twins)
    manifold = Mesh(np.ascontiguousarray(mesh.vertices[faces.ravel()[origin]]), vertex.reshape(-1, 3))
    return manifold, twins, parted, int(np.count_nonzero(flip))


def _twins(edges: Edges) -> Ints:
    """Pair the walks of every edge that has two."""
    twins = np.full(len(edges.walks), -1, np.int32)
    first = edges.first[:-1][np.diff(edges.first) == 2]
    one, other = edges.walks[first], edges.walks[first + 1]
    twins[one], twins[other] = other, one
    return twins


def _pair_crowded(mesh: Mesh, edges: Edges, twins: Ints, *, apart: bool) -> int:
    """Pair the walks of edges that have more, so that bodies that touch along the edge come apart; how many edges."""
    sizes = np.diff(edges.first)
    crowded = np.repeat(sizes > 2, sizes)
    edge = np.repeat(np.arange(len(edges)), sizes)[crowded]
    if len(edge) == 0:
        return 0
    walks, upward = edges.walks[crowded], edges.upward[crowded]
    angles = _angles(mesh, edge, walks, upward)
    order = _touching_last(angles, edge, walks, upward) if apart else np.lexsort((walks, angles, edge))
    first = np.flatnonzero(np.append(edge[1:] != edge[:-1], True)) + 1
    _match(np.concatenate([[0], first]), walks[order], upward[order], twins)
    return len(first)


def _touching_last(angles: Floats, edge: npt.NDArray[np.int64], walks: Ints, upward: Flags) -> npt.NDArray[np.int64]:
    """By edge and angle; of faces that lie on each other, first the one behind which matter ends."""
    angles = np.where(angles < _TOUCHING - np.pi, angles + 2 * np.pi, angles)
    order = np.lexsort((walks, angles, edge))
    further = (np.diff(angles[order]) > _TOUCHING) | (np.diff(edge[order]) != 0)
    direction = np.concatenate([[0], np.cumsum(further)])
    return order[np.lexsort((walks[order], ~upward[order], direction))]


def _angles(mesh: Mesh, edge: npt.NDArray[np.int64], walks: Ints, upward: Flags) -> Floats:
    """The angle of each walk's face around its edge, seen along the edge from its larger vertex to the smaller."""
    f, k = np.divmod(walks, 3)
    starts, ends, apex = mesh.faces[f, k], mesh.faces[f, (k + 1) % 3], mesh.faces[f, (k + 2) % 3]
    low, high = np.where(upward, starts, ends), np.where(upward, ends, starts)
    axis, arm = mesh.vertices[high] - mesh.vertices[low], mesh.vertices[apex] - mesh.vertices[low]
    leader = np.maximum.accumulate(np.where(np.append(True, edge[1:] != edge[:-1]), np.arange(len(edge)), 0))
    side = np.cross(axis, arm[leader])  # the first face of the edge lies at 0
    length = np.linalg.norm(axis, axis=1)
    across = np.cross(side, axis)
    sine = np.einsum("ij,ij->i", side, arm) * length
    return np.asarray(np.arctan2(sine, np.einsum("ij,ij->i", across, arm)).round(9))


@kernel("void(int64[::1], int32[::1], boolean[::1], int32[::1])")
def _match(first: npt.NDArray[np.int64], walks: Ints, upward: Flags, twins: Ints) -> None:
    """Match walks as brackets: seen along the edge, matter lies between a downward walk and the next upward one.

    What matches nothing inside the row matches around its end; what is left then goes the same way and pairs in order.
    """
    opened, closing = np.empty(len(walks), np.int32), np.empty(len(walks), np.int32)
    for e in range(len(first) - 1):
        depth = waiting = 0
        for i in range(first[e], first[e + 1]):
            if not upward[i]:
                opened[depth] = walks[i]
                depth += 1
            elif depth > 0:
                depth -= 1
                twins[walks[i]], twins[opened[depth]] = opened[depth], walks[i]
            else:
                closing[waiting] = walks[i]
                waiting += 1
        around = min(depth, waiting)
        for i in range(around):
            one, other = opened[depth - 1 - i], closing[i]
            twins[one], twins[other] = other, one
        left, low, high = (opened, 0, depth - around) if depth > waiting else (closing, around, waiting)
        for i in range(low, high - 1, 2):
            twins[left[i]], twins[left[i + 1]] = left[i + 1], left[i]


@part_of_kernel
def _ask_neighbours(f: int, faces: Faces, twins: Ints, flip: Flags, seen: Flags, queue: Ints, end: int) -> int:
    """Let the unseen neighbours of a face agree with it and queue up; where a seen one can't, the pair is cut."""
    for k in range(3):
        twin = twins[3 * f + k]
        if twin < 0:
            continue
        g = twin // 3
        wanted = flip[f] ^ (faces[f, k] == faces[g, twin % 3])
        if not seen[g]:
            seen[g], flip[g], queue[end] = True, wanted, g
            end += 1
        elif flip[g] != wanted:  # a surface that comes back to itself with its sides swapped, as Moebius's does
            twins[3 * f + k] = twins[twin] = -1
    return end


@kernel("boolean[::1](int32[:, ::1], int32[::1])")
def _disagreeing(faces: Faces, twins: Ints) -> Flags:
    """Which faces to turn so that those of each shell agree, with as few turned as possible."""
    flip, seen = np.zeros(len(faces), np.bool_), np.zeros(len(faces), np.bool_)
    queue = np.empty(len(faces), np.int32)
    for seed in range(len(faces)):
        if seen[seed]:
            continue
        seen[seed], queue[0] = True, seed
        at, end, flips = 0, 1, 0
        while at < end:
            end = _ask_neighbours(queue[at], faces, twins, flip, seen, queue, end)
            flips += flip[queue[at]]
            at += 1
        if 2 * flips > end:
            for i in range(end):
                flip[queue[i]] ^= True
    return flip


@kernel("Tuple((int32[:, ::1], int32[::1]))(int32[:, ::1], int32[::1], boolean[::1])")
def _flipped(faces: Faces, twins: Ints, flip: Flags) -> tuple[Faces, Ints]:
    """Turn faces by swapping their last two corners, which swaps their first and last walk."""
    turned, renamed = faces.copy(), np.empty_like(twins)
    for f in range(len(faces)):
        if flip[f]:
            turned[f, 1], turned[f, 2] = faces[f, 2], faces[f, 1]
        for k in range(3):
            twin = twins[3 * f + k]
            if twin >= 0 and flip[twin // 3]:
                twin = 3 * (twin // 3) + 2 - twin % 3
            renamed[3 * f + (2 - k if flip[f] else k)] = twin
    return turned, renamed


@part_of_kernel
def _next(corner: int) -> int:
    """The next corner of the same face."""
    return corner - 2 if corner % 3 == 2 else corner + 1


@kernel("Tuple((int32[::1], int32[::1]))(int32[:, ::1], int32[::1])")
def _fans(faces: Faces, twins: Ints) -> tuple[Ints, Ints]:
    """A vertex number per corner, one for each fan of neighbouring faces, and a corner of each vertex."""
    corners = np.arange(len(twins)).astype(np.int32)
    for walk in range(len(twins)):
        twin = twins[walk]
        if twin > walk:
            unite(corners, np.int32(walk), np.int32(_next(twin)))
            unite(corners, np.int32(_next(walk)), twin)
    origin = np.flatnonzero(corners == np.arange(len(twins))).astype(np.int32)
    number_trees(corners)
    return corners, origin
