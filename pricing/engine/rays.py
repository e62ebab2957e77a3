"""Lines through a surface: where they enter metal and where they leave it.

A tree of boxes over the triangles in Morton order, four to a leaf. The tree is complete and lies in one array (the
children of node i are 2i and 2i + 1), so that building it is one sort and one pass, and a file of huge or unevenly
spread triangles costs it no more than any other. Coordinates are float64 and a line meets every triangle in its way:
coincident walls of bodies that touch are all seen, where a ray tracer that restarts behind each hit skips some.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.mesh import Faces, Mesh, Vertices

Floats = npt.NDArray[np.float64]
Boxes = npt.NDArray[np.float32]  # (2m, 6): smallest x y z, largest x y z of each node; node 1 is the root
Indices = npt.NDArray[np.int32]

NOTHING: Final = -1

_LEAF: Final = 4  # triangles
_AXIS_BITS: Final = 12  # of a Morton code; above 25 bits for the triangle's number it fits 64 with their sign
_MOST: Final = 1 << 25
_CROSSINGS: Final = 512  # of one line; a line that meets more is not judged
_MOST_VISITS: Final = 40_000_000  # of nodes, by all lines together: some seconds; a ring takes three million
_STRIDE: Final = 64
_SLACK: Final = 1e-6  # of the farthest coordinate; float32 rounds a tenth of that
_SAME_PLACE_MM: Final = (
    2e-5  # closer crossings happen at once: coincident walls, and the point that the line starts from
)


@dataclass(frozen=True, slots=True)
class Spans:
    """What lines through points find, one row per line.

    before: shells around the place just before the point. depth_mm: how far metal reaches from the point on along the
    direction; 0 where there is none, NaN where the line can't be judged (it passes an open surface). exit: the triangle
    where it ends, or NOTHING.
    """

    before: npt.NDArray[np.int32]
    depth_mm: Floats
    exit: Indices


@dataclass(frozen=True, slots=True)
class Rays:
    """A surface made ready for lines. Its solids face outward, its cavities inward; more than one shell is metal."""

    vertices: Vertices
    faces: Faces
    order: Indices
    boxes: Boxes

    @classmethod
    def through(cls, surface: Mesh) -> "Rays":
        """Build the tree. Raises ValueError for no triangles or more than 33 million."""
        if not 0 < len(surface.faces) < _MOST:
            raise ValueError(f"{len(surface.faces)} triangles can't be put into a tree")
        order = _order(surface)
        return cls(surface.vertices, surface.faces, order, _tree(surface, order))

    def spans(self, points: Floats, directions: Floats) -> Spans:
        """The metal that lines, (k, 3) points in mm and unit directions, meet at their point and beyond it."""
        found = Spans(np.zeros(len(points), np.int32), np.zeros(len(points)), np.zeros(len(points), np.int32))
        _spans(
            self.vertices,
            self.faces,
            self.order,
            self.boxes,
            np.ascontiguousarray(points),
            np.ascontiguousarray(directions),
            found.before,
            found.depth_mm,
            found.exit,
        )
        return found


def _order(surface: Mesh) -> Indices:
    """Triangle numbers along a space-filling curve: neighbours in the list are neighbours in space."""
    low = surface.vertices.min(axis=0)
    extent = float(np.ptp(surface.vertices, axis=0).max())
    keys = np.empty(len(surface.faces), np.int64)
    _morton_keys(surface.vertices, surface.faces, low, ((1 << _AXIS_BITS) - 1) / max(extent, 1e-12) / 3, keys)
    keys.sort()
    return (keys & (_MOST - 1)).astype(np.int32)


def _tree(surface: Mesh, order: Indices) -> Boxes:
    leaves = -(-len(order) // _LEAF)
    first = 1 << max(leaves - 1, 0).bit_length()
    boxes = np.empty((2 * first, 6), np.float32)
    boxes[:, :3], boxes[:, 3:] = np.inf, -np.inf
    slack = float(np.abs(surface.vertices).max()) * _SLACK
    _fill_leaves(surface.vertices, surface.faces, order, boxes, first, slack)
    _fill_nodes(boxes, first)
    return boxes


@part_of_kernel
def _spread(bits: int) -> int:
    """Twelve bits with two zeros before each."""
    bits = (bits | (bits << 16)) & 0x0000FF0000FF
    bits = (bits | (bits << 8)) & 0x00F00F00F00F
    bits = (bits | (bits << 4)) & 0x0C30C30C30C3
    return (bits | (bits << 2)) & 0x249249249249


@kernel("void(float64[:, ::1], int32[:, ::1], float64[::1], float64, int64[::1])")
def _morton_keys(vertices: Vertices, faces: Faces, low: Floats, scale: float, keys: npt.NDArray[np.int64]) -> None:
    """The place of each triangle's centre on the curve, above its number."""
    for face in range(len(faces)):
        a, b, c = faces[face]
        code = 0
        for axis in range(3):
            place = (vertices[a, axis] + vertices[b, axis] + vertices[c, axis] - 3 * low[axis]) * scale
            code |= _spread(int(max(place, 0.0))) << axis
        keys[face] = code * _MOST + face


