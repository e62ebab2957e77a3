"""Corners with exactly equal coordinates become one vertex (-0 is 0): a hash table over the bits of the coordinates.

Open addressing in one pass, in the order of the file, so that the result is the same on every machine. Neighbours
follow each other in a file, so most corners are found among the recent ones, without the large table. A stranger may
choose coordinates whose hashes collide: probes are counted, and past a bound the corners are sorted instead, which
takes longer but the same time for everybody.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.mesh import Faces, Mesh, Vertices

Bits = npt.NDArray[np.unsignedinteger[Any]]  # (n, corners, 3): coordinates as unsigned integers of the same width
Numbers = npt.NDArray[np.int32]

_FREE: Final = 0
_UNUSED: Final = -1
_PROBES_PER_CORNER: Final = 32  # with half of the table free, chance needs 1.5
_SORTED: Final = -1
_BLOCK: Final = 64  # rows looked up together
_RECENT: Final = 4096  # places of recent corners, small enough for the processor's own cache

# Odd numbers without pattern; typed, since numba would add an unsigned and a signed integer as floats.
_FIRST: Final = np.uint64(0x9E3779B97F4A7C15)
_SECOND: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_THIRD: Final = np.uint64(0x165667B19E3779F9)
_29: Final = np.uint64(29)
_32: Final = np.uint64(32)
_LOWER: Final = np.uint64(0xFFFFFFFF)
_ZERO: Final = np.uint64(0)

_NARROW: Final = "Array(uint32, 3, 'A', readonly=True, aligned=False)"  # straight from a mapped STL file
_WIDE: Final = "Array(uint64, 3, 'A', readonly=True, aligned=False)"


@part_of_kernel
def _hash(x: Any, y: Any, z: Any) -> Any:
    mixed = x * _FIRST
    mixed = ((mixed ^ (mixed >> _29)) + y) * _SECOND
    mixed = ((mixed ^ (mixed >> _32)) + z) * _THIRD
    return mixed ^ (mixed >> _32)


@part_of_kernel
def _key(coordinate: Any, minus_zero: Any) -> Any:
    bits = np.uint64(coordinate)
    return _ZERO if bits == minus_zero else bits


@part_of_kernel
def _look_up_block(
    points: Any,
    start: Any,
    stop: Any,
    minus_zero: Any,
    recent: Any,
    table: Any,
    asked: Any,
    places: Any,
    before: Any,
    numbers: Any,
) -> Any:
    """Give each corner of some rows the number of its question: that of a recent corner at the same place, or the next
    after those `before`. New questions are listed: `asked`, key and tag, and `places`, their slots; returns how many
    there are. The table's entries are asked for early, so that the processor waits for many at once, not for one by
    one."""
    mask, near = np.uint64(len(table) - 1), np.uint64(len(recent) - 1)
    questions = 0
    for row in range(start, stop):
        for corner in range(points.shape[1]):
            x = _key(points[row, corner, 0], minus_zero)
            y = _key(points[row, corner, 1], minus_zero)
            z = _key(points[row, corner, 2], minus_zero)
            mixed = _hash(x, y, z)
            at = np.int64(mixed & near)
            if not _is_at(recent, at, x, y, z) or recent[at, 3] == _ZERO:
                slot = np.int64((mixed >> _32) & mask)
                asked[questions, 0], asked[questions, 1], asked[questions, 2] = x, y, z
                asked[questions, 3] = _tag(mixed, mask)
                places[questions, 0], places[questions, 1] = slot, table[slot]
                questions += 1
                recent[at, 0], recent[at, 1], recent[at, 2] = x, y, z
                recent[at, 3] = before + questions
            numbers[row, corner] = recent[at, 3]
    return questions


@part_of_kernel
def _is_at(keys: Any, at: Any, x: Any, y: Any, z: Any) -> Any:
    return keys[at, 0] == x and keys[at, 1] == y and keys[at, 2] == z


@part_of_kernel
def _tag(mixed: Any, mask: Any) -> Any:
    """What of the hash goes into an entry of the table, above the number of the vertex (counted from 1; 0 is free).
    Vertices fill half of the table at most, so that `mask` has room for their numbers."""
    return mixed & _LOWER & ~mask


@part_of_kernel
def _place(keys: Any, table: Any, slot: Any, tag: Any, x: Any, y: Any, z: Any) -> Any:
    """Where the point is or belongs in the table, from its first slot on; its vertex, or -1; and how many places were
    looked at. The keys, which lie elsewhere, are looked at only where the tag is the point's."""
    mask = len(table) - 1
    probes = 1
    entry = np.int64(table[slot])
    while entry != _FREE:
        vertex = (entry & mask) - 1
        if entry & ~mask == tag and _is_at(keys, vertex, x, y, z):
            return slot, vertex, probes
        slot = (slot + probes) & mask  # triangular steps visit every place of a table of 2^k
        probes += 1
        entry = np.int64(table[slot])
    return slot, -1, probes


