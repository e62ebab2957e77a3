"""PLY: a header that describes elements and their properties, then the elements, as text or binary in either order
of bytes.

The coordinates are the properties x, y, z of `vertex`, the polygons the list `vertex_indices` (or `vertex_index`) of
`face`; all other elements and properties are stepped over. Polygons become fans. PLY has no unit.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pricing.engine.errors import DamagedLine, DamagedPart, FalseSize, NoTriangles, UnsupportedFeature
from pricing.engine.formats.limits import Limits, check_count
from pricing.engine.formats.reading import Bytes, Reading, check_vertices, checked_faces, head
from pricing.engine.formats.text import TEXT, after_blanks, after_token, integer_at, is_blank, line_of, number_token
from pricing.engine.formats.text import settle as settle_numbers
from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.mesh import Faces, Vertices

Plan = npt.NDArray[np.int64]  # (properties, 4): role, size of an item, size of a list's count, 1 if items are signed

_LARGEST_HEADER: Final = 65_536
_END: Final = re.compile(rb"[\r\n]end_header[ \t]*(\r\n|\n|\r)")
_FORMATS: Final = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
_TYPES: Final = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8",
}  # fmt: skip
_AXES: Final = ("x", "y", "z")
_CORNERS: Final = frozenset({"vertex_indices", "vertex_index"})
_MAX_INDEX: Final = 2**31 - 1

_STEP_OVER, _POLYGON, _X = -1, -2, 0  # what is done with a property; _X + axis for a coordinate


@dataclass(frozen=True, slots=True)
class _Property:
    """type and count_type are numpy's names ("f4"); count_type is empty for a single value."""

    name: str
    type: str
    count_type: str = ""

    def role(self) -> int:
        if self.count_type:
            return _POLYGON if self.name in _CORNERS else _STEP_OVER
        return _AXES.index(self.name) if self.name in _AXES else _STEP_OVER


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    count: int
    properties: tuple[_Property, ...]

    def has_lists(self) -> bool:
        return any(part.count_type for part in self.properties)

    def shortest(self) -> int:
        """Bytes that one of these has at least, in binary."""
        return sum(np.dtype(part.count_type or part.type).itemsize for part in self.properties)

    def plan(self) -> Plan:
        rows = [
            (part.role(), int(part.type[1]), int((part.count_type or "u0")[1]), int(part.type[0] == "i"))
            for part in self.properties
        ]
        return np.array(rows, np.int64).reshape(-1, 4)


@dataclass(frozen=True, slots=True)
class _Header:
    """order: "" for text, else numpy's sign for the order of bytes. start: where the first element begins."""

    order: str
    elements: tuple[_Element, ...]
    start: int


def read(content: memoryview, limits: Limits) -> Reading:
    """The surface. Raises what a damaged, short or foreign file deserves: DamagedPart, DamagedLine, FalseSize,
    BadIndex, UnsupportedFeature, NoTriangles, TooManyTriangles."""
    header = _header(head(content, _LARGEST_HEADER))
    text = np.frombuffer(content, np.uint8)
    at, vertices, faces = header.start, None, None
    for element in header.elements:
        _check_size(element, header, len(text) - at)
        if element.name == "vertex" and vertices is None:
            check_vertices(element.count, limits)
            vertices, at = _read_vertices(text, at, element, header.order)
        elif element.name == "face" and faces is None:
            faces, at = _read_faces(text, at, element, header.order, limits)
        else:
            at = _after(text, at, element, header.order)
    _refuse_rest(text, at, header.order)
    if vertices is None or faces is None:
        raise NoTriangles
    name = "ply-binary" if header.order else "ply-ascii"
    return Reading(name, vertices, checked_faces("PLY", faces, len(vertices)))


def _refuse_rest(text: Bytes, at: int, order: str) -> None:
    """A file that goes on after its last element has more in it than its header says."""
    rest = text[at : at + 65_536].tobytes().lstrip()
    if rest and order:
        raise DamagedPart(format="PLY", part="end")
    if rest:
        raise DamagedLine(format="PLY", line=line_of(text, at))


def _header(start: bytes) -> _Header:
    end = _END.search(start)
    if end is None:
        raise DamagedPart(format="PLY", part="end_header")
    lines = [line.split() for line in start[: end.start()].decode("latin-1").splitlines()[1:]]
    lines = [words for words in lines if words and words[0] not in {"comment", "obj_info"}]
    elements = tuple(_elements(lines[1:]))
    order = _order(lines[0] if lines else [])
    names = {element.name for element in elements}
    if "tristrips" in names:
        raise UnsupportedFeature(format="PLY", feature="tristrips")
    return _Header(order, elements, end.end())


def _order(words: list[str]) -> str:
    if len(words) != 3 or words[0] != "format" or words[1] not in _FORMATS:
        raise DamagedPart(format="PLY", part="format")
    return _FORMATS[words[1]]


