"""How thick the metal is: from points spread over its surface straight into it, until it ends.

A wall is metal between two surfaces that face away from each other. Where they meet at an angle, every piece has metal
as thin as you like: the last hair of a sharp edge, the tip of a claw. That is no wall, and a caster doesn't mind it.
So when the far side is turned by more than 20 degrees against the near one, the edge is looked for where the two must
meet; if it is there, what counts is how far metal reaches from the edge into the piece.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from pricing.engine.kernels import kernel
from pricing.engine.measurement import ThinPlace, Walls
from pricing.engine.mesh import Faces, Mesh, Vertices
from pricing.engine.normals import facet
from pricing.engine.rays import NOTHING, Rays

Floats = npt.NDArray[np.float64]

THIN_MM: Final = 1.5  # no metal asks for more; thicker places aren't kept

_MOST_PLACES: Final = 64
_APART_MM: Final = 1.0  # thin places that lie closer are one
_DENSE_MM2: Final = 0.1  # of surface per sample at least, so that a single claw of a wide piece is met
_MOST_DENSE: Final = 4  # times the samples asked for, however wide the piece
_SPECK_MM2: Final = 0.2  # of surface: less than this may be thinner than what is judged …
_SPECK_SAMPLES: Final = 5  # … and a few stray lines decide nothing
_EDGE: Final = np.cos(np.radians(20))  # two surfaces that close in on each other faster than this make an edge
_ALMOST: Final = 0.8  # of the way to an edge
_STEPS: Final = tuple(round(0.1 * k, 1) for k in range(1, 16))  # upper bounds in mm of the histogram


def measure_walls(surface: Mesh, *, is_union: bool, samples: int = 10_000) -> Walls:
    """Measure the walls of a surface whose solids face outward and whose cavities face inward.

    is_union: every triangle bounds metal. Otherwise shells may overlap: metal is where the winding number is 1 or
    more, and what lies inside other metal is passed over. The same surface gives the same walls. Raises ValueError for
    no triangles.
    """
    rays = Rays.through(surface.for_kernels())
    points, normals, area_mm2 = _spread(rays, samples)
    found = rays.spans(points, -normals)
    judged = (found.depth_mm > 0) & (is_union | (found.before == 0))
    points, normals, depths, exits = points[judged], normals[judged], found.depth_mm[judged], found.exit[judged]
    walls = _without_edges(rays, points, normals, depths, exits)
    return _summary(points, walls, area_mm2)


def _spread(rays: Rays, samples: int) -> tuple[Floats, Floats, float]:
    """Points spread evenly over the surface, (k, 3), their outward normals, (k, 3), and the area of each in mm2.

    Equal steps along the area of the triangles in their tree's order: neighbours in it are neighbours in space, so
    that no part of the piece is left out by chance. Within the triangles a sequence that fills a square evenly.
    """
    sums = np.empty(len(rays.order))
    _sum_areas(rays.vertices, rays.faces, rays.order, sums)
    count = int(min(max(samples, sums[-1] / _DENSE_MM2), samples * _MOST_DENSE))
    places = np.searchsorted(sums, (np.arange(count) + 0.5) * (sums[-1] / count)).clip(0, len(sums) - 1)
    faces = rays.order[places]
    a, b, c = (rays.vertices[rays.faces[faces, corner]] for corner in range(3))
    across, along = _plastic(count)
    return a + across * (b - a) + along * (c - a), _normals_of(rays, faces), float(sums[-1]) / count


def _plastic(count: int) -> tuple[Floats, Floats]:
    """Weights of two corners, (count, 1) each: Roberts' R2 sequence folded into a triangle."""
    steps = np.arange(1, count + 1)[:, None]
    across, along = (0.5 + steps * 0.7548776662466927) % 1, (0.5 + steps * 0.5698402909980532) % 1
    beyond = across + along > 1
    return np.where(beyond, 1 - across, across), np.where(beyond, 1 - along, along)


def _without_edges(rays: Rays, points: Floats, normals: Floats, depths: Floats, exits: npt.NDArray[np.int32]) -> Floats:
    """Wall thickness in mm at each point: the depth, or at an edge how far metal reaches from it into the piece."""
    walls = depths.copy()
    far = _normals_of(rays, exits)
    closing = -np.einsum("ij,ij->i", normals, far)  # cosine of the angle between the two surfaces
    suspects = np.flatnonzero((closing < _EDGE) & (depths < THIN_MM) & (exits != NOTHING))
    points, normals, far, depths = points[suspects], normals[suspects], far[suspects], depths[suspects]
    at_an_edge = _near_the_edge(rays, points, normals, far, depths) <= 2 * (1 - _ALMOST) * depths
    inward = -(normals + far)
    inward /= np.maximum(np.linalg.norm(inward, axis=1, keepdims=True), 1e-12)
    reach = rays.spans(points - normals * (depths[:, None] / 2), inward).depth_mm
    walls[suspects[at_an_edge]] = np.fmax(depths, reach)[at_an_edge]
    return walls


def _near_the_edge(rays: Rays, points: Floats, normals: Floats, far: Floats, depths: Floats) -> Floats:
    """The depth at 80 % of the way along the surface to where near and far side would meet: a fifth, if they do."""
    closing = -np.einsum("ij,ij->i", normals, far)
    along = far + closing[:, None] * normals  # as long as the sine of the angle
    sine2 = np.maximum(np.einsum("ij,ij->i", along, along), 1e-12)
    way = depths * closing / sine2
    return rays.spans(points + _ALMOST * way[:, None] * along, -normals).depth_mm


def _normals_of(rays: Rays, faces: npt.NDArray[np.int32]) -> Floats:
    a, b, c = (rays.vertices[rays.faces[faces, corner]] for corner in range(3))
    crosses = np.cross(b - a, c - a)
    return np.asarray(crosses / np.maximum(np.linalg.norm(crosses, axis=1, keepdims=True), 1e-300))


def _summary(points: Floats, walls: Floats, area_mm2: float) -> Walls:
    """area_mm2: of each sample."""
    if len(walls) == 0:
        return Walls(min_mm=None, low_mm=None, thin=(), samples=0, histogram=())
    ordered = np.sort(walls)
    below = max(_SPECK_SAMPLES, int(np.ceil(_SPECK_MM2 / area_mm2))) - 1
    return Walls(
        min_mm=float(ordered[0]),
        low_mm=float(ordered[min(below, len(ordered) - 1)]),
        thin=_thin_places(points, walls),
        samples=len(walls),
        histogram=tuple((step, float(np.searchsorted(ordered, step)) / len(ordered)) for step in _STEPS),
    )


def _thin_places(points: Floats, walls: Floats) -> tuple[ThinPlace, ...]:
    """The thinnest point, then the thinnest of those that lie apart from it, and so on."""
    order = np.argsort(walls, kind="stable")
    order = order[walls[order] < THIN_MM]
    places: list[ThinPlace] = []
    while len(order) and len(places) < _MOST_PLACES:
        here = points[order[0]]
        x, y, z = here.tolist()
        places.append(ThinPlace(x, y, z, float(walls[order[0]])))
        order = order[np.linalg.norm(points[order] - here, axis=1) > _APART_MM]
    return tuple(places)


@kernel("void(float64[:, ::1], int32[:, ::1], int32[::1], float64[::1])")
def _sum_areas(vertices: Vertices, faces: Faces, order: npt.NDArray[np.int32], sums: Floats) -> None:
    """The area in mm2 of the triangles up to and with each, in their order."""
    total = 0.0
    for place in range(len(order)):
        total += facet(vertices, faces, order[place])[3] / 2
        sums[place] = total
