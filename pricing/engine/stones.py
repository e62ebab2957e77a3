"""Gems that a designer left in the piece, recognised by their shape and by being set in metal.

A cut gem is convex and has flat facets. Seen along the axis of its table, the large flat facet on top, it widens over
the crown to the girdle and narrows over the deeper pavilion to a point or a keel. Beads, prongs, boxes and domes each
lack one of these: no large facet, or two of them, or nothing above the widest place, or no end that is narrow.
A strange gem is missed rather than a bead called a gem: metal forgotten in a price costs more than metal too much.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pricing.engine.edges import Edges, Flags, Ints, unite
from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.measurement import Stone
from pricing.engine.mesh import Mesh, Triangles
from pricing.engine.outlines import Outline, cut_of, outline_of

Floats = npt.NDArray[np.float64]

# Sizes of stones that are set, in mm, with a margin: a diamond of 0.8 mm has a pavilion of 0.35 mm.
_SIZES_MM: Final = (0.4, 40.0)
_FACES: Final = (12, 20_000)

_CONVEX: Final = 2e-3  # radians: how far an edge may be concave
_NOISE: Final = 5e-5  # of the size: what rounding and welding may have moved a corner
_COPLANAR: Final = float(np.cos(np.radians(0.5)))
_FLAT: Final = 0.999
_FEWEST_FACETS: Final = 9  # a table, and at least four facets above and four below the girdle

# Shares of the gem as seen along its axis, and heights as multiples of its width. Usual cuts: table 0.25 to 0.6 of the
# area, crown 0.1 to 0.2, pavilion 0.35 to 0.7; a sphere's halves are equal, a prong is all girdle.
_TABLE: Final = (0.13, 0.85)
_CULET_FACET: Final = 0.1
_CROWN: Final = (0.03, 0.3)
_GIRDLE: Final = 0.25
_PAVILION: Final = (0.2, 1.0)
_PAVILION_OF_CROWN: Final = 1.3
_NARROW: Final = 0.25  # the pavilion's end, of the gem's width
_OFF_CENTRE: Final = 0.15
_TABLES_TRIED: Final = 6  # a long baguette's pavilion facets are larger than its table


@dataclass(frozen=True, slots=True)
class _Facets:
    """Flat facets of one shell: area vectors, (k, 3) in mm2, and areas."""

    vectors: Floats
    areas: Floats

    @property
    def normals(self) -> Floats:
        """Unit normals, (k, 3)."""
        return np.asarray(self.vectors / np.maximum(np.linalg.norm(self.vectors, axis=1, keepdims=True), 1e-300))

    def is_flat(self, k: int) -> bool:
        """Whether it is, and not a dome whose faces turn too little to tell them apart."""
        return bool(np.linalg.norm(self.vectors[k]) >= _FLAT * self.areas[k])


def gem_shapes(
    mesh: Mesh, triangles: Triangles, shell: Ints, edges: Edges, volumes: Floats, possible: Flags
) -> list[Stone]:
    """The shells, among the possible ones, that have the shape of a cut gem, wherever they are."""
    possible = possible & _is_middling(np.bincount(shell, minlength=len(possible)), _FACES)
    facet = _facets(triangles, shell, edges.first, edges.walks, possible, np.cbrt(np.abs(volumes)))
    vectors, areas, largest = _sums(triangles, shell, facet, possible)
    # Seen from anywhere a convex body shows less than half its surface, and of that the table is a good share.
    possible &= largest >= _TABLE[0] / 4 * np.bincount(shell, areas, len(possible))
    chosen = np.flatnonzero(possible[shell])
    chosen = chosen[np.argsort(shell[chosen], kind="stable")]
    found = []
    for own in np.split(chosen, np.flatnonzero(np.diff(shell[chosen])) + 1) if len(chosen) else []:
        roots = own[facet[own] == own]
        points = mesh.vertices[np.unique(mesh.faces[own])]
        stone = _as_gem(int(shell[own[0]]), points, _Facets(vectors[roots], areas[roots]), volumes)
        found += [stone] if stone else []
    return found


def _is_middling(numbers: npt.NDArray[np.int64], bounds: tuple[int, int]) -> Flags:
    return np.asarray((numbers >= bounds[0]) & (numbers <= bounds[1]))


@part_of_kernel
def _normal(t: Floats, out: Floats) -> None:
    """The normal of a triangle, as long as twice its area."""
    ux, uy, uz = t[1, 0] - t[0, 0], t[1, 1] - t[0, 1], t[1, 2] - t[0, 2]
    vx, vy, vz = t[2, 0] - t[0, 0], t[2, 1] - t[0, 1], t[2, 2] - t[0, 2]
    out[0], out[1], out[2] = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx


@part_of_kernel
def _dot(a: Floats, b: Floats) -> float:
    return float(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])


@part_of_kernel
def _longest(t: Floats) -> float:
    """The longest edge of a triangle."""
    longest = 0.0
    for k in range(3):
        edge = t[(k + 1) % 3] - t[k]
        longest = max(longest, _dot(edge, edge))
    return float(longest**0.5)


@kernel("int32[::1](float64[:, :, ::1], int32[::1], int32[::1], int32[::1], boolean[::1], float64[::1])")
def _facets(triangles: Triangles, shell: Ints, first: Ints, walks: Ints, possible: Flags, sizes: Floats) -> Ints:
    """The first face of the flat facet that each face belongs to; shells with a concave edge are no longer possible."""
    facet = np.arange(len(triangles)).astype(np.int32)
    n, m = np.empty(3), np.empty(3)
    for e in range(len(first) - 1):
        f, g = walks[first[e]] // 3, walks[first[e + 1] - 1] // 3
        if not possible[shell[f]]:
            continue
        _normal(triangles[f], n)
        _normal(triangles[g], m)
        arm = triangles[g, (walks[first[e + 1] - 1] % 3 + 2) % 3] - triangles[f, 0]
        above, nn, mm = _dot(n, arm), _dot(n, n), _dot(m, m)
        if above > 0 and above * above > _CONVEX * _CONVEX * _dot(arm, arm) * nn:
            # The plane of a sliver is uncertain by its noise over its height.
            noise = _NOISE * sizes[shell[f]] * _longest(triangles[f]) / nn**0.5
            if above * above > (_CONVEX + noise) ** 2 * _dot(arm, arm) * nn:
                possible[shell[f]] = False
        elif _dot(n, m) > _COPLANAR * np.sqrt(nn * mm):
            unite(facet, np.int32(f), np.int32(g))
    for f in range(len(facet)):
        facet[f] = facet[facet[f]]
    return facet


@kernel(
    "Tuple((float64[:, ::1], float64[::1], float64[::1]))(float64[:, :, ::1], int32[::1], int32[::1], boolean[::1])",
)
def _sums(triangles: Triangles, shell: Ints, facet: Ints, possible: Flags) -> tuple[Floats, Floats, Floats]:
    """At the first face of each facet its area vector and its area; per shell the area of its largest facet."""
    vectors, areas, largest = np.zeros((len(facet), 3)), np.zeros(len(facet)), np.zeros(len(possible))
    n = np.empty(3)
    for f in range(len(facet)):
        if possible[shell[f]]:
            _normal(triangles[f], n)
            vectors[facet[f]] += n / 2
            areas[facet[f]] += np.sqrt(_dot(n, n)) / 2
            largest[shell[f]] = max(largest[shell[f]], areas[facet[f]])
    return vectors, areas, largest


def _as_gem(shell: int, points: Floats, facets: _Facets, volumes: Floats) -> Stone | None:
    if len(facets.areas) < _FEWEST_FACETS:
        return None
    for table in np.argsort(-facets.areas)[:_TABLES_TRIED]:
        if facets.is_flat(table) and (stone := _gem_under(shell, points, facets, int(table), float(volumes[shell]))):
            return stone
    return None


def _gem_under(shell: int, points: Floats, facets: _Facets, table: int, volume: float) -> Stone | None:
    """The gem whose table is the given facet, if it has a gem's proportions."""
    axis = facets.normals[table]
    if not _is_faced(facets, axis, table):
        return None
    frame = _frame(axis)
    local = points @ frame.T
    outline = outline_of(local[:, :2])
    if not (_SIZES_MM[0] <= outline.width and outline.length <= _SIZES_MM[1] and _is_profiled(local, outline)):
        return None
    low, high = local[:, 2].min(), local[:, 2].max()
    x, y, z = (float(c) for c in np.array([*outline.centre, (low + high) / 2]) @ frame)
    return Stone(shell, outline.length, outline.width, float(high - low), volume, (x, y, z), cut_of(outline))


