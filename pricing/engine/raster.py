"""A z-buffer: which triangle is nearest to the viewer at each sample of a picture."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.mesh import Faces

NOTHING: Final = -1

_MOST_TESTS: Final = 400_000_000  # of samples: about a second; a ring of a million triangles takes a few million

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int32]
Depths = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Buffer:
    """triangle: (side, side) int32, NOTHING where the background shows. depth: float32, larger is nearer."""

    triangle: Numbers
    depth: Depths

    @classmethod
    def empty(cls, side: int) -> "Buffer":
        """Nothing anywhere."""
        return cls(np.full((side, side), NOTHING, np.int32), np.full((side, side), -np.inf, np.float32))


def nearest_triangles(vertices: Floats, faces: Faces, side: int) -> Buffer:
    """Rasterise vertices, (v, 3) in samples (x right, y down, z towards the viewer), into side x side samples.

    A triangle takes the samples whose centres lie in it. One that lies between all centres costs next to nothing, so
    that a mesh of millions of tiny triangles costs little more than reading it.
    """
    buffer = Buffer.empty(side)
    _rasterise(vertices, faces, buffer.triangle, buffer.depth)
    return buffer


@part_of_kernel
def _covered(a: float, b: float, c: float, side: int) -> tuple[int, int]:
    """The first sample whose centre lies between three coordinates, and the one after the last."""
    low, high = min(a, min(b, c)), max(a, max(b, c))
    return max(int(np.ceil(low - 0.5)), 0), min(int(np.floor(high - 0.5)) + 1, side)


@part_of_kernel
def _fill(
    vertices: Floats,
    a: int,
    b: int,
    c: int,
    face: int,
    left: int,
    right: int,
    top: int,
    bottom: int,
    triangle: Numbers,
    depth: Depths,
) -> None:
    """Give a triangle the samples of its box that lie in it and where nothing nearer is."""
    x, y, z = vertices[a]
    bx, by, bz = vertices[b, 0] - x, vertices[b, 1] - y, vertices[b, 2] - z
    cx, cy, cz = vertices[c, 0] - x, vertices[c, 1] - y, vertices[c, 2] - z
    area = bx * cy - cx * by
    if abs(area) < 1e-12:  # seen edge on: covers nothing but its line
        return
    low, high = min(z, min(z + bz, z + cz)), max(z, max(z + bz, z + cz))
    for row in range(top, bottom):
        v = row + 0.5 - y
        for column in range(left, right):
            u = column + 0.5 - x
            of_b, of_c = (u * cy - cx * v) / area, (bx * v - u * by) / area
            # The tolerance closes the hair cracks that rounding leaves between neighbours.
            if min(of_b, of_c) >= -1e-9 and of_b + of_c <= 1 + 1e-9:
                here = np.float32(min(max(z + of_b * bz + of_c * cz, low), high))
                if here >= depth[row, column]:
                    triangle[row, column], depth[row, column] = face, here


@kernel("void(float64[:, ::1], int32[:, ::1], int32[:, ::1], float32[:, ::1])")
def _rasterise(vertices: Floats, faces: Faces, triangle: Numbers, depth: Depths) -> None:
    side, tests = len(triangle), 0
    for face in range(len(faces)):
        a, b, c = faces[face]
        left, right = _covered(vertices[a, 0], vertices[b, 0], vertices[c, 0], side)
        top, bottom = _covered(vertices[a, 1], vertices[b, 1], vertices[c, 1], side)
        tests += max(right - left, 0) * max(bottom - top, 0)
        if tests > _MOST_TESTS:  # a tangle of huge triangles: what was drawn so far must do
            break
        if left < right and top < bottom:
            _fill(vertices, a, b, c, face, left, right, top, bottom, triangle, depth)