@part_of_kernel
def _answer_block(asked: Any, places: Any, questions: Any, keys: Any, count: Any, table: Any, answers: Any) -> Any:
    """The vertex of each question. Returns how many vertices there are and how many places were looked at."""
    looked_at = 0
    for at in range(questions):
        x, y, z, tag = asked[at, 0], asked[at, 1], asked[at, 2], np.int64(asked[at, 3])
        slot, vertex, probes = _place(keys, table, places[at, 0], tag, x, y, z)
        looked_at += probes
        if vertex < 0:
            vertex = count
            keys[count, 0], keys[count, 1], keys[count, 2] = x, y, z
            count += 1
            table[slot] = tag | count
        answers[at] = vertex
    return count, looked_at


@kernel(
    f"UniTuple(int64, 2)({_NARROW}, uint64, int64, uint32[:, ::1], int64, uint32[::1], int32[::1], int32[:, ::1])",
    f"UniTuple(int64, 2)({_WIDE}, uint64, int64, uint64[:, ::1], int64, uint32[::1], int32[::1], int32[:, ::1])",
)
def _number(
    points: Any, minus_zero: Any, start: Any, keys: Any, count: Any, table: Any, answers: Any, numbers: Any
) -> Any:
    """Number the corners from `start` on; answers: one for each of them and one more. Returns where it stopped (the
    table is half full; or -1: too many probes) and how many vertices there are."""
    per_row = points.shape[1]
    recent = np.zeros((_RECENT, 4), keys.dtype)  # key and question, 1 …; 0 is free
    asked = np.empty((_BLOCK * per_row, 4), np.uint64)
    places = np.empty((_BLOCK * per_row, 2), np.int64)
    flat = numbers.reshape(-1)
    probes = questions = 0
    for first in range(start, len(points), _BLOCK):
        if count + _BLOCK * per_row > len(table) // 2:
            return first, count
        stop = min(first + _BLOCK, len(points))
        new = _look_up_block(points, first, stop, minus_zero, recent, table, asked, places, questions, numbers)
        count, looked_at = _answer_block(asked, places, new, keys, count, table, answers[questions + 1 :])
        questions += new
        for corner in range(first * per_row, stop * per_row):
            flat[corner] = answers[flat[corner]]
        probes += looked_at
        if probes > _PROBES_PER_CORNER * (stop - start) * per_row:
            return _SORTED, count
    return len(points), count


@kernel("void(uint32[:, ::1], int64, uint32[::1])", "void(uint64[:, ::1], int64, uint32[::1])")
def _fill(keys: Any, count: Any, table: Any) -> None:
    """Enter the vertices found so far into a larger table."""
    mask = np.uint64(len(table) - 1)
    for vertex in range(count):
        x, y, z = np.uint64(keys[vertex, 0]), np.uint64(keys[vertex, 1]), np.uint64(keys[vertex, 2])
        mixed = _hash(x, y, z)
        tag = np.int64(_tag(mixed, mask))
        slot, _, _ = _place(keys, table, np.int64((mixed >> _32) & mask), tag, x, y, z)
        table[slot] = tag | (vertex + 1)


