"""Reading 3D models: bytes in, a welded mesh in mm out. One module per format; the contents decide, never the name.

A reader hands over the surface as it is in the file; here it is brought to millimetres, checked and welded.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

from pricing.engine.errors import FileTooLarge, ModelRefused, NoVolume
from pricing.engine.formats import gltf, obj, off, ply, rhino, step, stl_ascii, stl_binary, three_mf
from pricing.engine.formats.limits import Limits, check_coordinates, check_count
from pricing.engine.formats.reading import Reader, Reading
from pricing.engine.formats.welding import weld, without_points_and_lines
from pricing.engine.mesh import Mesh
from pricing.engine.recognition import Kind, recognise
from pricing.engine.units import MILLIMETRES

__all__ = ["MILLIMETRES", "Limits", "Model", "read_model"]

UnitSource = Literal["file", "given", "assumed"]


@dataclass(frozen=True, slots=True)
class Model:
    """What a file holds.

    mesh: welded, in mm, at least one face. triangles: as many as the file has, those without sides included.
    unit: what one unit of the file is, a name in MILLIMETRES; unit_source: whether the file says so, the caller gave
    it (which wins over the file), or millimetres were assumed. exact_volume_mm3: of the solid that the triangles
    stand for, where the file describes one (STEP).
    """

    format: str
    mesh: Mesh
    triangles: int
    unit: str
    unit_source: UnitSource
    exact_volume_mm3: float | None = None


_READERS: Final[dict[Kind, Reader]] = {
    "stl_binary": stl_binary, "three_mf": three_mf, "gltf": gltf, "rhino": rhino, "step": step, "ply": ply, "off": off,
    "stl_ascii": stl_ascii, "obj": obj,
}  # fmt: skip


def read_model(content: bytes | memoryview, *, unit: str | None = None, limits: Limits | None = None) -> Model:
    """Read a 3D model from the contents of a file: bytes, or anything with a buffer (a mapped file).

    All coordinates of the result are finite and within the limits. Raises UnreadableFile or UnusableGeometry, each by
    its name; counts are compared with the size before memory is taken. A refusal keeps no part of `content` alive, so
    that a mapped file can be closed. Raises ValueError for a unit that is none of MILLIMETRES.
    """
    if unit is not None and unit not in MILLIMETRES:
        raise ValueError(f"{unit!r} is none of {', '.join(MILLIMETRES)}")
    try:
        return _model(_reading(memoryview(content), limits or Limits()), unit, limits or Limits())
    except ModelRefused as refused:
        refused.__context__ = None
        raise refused.with_traceback(None) from None


def _reading(content: memoryview, limits: Limits) -> Reading:
    if len(content) > limits.max_bytes:
        raise FileTooLarge(bytes=len(content), max_bytes=limits.max_bytes)
    return _READERS[recognise(content)].read(content, limits)


def _model(reading: Reading, given: str | None, limits: Limits) -> Model:
    check_count(len(reading.faces), limits)
    unit = given or reading.unit or "mm"
    source: UnitSource = "given" if given else "file" if reading.unit else "assumed"
    scale = MILLIMETRES[unit]
    # 100 m, or as many of the file's own larger units: exporters write a necklace of 150 mm as 150 m, and that is asked
    # about, not refused.
    reach_mm = limits.max_coordinate_mm * (1.0 if given else max(scale, 1.0))
    mesh = _welded(reading, scale, replace(limits, max_coordinate_mm=reach_mm))
    volume = None if reading.exact_volume is None else reading.exact_volume * scale**3
    return Model(reading.format, mesh, len(reading.faces), unit, source, volume)


def _welded(reading: Reading, scale: float, limits: Limits) -> Mesh:
    vertices = reading.vertices if scale == 1 else reading.vertices * scale
    check_coordinates(vertices, reading.faces, limits)
    mesh = (without_points_and_lines if reading.welded else weld)(vertices, reading.faces)
    if len(mesh.faces) == 0:
        raise NoVolume  # every triangle is a point or a line
    return mesh