def _elements(lines: list[list[str]]) -> list[_Element]:
    elements: list[_Element] = []
    for words in lines:
        match words:
            case ["element", name, count] if re.fullmatch(r"\d{1,15}", count, re.ASCII):
                elements.append(_Element(name, int(count), ()))
            case ["property", *rest] if elements:
                last = elements[-1]
                elements[-1] = _Element(last.name, last.count, (*last.properties, _property(rest)))
            case _:
                raise DamagedPart(format="PLY", part=" ".join(words)[:40])
    return elements


def _property(words: list[str]) -> _Property:
    match words:
        case ["list", count, kind, name] if _TYPES.get(count, "f")[0] != "f" and kind in _TYPES:
            part = _Property(name, _TYPES[kind], _TYPES[count])
        case [kind, name] if kind in _TYPES:
            part = _Property(name, _TYPES[kind])
        case _:
            raise DamagedPart(format="PLY", part=" ".join(words)[:40])
    if part.role() == _POLYGON and part.type[0] == "f":
        raise DamagedPart(format="PLY", part=part.name)
    return part


def _check_size(element: _Element, header: _Header, present: int) -> None:
    """A value takes at least a digit and a blank in text; so does an element without properties, in either."""
    shortest = max(element.shortest() if header.order else 2 * len(element.properties), 1)
    if element.count * shortest > present + 1:
        raise FalseSize(format="PLY", part=element.name[:40], needed=element.count * shortest, present=present)


def _read_vertices(text: Bytes, at: int, element: _Element, order: str) -> tuple[Vertices, int]:
    roles = [part.role() for part in element.properties]
    if any(roles.count(axis) != 1 for axis in range(3)):
        raise DamagedPart(format="PLY", part="x y z")
    if order and not element.has_lists():
        return _columns(text, at, element, order)
    if order:
        raise UnsupportedFeature(format="PLY", feature="lists in vertices")
    vertices = np.empty((element.count, 3))
    stopped, damaged = _text_vertices(text, at, element.plan(), vertices)
    if damaged:
        raise DamagedLine(format="PLY", line=line_of(text, stopped))
    settle_numbers(vertices, text)
    return vertices, stopped


def _columns(text: Bytes, at: int, element: _Element, order: str) -> tuple[Vertices, int]:
    """The coordinates of a binary element of fixed size."""
    record = np.dtype([(f"p{index}", order + part.type) for index, part in enumerate(element.properties)])
    stop = at + element.count * record.itemsize
    _refuse_short(text, element, stop)
    rows = np.frombuffer(text[at:stop], record)
    vertices = np.empty((element.count, 3))
    with np.errstate(invalid="ignore"):  # a signalling NaN warns when widened; it is refused by name afterwards
        for index, part in enumerate(element.properties):
            if part.role() >= _X:
                vertices[:, part.role()] = rows[f"p{index}"]
    return vertices, stop


def _refuse_short(text: Bytes, element: _Element, stop: int) -> None:
    if stop > len(text):
        raise FalseSize(format="PLY", part=element.name[:40], needed=stop, present=len(text))


def _read_faces(text: Bytes, at: int, element: _Element, order: str, limits: Limits) -> tuple[Faces, int]:
    """The polygons as fans, unchecked, and where the element ends."""
    plan = element.plan()
    if np.count_nonzero(plan[:, 0] == _POLYGON) != 1:
        check_count(element.count, limits)
        raise DamagedPart(format="PLY", part="vertex_indices")
    if order and len(element.properties) == 1:
        only_triangles = _triangles(text, at, element, order)
        if only_triangles is not None:
            check_count(element.count, limits)
            return only_triangles
    faces = np.empty((min(element.count, limits.max_triangles), 3), np.int32)
    triangles, stop = _walk(text, at, element, order, faces)
    check_count(triangles, limits)
    if triangles > len(faces):
        faces = np.empty((triangles, 3), np.int32)
        _walk(text, at, element, order, faces)
    return faces[:triangles], stop


def _triangles(text: Bytes, at: int, element: _Element, order: str) -> tuple[Faces, int] | None:
    """The faces of a binary element that holds nothing but triangles, as most do: a table. None for any other."""
    part = element.properties[0]
    record = np.dtype([("count", order + part.count_type), ("corners", order + part.type, 3)])
    stop = at + element.count * record.itemsize
    if stop > len(text):
        return None
    rows = np.frombuffer(text[at:stop], record)
    if not (rows["count"] == 3).all() or (part.type == "u4" and (rows["corners"] > _MAX_INDEX).any()):
        return None
    return rows["corners"].astype(np.int32), stop


def _after(text: Bytes, at: int, element: _Element, order: str) -> int:
    """Where an element ends that is not needed."""
    return _walk(text, at, element, order, np.empty((0, 3), np.int32))[1]


def _walk(text: Bytes, at: int, element: _Element, order: str, faces: Faces) -> tuple[int, int]:
    """How many triangles an element has, read as far as there is room, and where it ends."""
    if not order:
        triangles, stop, damaged = _text_faces(text, at, element.count, element.plan(), faces)
        if damaged:
            raise DamagedLine(format="PLY", line=line_of(text, stop))
        return triangles, stop
    triangles, stop = _binary_faces(text, at, element.count, element.plan(), order == ">", faces)
    if stop < 0:
        raise DamagedPart(format="PLY", part="vertex_indices")
    _refuse_short(text, element, stop)
    return triangles, stop