@kernel("void(float64[:, ::1], int32[:, ::1], int32[::1], float32[:, ::1], int64, float64)")
def _fill_leaves(vertices: Vertices, faces: Faces, order: Indices, boxes: Boxes, first: int, slack: float) -> None:
    """The boxes of four triangles each, larger by a hair of `slack` mm."""
    for place in range(len(order)):
        leaf = first + place // _LEAF
        for corner in range(3):
            vertex = faces[order[place], corner]
            for axis in range(3):
                at = vertices[vertex, axis]
                boxes[leaf, axis] = min(boxes[leaf, axis], np.float32(at - slack))
                boxes[leaf, axis + 3] = max(boxes[leaf, axis + 3], np.float32(at + slack))


@kernel("void(float32[:, ::1], int64)")
def _fill_nodes(boxes: Boxes, first: int) -> None:
    for node in range(first - 1, 0, -1):
        for axis in range(3):
            boxes[node, axis] = min(boxes[2 * node, axis], boxes[2 * node + 1, axis])
            boxes[node, axis + 3] = max(boxes[2 * node, axis + 3], boxes[2 * node + 1, axis + 3])


@part_of_kernel
def _meets(boxes: Boxes, node: int, x: float, y: float, z: float, sx: float, sy: float, sz: float) -> bool:
    """Whether a line, endless both ways, passes through a node's box; s: 1 / direction, finite."""
    x1, x2 = (boxes[node, 0] - x) * sx, (boxes[node, 3] - x) * sx
    y1, y2 = (boxes[node, 1] - y) * sy, (boxes[node, 4] - y) * sy
    z1, z2 = (boxes[node, 2] - z) * sz, (boxes[node, 5] - z) * sz
    enters = max(max(min(x1, x2), min(y1, y2)), min(z1, z2))
    leaves = min(min(max(x1, x2), max(y1, y2)), max(z1, z2))
    return bool(enters <= leaves and boxes[node, 0] <= boxes[node, 3])  # a node beyond the last leaf is empty


@part_of_kernel
def _slowness(speed: float) -> float:
    """The way along a line per mm along one axis; finite, for zero times infinity would be no number."""
    return 1.0 / speed if abs(speed) > 1e-12 else 1e12


@part_of_kernel
def _crossing(vertices: Vertices, faces: Faces, face: int, point: Floats, direction: Floats) -> tuple[float, float]:
    """Where a line crosses a triangle, in mm from its point, and how: +1 into it, -1 out of it, 0 not at all."""
    a, b, c = faces[face]
    bx, by, bz = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
    cx, cy, cz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
    px = direction[1] * cz - direction[2] * cy
    py = direction[2] * cx - direction[0] * cz
    pz = direction[0] * cy - direction[1] * cx
    facing = bx * px + by * py + bz * pz
    if facing == 0.0:
        return 0.0, 0.0
    x, y, z = point[0] - vertices[a, 0], point[1] - vertices[a, 1], point[2] - vertices[a, 2]
    of_b = (x * px + y * py + z * pz) / facing
    qx, qy, qz = y * bz - z * by, z * bx - x * bz, x * by - y * bx
    of_c = (direction[0] * qx + direction[1] * qy + direction[2] * qz) / facing
    if min(of_b, of_c) < 0.0 or of_b + of_c > 1.0:
        return 0.0, 0.0
    return (cx * qx + cy * qy + cz * qz) / facing, np.sign(facing)


