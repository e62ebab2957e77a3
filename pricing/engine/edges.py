"""The edges of a mesh, each with the faces that meet there: what topology, repair and shells all walk over.

A *walk* is a face crossing one of its edges: walk 3 f + k of face f goes from its corner k to the next. Walks are put
into buckets by the smaller of their two vertices, inside the bucket (some six walks) by the larger one: no sort of the
whole, and linear but for a bucket that a hostile file makes huge, which a heap sorts.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.mesh import Mesh, Vertices

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_SHIFT = 32  # a packed entry: larger vertex above, below it twice the walk, plus 1 when it goes to the larger vertex
_LOWER = 0xFFFFFFFF
_LONG = 48  # entries in a bucket; above, sorting by insertion would be quadratic in what a stranger chose


@dataclass(frozen=True, slots=True)
class Edges:
    """Edge e is met by walks[first[e]:first[e + 1]], in rising order of walk; the flags say which go upwards, from the
    smaller vertex to the larger. first: (e+1,), walks: (3n,), upward: (3n,).
    """

    first: Ints
    walks: Ints
    upward: Flags

    def __len__(self) -> int:
        return len(self.first) - 1


def edges_of(mesh: Mesh) -> Edges:
    """Group the walks of all faces by edge."""
    return Edges(*_grouped(*sorted_walks(mesh)))


def sorted_walks(mesh: Mesh) -> tuple[Ints, Longs]:
    """Where the bucket of each vertex starts, (v+1,), and the packed walks, (3n,), sorted inside each bucket."""
    starts = np.zeros(len(mesh.vertices) + 2, np.int32)
    packed = np.empty(3 * len(mesh.faces), np.int64)  # by numpy, which asks for huge pages
    count_walks(mesh.faces, starts)
    _pack(mesh.faces, starts, packed)
    _sort_buckets(starts[:-1], packed)
    return starts[:-1], packed


@kernel("void(int32[:, ::1], int32[::1])")
def count_walks(faces: Ints, starts: Ints) -> None:
    """Sum up the sizes of the buckets one place too far to the right: who fills bucket v counts starts[v + 1] up from
    where it begins to where it ends, and so leaves its place right."""
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        starts[min(a, b) + 2] += 1
        starts[min(b, c) + 2] += 1
        starts[min(c, a) + 2] += 1
    for v in range(2, len(starts)):
        starts[v] += starts[v - 1]


@kernel("void(int32[:, ::1], int32[::1], int64[::1])")
def _pack(faces: Ints, starts: Ints, packed: Longs) -> None:
    for f in range(len(faces)):
        for k in range(3):
            a, b = faces[f, k], faces[f, (k + 1) % 3]
            bucket = min(a, b) + 1
            packed[starts[bucket]] = np.int64(max(a, b)) << _SHIFT | (6 * f + 2 * k + (a < b))
            starts[bucket] += 1


@part_of_kernel
def _sink(heap: Any, low: Any, root: Any, size: Any) -> None:
    value = heap[low + root]
    while 2 * root + 1 < size:
        child = 2 * root + 1
        if child + 1 < size and heap[low + child + 1] > heap[low + child]:
            child += 1
        if heap[low + child] <= value:
            break
        heap[low + root] = heap[low + child]
        root = child
    heap[low + root] = value


@part_of_kernel
def _heap_sort(values: Any, low: Any, high: Any) -> None:
    size = high - low
    for root in range(size // 2 - 1, -1, -1):
        _sink(values, low, root, size)
    for last in range(size - 1, 0, -1):
        values[low], values[low + last] = values[low + last], values[low]
        _sink(values, low, 0, last)


@part_of_kernel
def sort_bucket(values: Any, low: Any, high: Any) -> None:
    """Sort values[low:high], usually a handful."""
    if high - low > _LONG:
        _heap_sort(values, low, high)
        return
    for i in range(low + 1, high):
        value, j = values[i], i
        while j > low and values[j - 1] > value:
            values[j] = values[j - 1]
            j -= 1
        values[j] = value


@kernel("void(int32[::1], int64[::1])")
def _sort_buckets(starts: Ints, packed: Longs) -> None:
    for v in range(len(starts) - 1):
        sort_bucket(packed, starts[v], starts[v + 1])


@kernel("Tuple((int32[::1], int32[::1], boolean[::1]))(int32[::1], int64[::1])")
def _grouped(starts: Ints, packed: Longs) -> tuple[Ints, Ints, Flags]:
    first, walks = np.empty(len(packed) + 1, np.int32), np.empty(len(packed), np.int32)
    upward = np.empty(len(packed), np.bool_)
    edges = 0
    for v in range(len(starts) - 1):
        other = np.int64(-1)
        for i in range(starts[v], starts[v + 1]):
            if packed[i] >> _SHIFT != other:
                other = packed[i] >> _SHIFT
                first[edges] = i
                edges += 1
            walks[i] = np.int32((packed[i] & _LOWER) >> 1)
            upward[i] = packed[i] & 1 == 1
    first[edges] = len(packed)
    return first[: edges + 1].copy(), walks, upward


@part_of_kernel
def root_of(roots: Ints, item: Any) -> Any:
    """The root of an item in a forest of `roots`; halves the path on the way."""
    while roots[item] != item:
        roots[item] = roots[roots[item]]
        item = roots[item]
    return item


@part_of_kernel
def unite(roots: Ints, one: Any, other: Any) -> None:
    """Put two items into one tree; the smaller root stays, so that the result doesn't depend on the order."""
    if roots[one] == roots[other]:
        return
    one, other = root_of(roots, one), root_of(roots, other)
    if one < other:
        roots[other] = one
    elif other < one:
        roots[one] = other


@part_of_kernel
def number_trees(roots: Ints) -> int:
    """Replace each root by the number of its tree, 0 … in order of their first items; returns how many there are."""
    trees = 0
    for item in range(len(roots)):
        if roots[item] == item:
            roots[item] = trees
            trees += 1
        else:
            roots[item] = roots[roots[item]]
    return trees


@kernel("void(int32[::1], int32[::1], int32[::1])")
def unite_pairs(roots: Ints, ones: Ints, others: Ints) -> None:
    """`unite` for many."""
    for i in range(len(ones)):
        unite(roots, ones[i], others[i])


@kernel("float64(float64[:, ::1])")
def diagonal_of(points: Vertices) -> float:
    """The length of the diagonal of the box around points; 0 for none."""
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for i in range(len(points)):
        for axis in range(3):
            low[axis], high[axis] = min(low[axis], points[i, axis]), max(high[axis], points[i, axis])
    return float(np.sqrt(((high - low) ** 2).sum())) if len(points) > 0 else 0.0


def flattened(roots: Ints) -> Ints:
    """A forest in which every item points straight at its root."""
    while not np.array_equal(jumped := roots[roots], roots):
        roots = jumped
    return roots