@part_of_kernel
def _add_to_fan(faces: Any, triangles: Any, fan: Any, corner: Any, vertex: Any) -> Any:
    """Add a polygon's next corner; `fan` keeps its first and its last. Returns how many triangles there are."""
    vertex = min(max(vertex, -1), _MAX_INDEX)
    if corner >= 2:
        if triangles < len(faces):
            faces[triangles, 0], faces[triangles, 1], faces[triangles, 2] = fan[0], fan[1], vertex
        triangles += 1
    if corner == 0:
        fan[0] = vertex
    fan[1] = vertex
    return triangles


@part_of_kernel
def _integer(text: Any, at: Any, size: Any, signed: Any, big: Any) -> Any:
    value = np.int64(0)
    for byte in range(size):
        value = value << 8 | np.int64(text[at + (byte if big else size - 1 - byte)])
    return value - (np.int64(1) << 8 * size) if signed and value >> (8 * size - 1) else value


@part_of_kernel
def _binary_list(text: Any, at: Any, row: Any, big: Any, faces: Any, triangles: Any, fan: Any) -> Any:
    """Step over a list, or read it as a polygon. Returns the triangles, and the position after it; beyond the end of
    the text when the list is longer, -1 when a polygon has less than three corners."""
    role, size, count_size = row[0], row[1], row[2]
    items = _integer(text, at, count_size, False, big) if at + count_size <= len(text) else len(text)
    at += count_size
    if role == _POLYGON and items < 3:
        return triangles, -1
    if role != _POLYGON or at + items * size > len(text):
        return triangles, at + items * size
    for item in range(items):
        triangles = _add_to_fan(faces, triangles, fan, item, _integer(text, at, size, row[3] == 1, big))
        at += size
    return triangles, at


@kernel(f"UniTuple(int64, 2)({TEXT}, int64, int64, int64[:, ::1], boolean, int32[:, ::1])")
def _binary_faces(text: Any, at: Any, count: Any, plan: Any, big: Any, faces: Any) -> Any:
    """How many triangles there are, read as far as there is room, and the end; beyond the text when it is short, -1
    when a polygon is none."""
    triangles, fan = np.int64(0), np.zeros(2, np.int64)
    for _ in range(count):
        for row in plan:
            if row[2] == 0:
                at += row[1]
            else:
                triangles, at = _binary_list(text, at, row, big, faces, triangles, fan)
            if at < 0 or at > len(text):
                return triangles, at
    return triangles, at


@part_of_kernel
def _text_list(text: Any, at: Any, end: Any, row: Any, faces: Any, triangles: Any, fan: Any) -> Any:
    """Step over a list, or read it as a polygon. Returns the triangles, and the position after it, or -1."""
    items, at = integer_at(text, at, end)
    if items < 0 or (row[0] == _POLYGON and items < 3):
        return triangles, -1
    for item in range(items if at > 0 else 0):
        at = after_blanks(text, at, end)
        if at == end:
            return triangles, -1
        if row[0] == _POLYGON:
            vertex, at = integer_at(text, at, end)
            if at < 0 or (at < end and not is_blank(text[at])):
                return triangles, -1
            triangles = _add_to_fan(faces, triangles, fan, item, vertex)
        else:
            at = after_token(text, at, end)
    return triangles, at


@kernel(f"UniTuple(int64, 3)({TEXT}, int64, int64, int64[:, ::1], int32[:, ::1])")
def _text_faces(text: Any, at: Any, count: Any, plan: Any, faces: Any) -> Any:
    """How many triangles there are, read as far as there is room, where reading stopped, 1 if it is damaged there."""
    end, triangles, fan = len(text), np.int64(0), np.zeros(2, np.int64)
    for _ in range(count):
        for row in plan:
            start = at = after_blanks(text, at, end)
            if row[2] > 0:
                triangles, at = _text_list(text, at, end, row, faces, triangles, fan)
            else:
                at = after_token(text, at, end)
            if at <= start:
                return triangles, start, 1
    return triangles, at, 0


@kernel(f"UniTuple(int64, 2)({TEXT}, int64, int64[:, ::1], float64[:, ::1])")
def _text_vertices(text: Any, at: Any, plan: Any, vertices: Any) -> Any:
    """Where reading stopped, and 1 if a vertex there is damaged."""
    end, no_faces, fan = len(text), np.empty((0, 3), np.int32), np.zeros(2, np.int64)
    for vertex in range(len(vertices)):
        for row in plan:
            start = at = after_blanks(text, at, end)
            if row[2] > 0:
                _, at = _text_list(text, at, end, row, no_faces, 0, fan)
            elif row[0] >= _X:
                vertices[vertex, row[0]], at = number_token(text, at, end)
            else:
                at = after_token(text, at, end)
            if at <= start:
                return start, 1
    return at, 0
