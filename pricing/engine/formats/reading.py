"""What a reader of one format hands over: the surface as it is in the file, before units and welding."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pricing.engine.errors import BadIndex, TooManyTriangles
from pricing.engine.formats.limits import Limits
from pricing.engine.mesh import Faces, Vertices

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Reading:
    """A file's surface in the file's own unit.

    vertices: (v, 3) float64, unchecked. faces: (n, 3) int32, each 0 … v-1, n >= 1. unit: a name in `MILLIMETRES` when
    the format or the file has one. welded: no two vertices alike, all of them used. exact_volume: of the solid that
    the triangles stand for, in cubes of the unit, where the file has one.
    """

    format: str
    vertices: Vertices
    faces: Faces
    unit: str | None = None
    welded: bool = False
    exact_volume: float | None = None


class Reader(Protocol):
    """A module that reads one format."""

    def read(self, content: memoryview, limits: Limits, /) -> Reading:
        """The surface. Raises UnreadableFile or UnusableGeometry; takes no memory for what a header only claims."""


def check_vertices(vertices: int, limits: Limits) -> None:
    """Refuse a count of vertices before memory is taken for them: more than triangles within the limit can use."""
    if vertices > limits.max_vertices:
        raise TooManyTriangles(triangles=vertices // 3, max_triangles=limits.max_triangles)


def checked_faces(kind: str, faces: npt.NDArray[np.integer[Any]], vertices: int) -> Faces:
    """Faces as int32 after every index was seen to be 0 … vertices-1. Raises BadIndex."""
    wrong = (faces < 0) | (faces >= vertices)
    if wrong.any():
        raise BadIndex(format=kind, index=int(faces[wrong][0]), vertices=vertices)
    return np.ascontiguousarray(faces, dtype=np.int32)


def head(content: memoryview, length: int = 4096) -> bytes:
    """The first bytes."""
    return bytes(content[:length])
