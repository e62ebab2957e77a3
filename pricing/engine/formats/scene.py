"""Surfaces that are placed several times, turned, scaled or mirrored: put together into one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from pricing.engine.errors import ArchiveBomb, DamagedPart
from pricing.engine.formats.limits import Limits, check_count
from pricing.engine.formats.reading import check_vertices
from pricing.engine.mesh import Faces, Vertices

Matrix = npt.NDArray[np.float64]  # (4, 4), applied to columns: place = matrix @ (x, y, z, 1)

Surface = tuple[Vertices, Faces]  # indices are checked, coordinates are not

IDENTITY: Final = np.eye(4)

_MAX_DEPTH: Final = 32  # objects within objects
MAX_PLACES: Final = 100_000  # of surfaces in one scene

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Placed:
    """A surface and where it goes. Indices are checked, coordinates are not."""

    vertices: Vertices
    faces: Faces
    matrix: Matrix


def assemble(scene: Sequence[Placed], limits: Limits) -> tuple[Vertices, Faces]:
    """All surfaces in one. Raises NoTriangles and TooManyTriangles before memory is taken."""
    check_count(sum(len(placed.faces) for placed in scene), limits)
    check_vertices(sum(len(placed.vertices) for placed in scene), limits)
    vertices, faces, first = [], [], 0
    for placed in scene:
        vertices.append(_moved(placed.vertices, placed.matrix))
        faces.append(_turned(placed.faces, placed.matrix) + np.int32(first))
        first += len(placed.vertices)
    return np.concatenate(vertices), np.concatenate(faces)


def _moved(vertices: Vertices, matrix: Matrix) -> Vertices:
    """Written out, since a matrix product may round equal points differently, depending on their place in the array:
    they would no longer weld."""
    if np.array_equal(matrix, IDENTITY):
        return vertices
    x, y, z = np.ascontiguousarray(vertices.T)
    with np.errstate(all="ignore"):  # what is not finite is refused by name afterwards
        rows = [x * row[0] + y * row[1] + z * row[2] + row[3] for row in matrix[:3]]
    return np.stack(rows, axis=1)


def _turned(faces: Faces, matrix: Matrix) -> Faces:
    """A mirrored surface must be walked the other way round, or its outside would be inside."""
    with np.errstate(all="ignore"):
        a, b, c = matrix[:3, :3]
        mirrored = float(np.dot(a, np.cross(b, c))) < 0
    return faces[:, ::-1] if mirrored else faces


class Objects(Protocol[Key]):
    """The objects of a file that may contain one another."""

    def surfaces(self, key: Key, /) -> list[Surface]:
        """The surfaces that an object is itself. Raises what an object that is missing or damaged deserves."""

    def components(self, key: Key, /) -> list[tuple[Key, Matrix]]:
        """The objects that it contains, and where."""


class Build(Generic[Key]):
    """Places objects that contain objects, after their triangles were counted: within a few levels they multiply."""

    def __init__(self, kind: str, objects: Objects[Key], limits: Limits) -> None:
        self._kind, self._objects, self._limits = kind, objects, limits
        self._totals: dict[Key, tuple[int, int]] = {}

    def place(self, items: Sequence[tuple[Key, Matrix]]) -> list[Placed]:
        """All surfaces of the items. Raises TooManyTriangles, ArchiveBomb, DamagedPart (a ring)."""
        totals = [self._total(key, 0) for key, _ in items]
        check_count(max(sum(triangles for triangles, _ in totals), 1), self._limits)
        places = sum(places for _, places in totals)
        if places > MAX_PLACES:
            raise ArchiveBomb(part="components", size=places, limit=MAX_PLACES)
        scene: list[Placed] = []
        for key, matrix in items:
            self._place(key, matrix, scene)
        return scene

    def _total(self, key: Key, depth: int) -> tuple[int, int]:
        """Triangles and places of surfaces that placing an object once makes."""
        if depth > _MAX_DEPTH:  # also when an object contains itself
            raise DamagedPart(format=self._kind, part="components")
        if key not in self._totals:
            own = [len(faces) for _, faces in self._objects.surfaces(key)]
            within = [self._total(component, depth + 1) for component, _ in self._objects.components(key)]
            triangles = sum(own) + sum(triangles for triangles, _ in within)
            self._totals[key] = (triangles, len(own) + sum(places for _, places in within))
        return self._totals[key]

    def _place(self, key: Key, matrix: Matrix, scene: list[Placed]) -> None:
        if self._totals[key][0] == 0:
            return
        scene += [Placed(*surface, matrix) for surface in self._objects.surfaces(key)]
        for component, moved in self._objects.components(key):
            with np.errstate(all="ignore"):
                inner = matrix @ moved
            self._place(component, inner, scene)
