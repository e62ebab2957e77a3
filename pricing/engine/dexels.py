"""The metal along rays: a volume in which overlaps count once, for any pile of shells, open ones too.

A dexel is the metal along one ray. Rays run in three perpendicular directions through a square grid; on each the faces
it crosses are sorted and the winding number is walked: one up where a face is entered, one down where it is left. Metal
is where it is at least one. Each direction gives the volume by itself, so that three figures check each other.

The directions are askew to the axes of the model. Along an axis the side of a band is a step, which a grid meets or
misses as a whole; seen askew every flat face is a slope, whose errors cancel from ray to ray: boxes come out to a tenth
of a millionth.

A face takes the rays from its left edge up to, not including, its right one, and an edge is reckoned alike for both
faces that share it. On a closed surface no ray slips through and none counts twice: every ray comes back to winding
number zero. One that does not has found a hole.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Final, Self, cast

import numpy as np
import numpy.typing as npt

from pricing.engine import dexel_kernels as kernels
from pricing.engine.mesh import Faces
from pricing.engine.shells import CAVITY, STONE, Shells

COARSE: Final = 512  # cells across the longest side: 0.05 mm on a ring
FINE: Final = 1024

# Bounds of work, for soups of huge triangles: a grid that would pass them is made coarser.
_MOST_CROSSINGS: Final = 16_000_000  # in one direction, 8 bytes each; a ring has one million at FINE
_MOST_ROWS: Final = 60_000_000  # of rays that triangles reach across, over all triangles and directions

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class DexelVolume:
    """What the rays found.

    volume_mm3: the mean of per_axis_mm3, its three directions. error_mm3: a bound, from what these and the signed
    volume contradict, and from what holes leave open. overlap_mm3: where shells lie in each other. negative_mm3: where
    a cavity reaches out of its metal. excess_mm3: what the signed volume counts too much for both. unbalanced: share of
    the rays that found a hole. exposed: share of the surface that is not buried in metal. piece: (s,) for each shell
    the number of the piece of metal it is part of, -1 for none. cell_mm: from ray to ray.
    """

    volume_mm3: float
    error_mm3: float
    per_axis_mm3: tuple[float, float, float]
    overlap_mm3: float
    negative_mm3: float
    excess_mm3: float
    unbalanced: float
    exposed: float
    piece: Labels
    cell_mm: float

    @property
    def pieces(self) -> int:
        """How many separate pieces of metal; bodies that touch are one."""
        return int(self.piece.max(initial=-1)) + 1


def _rotation(w: float, x: float, y: float, z: float) -> Floats:
    """The rotation of a quaternion, (3, 3)."""
    w, x, y, z = (part / sqrt(w * w + x * x + y * y + z * z) for part in (w, x, y, z))
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


_ASKEW: Final = _rotation(1.0, sqrt(2) - 1, (sqrt(5) - 1) / 4, sqrt(3) - 1.5)  # no simple slopes: no pattern repeats


@dataclass(frozen=True, slots=True)
class RayScene:
    """What rays run through, made once for all grids: the faces of metal, turned askew.

    points: (v, 3) in mm from the lower corner of extent, the box. metal: (s,) which shells are. parents: (s,) the shell
    each is part of. facing and totals: as the kernel `survey` gives them.
    """

    points: Floats
    faces: Faces
    shell: Labels
    metal: npt.NDArray[np.bool_]
    parents: Labels
    facing: kernels.Facing
    extent: Floats
    totals: Floats

    @classmethod
    def of(cls, shells: Shells) -> Self:
        """The scene of some shells, without their stones."""
        metal = shells.roles != STONE
        faces, shell = _chosen(shells, metal)
        points = kernels.turned(shells.mesh.vertices, _ASKEW)
        facing, totals = np.empty((len(faces), 3), np.float32), np.zeros(2)
        box = np.repeat([[np.inf], [-np.inf]], 3, axis=1)
        if len(faces) == 0:
            return cls(points, faces, shell, metal, solids_of(shells), facing, np.zeros(3), totals)
        kernels.survey(points, faces, facing, totals, box)
        return cls(points - box[0], faces, shell, metal, solids_of(shells), facing, box[1] - box[0], totals)


def dexel_volume(scene: RayScene, *, across: int = COARSE) -> DexelVolume:
    """Measure the metal along rays, `across` of them over the longest side of the piece (at most 2048).

    The grid is coarser, and the error accordingly larger, for a file that would cost too much work.
    """
    if len(scene.faces) == 0:
        return _judged(np.zeros((3, kernels.SUMS)), 0.0, 0.0, _pieces(scene.parents, scene.metal))
    cell, parents = _cell(scene, across), scene.parents.copy()
    while (sums := _sums(scene, cell, parents)) is None:
        cell *= 2
    return _judged(sums, cell, float(scene.totals[0]), _pieces(parents, scene.metal))


def _chosen(shells: Shells, metal: npt.NDArray[np.bool_]) -> tuple[Faces, Labels]:
    """The faces of metal and the shell of each; most files have nothing else, and then nothing is copied."""
    if metal.all():
        faces, shell = shells.mesh.faces, shells.shell
    else:
        chosen = metal[shells.shell]
        faces, shell = shells.mesh.faces[chosen], shells.shell[chosen]
    if len(faces) >> kernels.FACE_BITS:
        raise ValueError(f"{len(faces)} triangles do not fit into the {kernels.FACE_BITS} bits of a crossing")
    return faces, shell


def solids_of(shells: Shells) -> Labels:
    """The shell that each shell bounds, (s,): itself, or of a cavity the solid around it."""
    own = np.arange(len(shells.roles), dtype=np.int32)
    return np.where((shells.roles == CAVITY) & (shells.container >= 0), shells.container, own).astype(np.int32)


def _cell(scene: RayScene, across: int) -> float:
    """The side of a cell in mm. A triangle reaches across as many rows as its height has cells."""
    return max(float(scene.extent.max()) / across, float(scene.totals[1]) / _MOST_ROWS)


def _sums(scene: RayScene, cell: float, parents: Labels) -> Floats | None:
    """The sums of the three directions, (3, SUMS) in cells; parents are joined. None for too many crossings."""
    points = scene.points / cell + 0.5
    size = np.ceil(scene.extent / cell + 0.5).astype(int) + 1
    sums = np.zeros((3, kernels.SUMS))
    for axis in range(3):
        places = np.empty((size[(axis + 2) % 3], size[(axis + 1) % 3]), np.int64)
        steps = np.zeros((places.shape[0], places.shape[1] + 1), np.int32)
        kernels.count(points, scene.faces, axis, steps)
        total = kernels.lay_out(steps, places)
        if total > _MOST_CROSSINGS:
            return None
        crossings = np.empty(total, np.int64)
        kernels.fill(points, scene.faces, axis, places, crossings)
        kernels.walk(crossings, places, scene.shell, scene.facing, axis, parents, sums[axis])
    return sums


def _pieces(parents: Labels, metal: npt.NDArray[np.bool_]) -> Labels:
    roots = np.array([kernels.root(parents, shell) for shell in np.flatnonzero(metal).tolist()], np.int32)
    piece = np.full(len(parents), -1, np.int32)
    piece[metal] = np.unique(roots, return_inverse=True)[1]
    return piece


def _judged(sums: Floats, cell: float, signed_mm3: float, piece: Labels) -> DexelVolume:
    volumes, total = sums * cell**3, sums.sum(axis=0)
    per_axis, means = volumes[:, kernels.METAL] + volumes[:, kernels.MENDED], volumes.mean(axis=0)
    volume, unbalanced = float(per_axis.mean()), float(total[kernels.BROKEN] / max(total[kernels.HIT], 1.0))
    # On a closed surface the rays must find the signed volume too, which is known exactly: a trial of this very grid
    # on this very shape. With holes it is not known; then nothing is known about the rays that were broken.
    doubt = unbalanced * volume if unbalanced else abs(float(means[kernels.SIGNED]) - signed_mm3)
    return DexelVolume(
        volume_mm3=volume,
        error_mm3=2 * float(np.ptp(per_axis)) + doubt,  # three figures may all lie on one side of the truth: twice
        per_axis_mm3=cast(tuple[float, float, float], tuple(per_axis.tolist())),
        overlap_mm3=float(means[kernels.OVERLAP]),
        negative_mm3=float(means[kernels.NEGATIVE]),
        excess_mm3=float(means[kernels.SIGNED] - means[kernels.METAL]),
        unbalanced=unbalanced,
        exposed=float(total[kernels.EXPOSED] / total[kernels.SURFACE]) if total[kernels.SURFACE] else 0.0,
        piece=piece,
        cell_mm=cell,
    )