@kernel("UniTuple(int64, 2)(Array(int32, 2, 'C', readonly=True), int32[::1], int32[::1], int32[:, ::1], int32[::1])")
def _renumber(faces: Any, numbers: Any, fresh: Any, kept: Any, order: Any) -> Any:
    """Faces in welded numbers, without those that use a vertex twice; vertices in the order of their first use."""
    count = vertices = 0
    for face in range(len(faces)):
        a, b, c = numbers[faces[face, 0]], numbers[faces[face, 1]], numbers[faces[face, 2]]
        if a == b or b == c or c == a:
            continue
        for corner, vertex in enumerate((a, b, c)):
            if fresh[vertex] == _UNUSED:
                fresh[vertex] = vertices
                order[vertices] = vertex
                vertices += 1
            kept[count, corner] = fresh[vertex]
        count += 1
    return count, vertices


def weld_corners(bits: Bits) -> tuple[Bits, Numbers]:
    """Vertices in the order of their first use, (v, 3), as bits, and the vertex of each corner, (n, corners)."""
    per_row = bits.shape[1]
    width = 8 * bits.dtype.itemsize
    minus_zero = np.uint64(1 << (width - 1))
    keys = np.empty((len(bits) * per_row, 3), np.dtype(f"u{width // 8}"))
    numbers = np.empty((len(bits), per_row), np.int32)
    # In a closed surface a vertex serves six corners; as a list of vertices each is met once.
    table = _table(len(bits) * (1 if per_row == 3 else 2))
    answers = np.empty(len(bits) * per_row + 1, np.int32)  # numpy asks for huge pages, which kernels do not
    at = count = 0
    while True:
        at, count = _number(bits, minus_zero, at, keys, count, table, answers, numbers)
        if at == _SORTED:
            return _by_sorting(bits, minus_zero)
        if at == len(bits):
            return keys[:count], numbers
        table = _table(4 * len(table))
        _fill(keys, count, table)


def weld(vertices: Vertices, faces: Faces) -> Mesh:
    """A mesh of points that may repeat: one vertex per place, without faces that use one twice, without vertices
    that no face uses."""
    points = np.ascontiguousarray(vertices).view(np.uint64).reshape(-1, 1, 3)
    bits, numbers = weld_corners(points)
    return _used(bits.view(np.float64), faces, numbers.reshape(-1))


def without_points_and_lines(vertices: Vertices, faces: Faces) -> Mesh:
    """A mesh that is welded already, without faces that use a vertex twice and what only they use."""
    a, b, c = faces.T
    if not ((a == b) | (b == c) | (c == a)).any():
        return Mesh(vertices, faces)
    return _used(vertices, faces, np.arange(len(vertices), dtype=np.int32))


def _used(vertices: Vertices, faces: Faces, numbers: Numbers) -> Mesh:
    kept, order = np.empty((len(faces), 3), np.int32), np.empty(len(vertices), np.int32)
    count, used = _renumber(faces, numbers, np.full(len(vertices), _UNUSED, np.int32), kept, order)
    return Mesh(vertices[order[:used]], kept[:count])


def _table(room: int) -> npt.NDArray[np.uint32]:
    return np.full(1 << max(10, (max(room, 1) - 1).bit_length()), _FREE, np.uint32)


def _by_sorting(bits: Bits, minus_zero: np.uint64) -> tuple[Bits, Numbers]:
    points = bits.reshape(-1, 3).copy()
    points[points == minus_zero] = 0
    order = np.lexsort(points.T)
    fresh = np.ones(len(points), bool)
    fresh[1:] = np.any(points[order[1:]] != points[order[:-1]], axis=1)
    firsts = order[fresh]  # lexsort keeps equal points in the order of the file
    by_first_use = np.argsort(firsts)
    rank = np.empty(len(firsts), np.int32)
    rank[by_first_use] = np.arange(len(firsts), dtype=np.int32)
    numbers = np.empty(len(points), np.int32)
    numbers[order] = rank[np.cumsum(fresh) - 1]
    return points[firsts[by_first_use]], numbers.reshape(bits.shape[:2])