def _is_faced(facets: _Facets, axis: Floats, table: int) -> bool:
    """Whether along the axis there is one large facet above, others slope around it, and below there is none."""
    rise = facets.vectors @ axis
    cosine = facets.normals @ axis
    seen = rise[rise > 0].sum()
    crown, pavilion = (cosine > 0.1) & (cosine < 0.99), (cosine < -0.1) & (cosine > -0.99)
    return bool(
        _TABLE[0] * seen <= facets.areas[table] <= _TABLE[1] * seen
        and rise[cosine > 0.99].sum() - facets.areas[table] < 0.02 * seen
        and -rise[cosine < -0.99].sum() <= _CULET_FACET * seen
        and crown.sum() >= 3
        and pavilion.sum() >= 3
    )


def _frame(axis: Floats) -> Floats:
    """Rows: two directions across the axis, and the axis."""
    x = np.cross(np.eye(3)[np.argmin(np.abs(axis))], axis)
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(axis, x), axis])


def _is_profiled(local: Floats, outline: Outline) -> bool:
    """Whether the heights of crown, girdle and pavilion are a gem's, and the pavilion ends narrow under the table."""
    height, width = local[:, 2], outline.width
    girdle = height[outline.depth_inside(local[:, :2]) < 0.01 * width]
    crown, pavilion = height.max() - girdle.max(), girdle.min() - height.min()
    end = local[height <= height.min() + 0.05 * max(pavilion, 0.0), :2]
    across = np.ptp(end @ outline.axes.T, axis=0)
    table = local[height >= height.max() - 1e-3 * width, :2]
    middle = (table.min(axis=0) + table.max(axis=0)) / 2
    return bool(
        _CROWN[0] * width <= crown <= _CROWN[1] * width
        and np.ptp(girdle) <= _GIRDLE * width
        and _PAVILION[0] * width <= pavilion <= _PAVILION[1] * width
        and pavilion >= _PAVILION_OF_CROWN * crown
        and across.min() <= _NARROW * width
        and np.linalg.norm(middle - outline.centre) <= _OFF_CENTRE * outline.length
    )
