"""STEP, by the optional Open CASCADE library: exact surfaces, from which triangles are made.

The triangles leave the surface by at most 5 micrometres, which takes some 0.06 % off the volume of a ring; the exact
volume of the solids goes with them. The library takes a second to import and much memory, and may loop or crash on a
damaged file: it is imported when a STEP file comes, in a process of its own (`apart`).
"""

import io
from importlib import import_module
from typing import Any, Final

import numpy as np

from pricing.engine.errors import DamagedPart, EngineTimeout, NoTriangles, StepNotInstalled, UnsupportedFeature
from pricing.engine.formats.apart import read_apart
from pricing.engine.formats.limits import Limits
from pricing.engine.formats.reading import Reading, checked_faces
from pricing.engine.formats.scene import IDENTITY, Placed, Surface, assemble

_DEFLECTION_MM: Final = 0.005
_SECONDS: Final = 40
_ANGLE: Final = 0.35  # radians between neighbouring facets at most: small fillets stay round
_UNITS: Final = {
    "micrometre": ("micron", 0.001), "millimetre": ("mm", 1.0), "centimetre": ("cm", 10.0), "metre": ("m", 1000.0),
    "inch": ("inch", 25.4), "foot": ("foot", 304.8),
}  # fmt: skip


def read(content: memoryview, limits: Limits) -> Reading:
    """The surface and the exact volume. Raises StepNotInstalled, DamagedPart, UnsupportedFeature, NoTriangles,
    TooManyTriangles."""
    damaged = DamagedPart(format="STEP", part="data")
    slow = EngineTimeout(seconds=_SECONDS)  # the facets of a rich piece take their time: the file may be sound
    return read_apart(lambda: _read(content, limits), limits, seconds=_SECONDS, if_broken=damaged, if_slow=slow)


def _read(content: memoryview, limits: Limits) -> Reading:
    shape, unit, millimetres = _shape(bytes(content))
    _part("BRepMesh").BRepMesh_IncrementalMesh(shape, _DEFLECTION_MM, False, _ANGLE, False)
    surfaces = [surface for face in _explore(shape, "FACE") if (surface := _surface(face)) is not None]
    if not surfaces:
        raise NoTriangles
    vertices, faces = assemble([Placed(*surface, IDENTITY) for surface in surfaces], limits)
    return Reading("step", vertices / millimetres, faces, unit=unit, exact_volume=_volume(shape, millimetres))


def _part(name: str) -> Any:
    """A module of the library."""
    try:
        return import_module(f"OCP.{name}")
    except ImportError:
        raise StepNotInstalled from None


def _shape(content: bytes) -> tuple[Any, str, float]:
    """The shape in mm (the library converts), and the file's unit with its length in mm."""
    control, messages = _part("STEPControl"), _part("Message")
    messenger = messages.Message.DefaultMessenger_s()
    for printer in list(messenger.Printers()):  # it prints on standard output, where the caller's answer goes
        messenger.RemovePrinter(printer)
    reader = control.STEPControl_Reader()
    try:
        done = reader.ReadStream("model", io.BytesIO(content))
        is_read = done == _part("IFSelect").IFSelect_ReturnStatus.IFSelect_RetDone
        unit = _unit(reader) if is_read else ("mm", 1.0)
        shape = reader.OneShape() if is_read and reader.TransferRoots() else None
    except RuntimeError:  # what the library throws
        raise DamagedPart(format="STEP", part="data") from None
    if shape is None or shape.IsNull():
        raise DamagedPart(format="STEP", part="data")
    return shape, *unit


def _unit(reader: Any) -> tuple[str, float]:
    names = _part("collections").Sequence_TCollection_AsciiString
    lengths, angles, solid_angles = names(), names(), names()
    reader.FileUnits(lengths, angles, solid_angles)
    found = {str(name.ToCString()).lower() for name in lengths}
    if len(found) != 1 or not found <= set(_UNITS):
        raise UnsupportedFeature(format="STEP", feature=f"units {', '.join(sorted(found))}"[:80])
    return _UNITS[found.pop()]


def _explore(shape: Any, kind: str) -> list[Any]:
    topology, explorer = _part("TopAbs").TopAbs_ShapeEnum, _part("TopExp").TopExp_Explorer
    walk, found = explorer(shape, getattr(topology, f"TopAbs_{kind}")), []
    while walk.More():
        found.append(walk.Current())
        walk.Next()
    return found


def _surface(face: Any) -> Surface | None:
    """The triangles of one face, in mm; None when none could be made."""
    location = _part("TopLoc").TopLoc_Location()
    facets = _part("BRep").BRep_Tool.Triangulation_s(_part("TopoDS").TopoDS.Face(face), location)
    if facets is None:
        raise DamagedPart(format="STEP", part="face")
    move = location.Transformation()
    points = [facets.Node(number).Transformed(move) for number in range(1, facets.NbNodes() + 1)]
    corners = [facets.Triangle(number).Get() for number in range(1, facets.NbTriangles() + 1)]
    if not corners:
        return None
    vertices = np.array([(point.X(), point.Y(), point.Z()) for point in points], np.float64)
    faces = checked_faces("STEP", np.array(corners, np.int64) - 1, len(vertices))
    is_reversed = face.Orientation() == _part("TopAbs").TopAbs_Orientation.TopAbs_REVERSED
    return vertices, np.ascontiguousarray(faces[:, ::-1]) if is_reversed else faces


def _volume(shape: Any, millimetres: float) -> float | None:
    """The volume of the solids in cubes of the file's unit; None when there are only surfaces."""
    solids = _explore(shape, "SOLID")
    if not solids:
        return None
    total = 0.0
    for solid in solids:
        properties = _part("GProp").GProp_GProps()
        _part("BRepGProp").BRepGProp.VolumeProperties_s(solid, properties)
        total += abs(properties.Mass())
    return total / millimetres**3
