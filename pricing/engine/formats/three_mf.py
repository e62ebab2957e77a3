"""3MF: a zip archive of XML parts. The build names objects; an object is a mesh, or components: other objects moved.

Read are the core specification (units, components, transforms, build) and the production extension, whose objects lie
in further parts of the same archive. Colours and materials are passed over; extensions that change the shape (beam
lattices, booleans, displacement …) are refused by name. Supports are not the piece and are left out.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from lxml import etree

from pricing.engine.errors import DamagedPart, ExternalReference, UnsafeXml, UnsupportedFeature
from pricing.engine.formats.archive import Archive
from pricing.engine.formats.limits import Limits
from pricing.engine.formats.mesh_xml import split_xml
from pricing.engine.formats.reading import Reading, checked_faces
from pricing.engine.formats.scene import IDENTITY, Build, Matrix, Surface, assemble
from pricing.engine.mesh import Vertices

_UNITS: Final = {
    "micron": "micron", "millimeter": "mm", "centimeter": "cm", "inch": "inch", "foot": "foot", "meter": "m",
}  # fmt: skip
_PRODUCTION: Final = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06"
# Extensions that leave the shape alone, by the words in the middle of their addresses.
_HARMLESS: Final = re.compile(r"/(core|production|material|trianglesets)/")
_SHAPING: Final = frozenset({"beamlattice", "booleanshape", "displacementmesh", "levelset", "keystore", "slicestack"})
_SUPPORTS: Final = frozenset({"support", "solidsupport"})
_ROOT_TYPE: Final = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"

Key = tuple[str, int]  # part, object


@dataclass(slots=True)
class _Object:
    """A mesh (its numbers in the part's lists) or components."""

    is_support: bool
    vertices: int | None = None
    triangles: int | None = None
    components: list[tuple[Key, Matrix]] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """A model part: its objects, and what its build places."""

    objects: dict[int, _Object] = field(default_factory=dict)
    vertices: list[Vertices] = field(default_factory=list)
    faces: list[Any] = field(default_factory=list)
    items: list[tuple[Key, Matrix]] = field(default_factory=list)
    unit: str = "mm"


def read(content: memoryview, limits: Limits) -> Reading:
    """The surface. Raises what its parts deserve: ArchiveBomb, DamagedPart, UnsafeXml, ExternalReference, BadIndex,
    UnsupportedFeature, NoTriangles, TooManyTriangles."""
    package = _Package(Archive(content, limits, kind="3MF"), limits)
    root = package.part(package.root_name())
    vertices, faces = assemble(Build("3MF", package, limits).place(root.items), limits)
    return Reading("3mf", vertices, faces, unit=root.unit)


class _Package:
    """The parts of one archive, each parsed when it is first needed."""

    def __init__(self, archive: Archive, limits: Limits) -> None:
        self._archive, self._limits = archive, limits
        self._parts: dict[str, _Part] = {}

    def root_name(self) -> str:
        """The part that the package's relationships call the model."""
        if "_rels/.rels" in self._archive:
            relations = _Relations()
            _parse(self._archive.read("_rels/.rels"), relations, "_rels/.rels")
            if relations.target:
                return relations.target.lstrip("/")
        return "3D/3dmodel.model"

    def part(self, name: str) -> _Part:
        if name not in self._parts:
            if name not in self._archive:
                raise ExternalReference(format="3MF", name=name[:80])
            self._parts[name] = self._parsed(name)
        return self._parts[name]

    def _parsed(self, name: str) -> _Part:
        xml = split_xml(self._archive.read(name), self._limits, part=name[:80])
        outline = _Outline(name)
        _parse(xml.outline, outline, name)
        if (outline.vertices, outline.triangles) != (len(xml.vertices), len(xml.triangles)):
            raise DamagedPart(format="3MF", part=name[:80])
        outline.part.vertices, outline.part.faces = xml.vertices, list(xml.triangles)
        return outline.part

    def surfaces(self, key: Key) -> list[Surface]:
        """An object's own mesh; supports have none that counts."""
        found = self._object(key)
        if found.is_support or (found.vertices is None and found.triangles is None):
            return []
        return [self._mesh(key[0], found)]

    def components(self, key: Key) -> list[tuple[Key, Matrix]]:
        """What an object is made of."""
        found = self._object(key)
        return [] if found.is_support else found.components

    def _object(self, key: Key) -> _Object:
        found = self.part(key[0]).objects.get(key[1])
        if found is None:
            raise DamagedPart(format="3MF", part=f"object {key[1]}")
        return found

    def _mesh(self, name: str, found: _Object) -> Surface:
        part = self.part(name)
        if found.vertices is None or found.triangles is None:
            raise DamagedPart(format="3MF", part="mesh")
        vertices = part.vertices[found.vertices]
        faces = part.faces[found.triangles]
        if faces.dtype != np.int32:
            faces = part.faces[found.triangles] = checked_faces("3MF", faces, len(vertices))
        return vertices, faces


def _parse(xml: bytes, target: Any, part: str) -> None:
    """Feed XML to a target: no entities, no network, no tree in memory."""
    parser = etree.XMLParser(
        target=target, encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True
    )
    try:
        etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        raise DamagedPart(format="3MF", part=part[:80]) from None


class _Relations:
    """The target of the relationship that names the model."""

    def __init__(self) -> None:
        self.target = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "Relationship" and attributes.get("Type") == _ROOT_TYPE:
            self.target = attributes.get("Target", "")

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise UnsafeXml

    def close(self) -> None:
        """Nothing is left to do."""


class _Outline:
    """Objects, components and build items of a part, in the order of the file."""

    def __init__(self, name: str) -> None:
        self.part = _Part()
        self.vertices = self.triangles = 0
        self._name = name
        self._object: _Object | None = None

    def start(self, tag: str, attributes: dict[str, str], names: dict[str | None, str]) -> None:
        local = _local(tag)
        if local in _SHAPING:
            raise UnsupportedFeature(format="3MF", feature=local)
        if local == "model":
            self._start_model(attributes, names)
        elif local == "object":
            self._start_object(attributes)
        elif local in {"component", "item"}:
            self._start_component(local, attributes)
        elif local in {"vertices", "triangles"}:
            self._start_list(local)

    def end(self, tag: str) -> None:
        if _local(tag) == "object":
            self._object = None

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise UnsafeXml

    def close(self) -> None:
        """Nothing is left to do."""

    def _start_model(self, attributes: dict[str, str], names: dict[str | None, str]) -> None:
        unit = attributes.get("unit", "millimeter")
        if unit not in _UNITS:
            raise DamagedPart(format="3MF", part=f"unit {unit[:40]}")
        self.part.unit = _UNITS[unit]
        for prefix in attributes.get("requiredextensions", "").split():
            address = names.get(prefix, prefix)
            if not _HARMLESS.search(address):
                raise UnsupportedFeature(format="3MF", feature=address[:80])

    def _start_object(self, attributes: dict[str, str]) -> None:
        self._object = _Object(is_support=attributes.get("type") in _SUPPORTS)
        self.part.objects[self._number(attributes.get("id", ""))] = self._object

    def _start_component(self, local: str, attributes: dict[str, str]) -> None:
        path = attributes.get(f"{{{_PRODUCTION}}}path", "").lstrip("/") or self._name
        key = (path, self._number(attributes.get("objectid", "")))
        owner = self.part.items if local == "item" else self._owner().components
        owner.append((key, self._matrix(attributes.get("transform"))))

    def _start_list(self, local: str) -> None:
        """Give the object its next list; a second mesh in one object would be lost."""
        if getattr(self._owner(), local) is not None:
            raise DamagedPart(format="3MF", part="mesh")
        setattr(self._owner(), local, getattr(self, local))
        setattr(self, local, getattr(self, local) + 1)

    def _owner(self) -> _Object:
        if self._object is None:
            raise DamagedPart(format="3MF", part="object")
        return self._object

    def _number(self, text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,10}", text):
            raise DamagedPart(format="3MF", part="id")
        return int(text)

    def _matrix(self, text: str | None) -> Matrix:
        """Twelve numbers, row by row, for points as rows; here they are turned for points as columns."""
        if text is None:
            return IDENTITY
        try:
            rows = np.array([float(number) for number in text[:1000].split()]).reshape(4, 3)
        except ValueError:
            raise DamagedPart(format="3MF", part="transform") from None
        matrix = np.eye(4)
        matrix[:3] = rows.T
        return matrix


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
