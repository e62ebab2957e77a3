"""Rhino .3dm, by the rhino3dm library: meshes, the render meshes of surfaces, blocks with their transforms, units.

Curved surfaces have triangles only when Rhino has shown them shaded and saved them so. If one visible object has
none, the model is refused: a price must not come from a part of a piece. Hidden objects, curves, points and texts are
passed over. The library hangs on some damaged files, so that it reads in a process of its own (`apart`).
"""

from importlib import import_module
from typing import Any, Final

import numpy as np

from pricing.engine.errors import DamagedPart, NoRenderMesh, UnsupportedFeature
from pricing.engine.formats.apart import read_apart
from pricing.engine.formats.limits import Limits
from pricing.engine.formats.reading import Reading, checked_faces
from pricing.engine.formats.rhino_archive import check_outline
from pricing.engine.formats.scene import IDENTITY, Build, Matrix, Surface, assemble

_UNITS: Final = {
    "Microns": "micron", "Millimeters": "mm", "Centimeters": "cm", "Meters": "m", "Inches": "inch", "Feet": "foot",
}  # fmt: skip
_NO_UNIT: Final = {"None", "Unset"}
_WITH_SURFACE: Final = {"Brep", "Extrusion", "Mesh", "SubD", "Surface"}

_SECONDS: Final = 10
_SECONDS_PER_MB: Final = 1  # a sound file takes some 0.4: 0.55 s for 100 thousand triangles, 1.5 MB


def read(content: memoryview, limits: Limits) -> Reading:
    """The surface. Raises DamagedPart, BadIndex, NoRenderMesh, UnsupportedFeature, NoTriangles, TooManyTriangles."""
    check_outline(content)
    seconds = _SECONDS + _SECONDS_PER_MB * len(content) // 1_000_000
    damaged = DamagedPart(format="Rhino", part="archive")
    return read_apart(lambda: _read(content, limits), limits, seconds=seconds, if_broken=damaged, if_slow=damaged)


def _read(content: memoryview, limits: Limits) -> Reading:
    library: Any = import_module("rhino3dm")  # a tenth of a second that other files need not wait for
    file = library.File3dm.FromByteArray(bytes(content))
    if file is None:
        raise DamagedPart(format="Rhino", part="archive")
    objects = _Objects(file, library.MeshType.Any)
    scene = Build("Rhino", objects, limits).place(objects.visible())
    if objects.without_mesh:
        raise NoRenderMesh(objects=len(objects.without_mesh))
    vertices, faces = assemble(scene, limits)
    return Reading("3dm", vertices, faces, unit=_unit(file))


def _unit(file: Any) -> str | None:
    name = str(file.Settings.ModelUnitSystem.name)
    if name in _NO_UNIT:
        return None
    if name not in _UNITS:
        raise UnsupportedFeature(format="Rhino", feature=f"unit {name}")
    return _UNITS[name]


class _Objects:
    """The objects of a file by their id; blocks contain others."""

    def __init__(self, file: Any, any_mesh: Any) -> None:
        self._file, self._any_mesh = file, any_mesh
        self._objects = {str(thing.Attributes.Id): thing for thing in file.Objects}
        self._surfaces: dict[str, list[Surface]] = {}
        self.without_mesh: set[str] = set()

    def visible(self) -> list[tuple[str, Matrix]]:
        """What a designer sees who opens the file; the parts of blocks are seen where a block is placed."""
        return [
            (key, IDENTITY)
            for key, thing in self._objects.items()
            if not thing.Attributes.IsInstanceDefinitionObject and self._is_shown(thing)
        ]

    def surfaces(self, key: str) -> list[Surface]:
        """An object's meshes, converted once."""
        if key not in self._surfaces:
            meshes = _meshes(self._objects[key].Geometry, self._any_mesh)
            if None in meshes:
                self.without_mesh.add(key)
            self._surfaces[key] = [_surface(mesh) for mesh in meshes if mesh is not None and len(mesh.Faces)]
        return self._surfaces[key]

    def components(self, key: str) -> list[tuple[str, Matrix]]:
        """What a block contains. Raises DamagedPart when its definition is missing, as that of a linked file is."""
        reference = self._objects[key].Geometry
        if reference is None or reference.ObjectType.name != "InstanceReference":
            return []
        definition = self._file.InstanceDefinitions.FindId(reference.ParentIdefId)
        names = [str(name) for name in definition.GetObjectIds()] if definition is not None else []
        if not names or not all(name in self._objects for name in names):
            raise DamagedPart(format="Rhino", part="block")
        matrix = np.array(reference.Xform.ToFloatArray(True), np.float64).reshape(4, 4)
        return [(name, matrix) for name in names if self._is_shown(self._objects[name])]

    def _is_shown(self, thing: Any) -> bool:
        if not thing.Attributes.Visible:
            return False
        number = thing.Attributes.LayerIndex
        return not 0 <= number < len(self._file.Layers) or bool(self._file.Layers[number].Visible)


def _meshes(geometry: Any, any_mesh: Any) -> list[Any]:
    """The meshes of one object; None stands for a surface without one."""
    kind = geometry.ObjectType.name if geometry is not None else None
    if kind not in _WITH_SURFACE:
        return []
    if kind == "Mesh":
        return [geometry]
    if kind == "Brep":
        return [face.GetMesh(any_mesh) for face in geometry.Faces]
    if kind == "Extrusion":
        return [geometry.GetMesh(any_mesh)]
    return [None]


def _surface(mesh: Any) -> Surface:
    vertices = np.array([(point.X, point.Y, point.Z) for point in mesh.Vertices.ToPoint3dArray()], np.float64)
    corners = np.array(list(mesh.Faces), np.int64).reshape(-1, 4)
    is_quad = corners[:, 2] != corners[:, 3]  # a triangle repeats its last corner
    faces = np.concatenate([corners[:, :3], corners[is_quad][:, [0, 2, 3]]])
    return vertices.reshape(-1, 3), checked_faces("Rhino", faces, len(vertices))