@part_of_kernel
def _crossings(
    vertices: Vertices,
    faces: Faces,
    order: Indices,
    boxes: Boxes,
    point: Floats,
    direction: Floats,
    places: Floats,
    owners: Indices,
) -> tuple[int, int]:
    """All crossings of a line: their places and triangles (complemented where the line leaves); how many, and how many
    nodes it took. One crossing too many ends the search."""
    x, y, z = point
    sx, sy, sz = _slowness(direction[0]), _slowness(direction[1]), _slowness(direction[2])
    waiting = np.empty(64, np.int64)
    waiting[0], count, found, visits, first = 1, 1, 0, 0, len(boxes) // 2
    while count and found <= _CROSSINGS:
        count, visits = count - 1, visits + 1
        node = waiting[count]
        if not _meets(boxes, node, x, y, z, sx, sy, sz):
            continue
        if node < first:
            waiting[count], waiting[count + 1] = 2 * node + 1, 2 * node
            count += 2
            continue
        for place in range((node - first) * _LEAF, min((node - first + 1) * _LEAF, len(order))):
            at, way = _crossing(vertices, faces, order[place], point, direction)
            if way != 0.0:
                places[found % _CROSSINGS] = at
                owners[found % _CROSSINGS] = order[place] if way > 0.0 else ~order[place]
                found += 1
    return found, visits


@part_of_kernel
def _first_exit(places: Floats, owners: Indices, before: int, inside: int) -> tuple[int, float, int]:
    order = np.argsort(places)
    for k in range(len(order)):
        here = order[k]
        if places[here] <= _SAME_PLACE_MM:
            continue
        inside += 1 if owners[here] >= 0 else -1
        ends_here = k + 1 == len(order) or places[order[k + 1]] > places[here] + _SAME_PLACE_MM
        if inside < 1 and ends_here:
            return before, places[here], ~owners[here] if owners[here] < 0 else owners[here]
    return before, np.nan, NOTHING


@part_of_kernel
def _span(places: Floats, owners: Indices) -> tuple[int, float, int]:
    """Shells before the point, length of the metal from it on, triangle where that ends."""
    before, inside, net = 0, 0, 0
    for k in range(len(places)):
        way = 1 if owners[k] >= 0 else -1
        net += way
        before += way if places[k] < -_SAME_PLACE_MM else 0
        inside += way if places[k] <= _SAME_PLACE_MM else 0
    if net != 0:
        return before, np.nan, NOTHING
    if inside < 1:
        return before, 0.0, NOTHING
    return _first_exit(places, owners, before, inside)


@kernel(
    "void(float64[:, ::1], int32[:, ::1], int32[::1], float32[:, ::1], float64[:, ::1], float64[:, ::1], int32[::1], "
    "float64[::1], int32[::1])"
)
def _spans(
    vertices: Vertices,
    faces: Faces,
    order: Indices,
    boxes: Boxes,
    points: Floats,
    directions: Floats,
    before: Indices,
    depths: Floats,
    exits: Indices,
) -> None:
    places, owners, visits = np.empty(_CROSSINGS), np.empty(_CROSSINGS, np.int32), 0
    # Strides spread the lines that a tangle leaves no time for over the whole piece.
    for stride in range(_STRIDE):
        for k in range(stride, len(points), _STRIDE):
            before[k], depths[k], exits[k] = 0, np.nan, NOTHING
            if visits > _MOST_VISITS:
                continue
            found, more = _crossings(vertices, faces, order, boxes, points[k], directions[k], places, owners)
            visits += more
            if found <= _CROSSINGS:
                before[k], depths[k], exits[k] = _span(places[:found], owners[:found])
