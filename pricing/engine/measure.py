"""From a model to its measurement: what is metal, how much, how thick, what was mended, which stones are set.

    survey → mend → sort_out → metal_volume → measure_walls        (topology, repair, shells, volume, walls)

Each step is a module of its own; here they are joined, and a model that encloses nothing is refused.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from pricing.engine.errors import NoVolume, TooManyStones
from pricing.engine.formats import Model
from pricing.engine.measurement import Measurement, Repair, Walls, triple
from pricing.engine.mesh import Mesh
from pricing.engine.repair import Mended, mend
from pricing.engine.shells import STONE, Shells, as_metal, sort_out
from pricing.engine.volume import MetalVolume, metal_volume, signed_and_area
from pricing.engine.walls import measure_walls

# A plate of thickness t has 2 x volume / area = t. Below a hundred-thousandth of the piece's size (0.3 micrometres
# on a ring) that is rounding noise of a flat sheet, not metal. Relative, so that it holds in any unit.
_THINNEST_OF_DIAGONAL: Final = 1e-5

# The triangles' area vectors of a closed surface cancel. A bowl without thickness keeps 1/2 of its area, a cube
# without its lid 1/5; from 1/4 on, the volume says more about the viewpoint than about the piece.
_WIDE_OPEN: Final = 0.25

# The exact volume of a solid (STEP) and that of its triangles differ by the deflection of the facets, not by more.
_FACETING: Final = 0.005

_TOUCHED: Final = frozenset({"duplicate_faces", "parted_edges"})

# A necklace in pave has some thousands. Each stone is a line on the bench, in the price and in the answer of the
# measuring process, which has room for half as many again (`pricing.hosting`).
_MOST_STONES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Metal:
    """A model whose metal is known: what its walls are measured on and what is drawn of it."""

    model: Model
    mended: Mended
    shells: Shells
    volume: MetalVolume

    @property
    def surface(self) -> Mesh:
        """The metal's surface: the union's where one was made, else all its shells, one in another."""
        return self.volume.surface

    @property
    def stones(self) -> Mesh | None:
        """The stones' surface, for pictures."""
        chosen = self.shells.roles[self.shells.shell] == STONE
        return self.shells.mesh.part(chosen) if chosen.any() else None


def measure(model: Model) -> Measurement:
    """Measure a model. Raises NoVolume for one that encloses nothing, TooManyStones."""
    metal = find_metal(model)
    return measurement_of(metal, measure_walls(metal.surface, is_union=metal.volume.is_union))


def find_metal(model: Model) -> Metal:
    """Mend a model, tell its shells apart and find the volume of metal. Raises NoVolume, TooManyStones."""
    mended = mend(model.mesh)
    if len(mended.mesh.faces) == 0:
        raise NoVolume
    mended, shells = _with_cut_seats(model.mesh, mended, sort_out(mended.mesh))
    if len(shells.stones) > _MOST_STONES:
        raise TooManyStones(stones=len(shells.stones), max_stones=_MOST_STONES)
    volume = metal_volume(shells)
    _refuse_without_volume(volume.surface, volume.volume_mm3)
    return Metal(model, mended, shells, volume)


def _with_cut_seats(mesh: Mesh, mended: Mended, shells: Shells) -> tuple[Mended, Shells]:
    """A seat that was cut with its stone has the stone's own faces, and mending makes one body of both.

    Where bodies touch in such a way they are told apart once more. That counts if there are stones among them: touching
    bodies of metal are better one.
    """
    if not any(repair.code in _TOUCHED for repair in mended.repairs):
        return mended, shells
    apart = mend(mesh, apart=True)
    found = sort_out(apart.mesh)
    return (apart, found) if len(found.stones) > len(shells.stones) else (mended, shells)


def _refuse_without_volume(surface: Mesh, volume_mm3: float) -> None:
    if len(surface.faces) == 0:
        raise NoVolume
    _, area = signed_and_area(surface)
    a, b, c = np.moveaxis(surface.triangles(), 1, 0)
    open_area = float(np.linalg.norm(np.cross(b - a, c - a).sum(axis=0))) / 2
    diagonal = float(np.linalg.norm(np.subtract(*_box(surface)[::-1])))
    if 2 * volume_mm3 <= _THINNEST_OF_DIAGONAL * diagonal * area or open_area >= _WIDE_OPEN * area:
        raise NoVolume


def measurement_of(metal: Metal, walls: Walls) -> Measurement:
    """Everything that was found, put together."""
    mesh, found = metal.model.mesh, metal.mended.found
    low, high = _box(mesh)
    volume_mm3 = _exact(metal) or metal.volume.volume_mm3
    return Measurement(
        triangles=metal.model.triangles,
        bodies=found.bodies,
        watertight=found.watertight,
        volume_mm3=volume_mm3,
        area_mm2=metal.volume.area_mm2,
        box_mm=triple(high - low),
        centre_mm=triple((low + high) / 2),
        signed_volume_mm3=signed_and_area(mesh)[0],
        volume_error_mm3=metal.volume.error_mm3,
        second_volume_mm3=metal.volume.second_mm3,
        volume_agrees=metal.volume.agrees,
        volume_with_stones_mm3=_with_stones(metal, volume_mm3),
        pieces=metal.volume.solids,
        stones=metal.shells.stones,
        repairs=_repairs(metal),
        open_edges=metal.mended.open_edges,
        walls=walls,
        unit=metal.model.unit,
        unit_source=metal.model.unit_source,
    )


def _box(mesh: Mesh) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    used = mesh.vertices[mesh.faces.ravel()] if len(mesh.faces) < len(mesh.vertices) else mesh.vertices
    return used.min(axis=0), used.max(axis=0)


def _exact(metal: Metal) -> float | None:
    """A solid's own volume, where the file has one and it is the metal: nothing was left out or lies in another."""
    exact, found = metal.model.exact_volume_mm3, metal.volume.volume_mm3
    return exact if exact is not None and abs(exact - found) <= _FACETING * found else None


def _with_stones(metal: Metal, volume_mm3: float) -> float:
    """By rays alone: the union's exactness isn't worth its time for a figure that is asked for once in a while."""
    return metal_volume(as_metal(metal.shells), union_limit=0).volume_mm3 if metal.shells.stones else volume_mm3


def _repairs(metal: Metal) -> tuple[Repair, ...]:
    turned = metal.shells.turned_shells
    return (*metal.mended.repairs, Repair("turned_shells", turned)) if turned else metal.mended.repairs
