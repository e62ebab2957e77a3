"""The true volume of metal, in two independent ways that must agree.

| the shells | the volume | confirmed by |
| --- | --- | --- |
| one closed solid that nowhere lies in itself | signed volume | rays |
| closed, up to UNION_LIMIT triangles | exact union | rays |
| closed, more triangles or no union possible | rays, fine grid | rays, coarse grid, and the signed volume |
| open | rays, fine grid | rays, coarse grid, and the signed volume |

Nothing is chosen silently: where the two ways and their own doubts are further apart than 1 %, `agrees` is False, all
figures are in the result, and the quote goes to a person.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from pricing.engine.dexels import FINE, DexelVolume, RayScene, dexel_volume
from pricing.engine.kernels import kernel
from pricing.engine.mesh import Faces, Mesh, Vertices
from pricing.engine.shells import CAVITY, OPEN, Shells
from pricing.engine.union import UNION_LIMIT, Union, unite

AGREEMENT: Final = 0.01  # of the volume
_CLEAR: Final = 1e-6  # of the volume: shells that lie in each other by less do so by rounding

# Metal counted so often on average is a pile of bodies, no piece (pieces of jewellery: below 2). Where everything cuts
# everything a union grows with the square: 300 tetrahedra took 1.8 s, 1,000 8 s, 3,000 more than a minute.
_CROWDED: Final = 8


@dataclass(frozen=True, slots=True)
class MetalVolume:
    """The metal of a piece.

    volume_mm3: the figure to use if the ways agree. second_mm3: the other way's, or that of the others which is
    farthest off. error_mm3: what they differ by, and the doubt of the rays about themselves. signed_mm3: overlaps
    counted twice, for comparison. union_mm3, dexel_mm3: the two ways, None when not taken. surface: what the air
    touches if is_union, else all shells of metal, oriented, one in another. area_mm2: what the air touches; estimated
    from the rays (within 0.1 % on rings) when shells overlap and no union was made.
    solids: separate pieces of metal.
    """

    volume_mm3: float
    second_mm3: float
    error_mm3: float
    signed_mm3: float
    union_mm3: float | None
    dexel_mm3: float | None
    agrees: bool
    surface: Mesh
    is_union: bool
    area_mm2: float
    solids: int


def metal_volume(shells: Shells, *, union_limit: int = UNION_LIMIT) -> MetalVolume:
    """The volume of metal, overlaps counted once. union_limit=0 makes no union: quicker, and confirmed by two grids."""
    scene = RayScene.of(shells)
    surface = Mesh(shells.mesh.vertices, scene.faces)
    signed_mm3, area_mm2 = signed_and_area(surface)
    rays = dexel_volume(scene)
    if _is_plain(shells.roles[scene.metal], rays):
        return _plain(surface, signed_mm3, area_mm2, rays)
    union = unite(shells, limit=union_limit if signed_mm3 <= _CROWDED * rays.volume_mm3 else 0)
    if isinstance(union, Union):
        return _united(union, signed_mm3, rays)
    fine = dexel_volume(scene, across=FINE)
    return _by_rays(surface, signed_mm3, area_mm2 * fine.exposed, rays, fine)


def _is_plain(roles: npt.NDArray[np.int8], rays: DexelVolume) -> bool:
    """One closed solid, with or without cavities, that nowhere lies in itself: its signed volume is its metal."""
    conflict_mm3 = rays.overlap_mm3 + rays.negative_mm3
    alone = np.count_nonzero(roles != CAVITY) == 1 and not (roles == OPEN).any()
    return bool(alone and not rays.unbalanced and conflict_mm3 <= _CLEAR * rays.volume_mm3)


def _plain(surface: Mesh, signed_mm3: float, area_mm2: float, rays: DexelVolume) -> MetalVolume:
    error_mm3 = abs(signed_mm3 - rays.volume_mm3) + rays.error_mm3
    return MetalVolume(
        volume_mm3=signed_mm3,
        second_mm3=rays.volume_mm3,
        error_mm3=error_mm3,
        signed_mm3=signed_mm3,
        union_mm3=None,
        dexel_mm3=rays.volume_mm3,
        agrees=_agree(signed_mm3, error_mm3),
        surface=surface,
        is_union=False,
        area_mm2=area_mm2,
        solids=rays.pieces,
    )


def _united(union: Union, signed_mm3: float, rays: DexelVolume) -> MetalVolume:
    error_mm3 = abs(union.volume_mm3 - rays.volume_mm3) + rays.error_mm3
    return MetalVolume(
        volume_mm3=union.volume_mm3,
        second_mm3=rays.volume_mm3,
        error_mm3=error_mm3,
        signed_mm3=signed_mm3,
        union_mm3=union.volume_mm3,
        dexel_mm3=rays.volume_mm3,
        agrees=_agree(union.volume_mm3, error_mm3),
        surface=union.mesh,
        is_union=True,
        area_mm2=union.area_mm2,
        solids=union.pieces,
    )


def _by_rays(surface: Mesh, signed_mm3: float, area_mm2: float, coarse: DexelVolume, fine: DexelVolume) -> MetalVolume:
    """What two grids say, and the signed volume less what the rays found it to count too much."""
    counted_once_mm3 = signed_mm3 - fine.excess_mm3
    second_mm3 = max(coarse.volume_mm3, counted_once_mm3, key=lambda other: abs(fine.volume_mm3 - other))
    error_mm3 = abs(fine.volume_mm3 - second_mm3) + fine.error_mm3
    return MetalVolume(
        volume_mm3=fine.volume_mm3,
        second_mm3=second_mm3,
        error_mm3=error_mm3,
        signed_mm3=signed_mm3,
        union_mm3=None,
        dexel_mm3=fine.volume_mm3,
        agrees=_agree(fine.volume_mm3, error_mm3),
        surface=surface,
        is_union=False,
        area_mm2=area_mm2,
        solids=fine.pieces,
    )


def _agree(volume_mm3: float, error_mm3: float) -> bool:
    return volume_mm3 > 0 and error_mm3 <= AGREEMENT * volume_mm3


def signed_and_area(mesh: Mesh) -> tuple[float, float]:
    """Signed volume in mm3 about the centre of the box (see `measure`), and area in mm2."""
    if len(mesh.faces) == 0:
        return 0.0, 0.0
    # Column by column: along the first axis numpy takes 26 times as long, longer than all the rest here.
    middle = np.array([(column.min() + column.max()) / 2 for column in mesh.vertices.T])
    return _summed(mesh.vertices, mesh.faces, middle)


@kernel("UniTuple(float64, 2)(float64[:, ::1], int32[:, ::1], float64[::1])")
def _summed(vertices: Vertices, faces: Faces, centre: Vertices) -> tuple[float, float]:
    volume, area = 0.0, 0.0
    for f in range(len(faces)):
        a, b, c = vertices[faces[f, 0]], vertices[faces[f, 1]], vertices[faces[f, 2]]
        x = (b[1] - a[1]) * (c[2] - a[2]) - (b[2] - a[2]) * (c[1] - a[1])
        y = (b[2] - a[2]) * (c[0] - a[0]) - (b[0] - a[0]) * (c[2] - a[2])
        z = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        volume += ((a[0] - centre[0]) * x + (a[1] - centre[1]) * y + (a[2] - centre[2]) * z) / 6
        area += sqrt(x * x + y * y + z * z) / 2
    return volume, area
