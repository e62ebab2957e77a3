"""OFF: the word OFF (COFF, NOFF … with colours or normals), counts of vertices, faces and edges, then one per line.

Comments run from # to the end of a line. What follows the numbers of a vertex or a face on its line is its colour.
"""

import re
from typing import Any, Final

import numpy as np

from pricing.engine.errors import DamagedLine, FalseSize, UnsupportedFeature
from pricing.engine.formats.limits import Limits, check_count
from pricing.engine.formats.reading import Bytes, Reading, check_vertices, checked_faces, head
from pricing.engine.formats.text import (
    TEXT,
    after_blanks,
    after_comments,
    after_line,
    integer_at,
    is_blank,
    line_of,
    number_token,
    settle,
)
from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.mesh import Faces

_BLANK: Final = rb"(?:\s|#[^\r\n]*+[\r\n])*+"
_FIRST_WORD: Final = re.compile(rb"(?:\xef\xbb\xbf)?" + _BLANK + rb"((?:ST)?C?N?4?n?OFF)\b" + _BLANK + rb"(BINARY\b)?")
_COUNTS: Final = re.compile(_BLANK + 3 * (rb"(\d{1,15}+)(?=\s)" + _BLANK))
_LARGEST_HEADER: Final = 65_536
_SHORTEST_VERTEX: Final = 6  # "0 0 0" and the line end
_MAX_INDEX: Final = 2**31 - 1


def read(content: memoryview, limits: Limits) -> Reading:
    """The surface. Raises TooManyTriangles, NoTriangles, DamagedLine, BadIndex, FalseSize, UnsupportedFeature."""
    text = np.frombuffer(content, np.uint8)
    points, polygons, start = _header(head(content, _LARGEST_HEADER))
    if points * _SHORTEST_VERTEX > len(text):
        raise FalseSize(format="OFF", part="vertices", needed=points * _SHORTEST_VERTEX, present=len(text))
    check_vertices(points, limits)
    vertices = np.empty((points, 3))
    at, damaged = _vertices(text, start, vertices)
    if damaged:
        raise DamagedLine(format="OFF", line=line_of(text, at))
    settle(vertices, text)
    faces = _faces(text, at, polygons, limits)
    return Reading("off", vertices, checked_faces("OFF", faces, points))


def _header(start: bytes) -> tuple[int, int, int]:
    """The counts of vertices and faces, and where the vertices begin."""
    word = _FIRST_WORD.match(start)
    if word is None or b"4" in word[1] or b"n" in word[1] or word[2]:
        raise UnsupportedFeature(format="OFF", feature=word[0].decode(errors="replace").strip() if word else "OFF")
    counts = _COUNTS.match(start, word.end())
    if counts is None:
        raise DamagedLine(format="OFF", line=1 + start.count(b"\n", 0, word.end()))
    return int(counts[1]), int(counts[2]), counts.end()


def _faces(text: Bytes, start: int, polygons: int, limits: Limits) -> Faces:
    if polygons == 0:
        check_count(0, limits)
    faces = np.empty((min(polygons, len(text), limits.max_triangles), 3), np.int32)
    triangles, damaged = _polygons(text, start, polygons, faces)
    if damaged >= 0:
        raise DamagedLine(format="OFF", line=line_of(text, damaged))
    check_count(triangles, limits)
    if triangles > len(faces):
        faces = np.empty((triangles, 3), np.int32)
        _polygons(text, start, polygons, faces)
    return faces[:triangles]


@kernel(f"UniTuple(int64, 2)({TEXT}, int64, float64[:, ::1])")
def _vertices(text: Any, at: Any, vertices: Any) -> Any:
    """Where reading stopped, and 1 when that is a vertex that can't be read."""
    end = len(text)
    for vertex in range(len(vertices)):
        start = at = after_comments(text, at, end)
        for axis in range(3):
            vertices[vertex, axis], at = number_token(text, after_blanks(text, at, end), end)
            if at < 0:
                return start, 1
        at = after_line(text, at, end)
    return at, 0


@part_of_kernel
def _polygon(text: Any, at: Any, end: Any, faces: Any, triangles: Any) -> Any:
    """Read a polygon as a fan. Returns how many triangles there are now, and the position after it, or -1."""
    corners, at = integer_at(text, at, end)
    first = before = np.int64(0)
    for corner in range(corners if at > 0 else 0):
        vertex, at = integer_at(text, after_blanks(text, at, end), end)
        if at < 0 or (at < end and not is_blank(text[at])):
            return triangles, -1
        vertex = min(max(vertex, -1), _MAX_INDEX)
        if corner >= 2:
            if triangles < len(faces):
                faces[triangles, 0], faces[triangles, 1], faces[triangles, 2] = first, before, vertex
            triangles += 1
        first = vertex if corner == 0 else first
        before = vertex
    return triangles, at


@kernel(f"UniTuple(int64, 2)({TEXT}, int64, int64, int32[:, ::1])")
def _polygons(text: Any, at: Any, polygons: Any, faces: Any) -> Any:
    """How many triangles there are, read as far as there is room, and where the first damaged line is, or -1. A line
    after the last polygon is one that the counts don't know of."""
    end, triangles = len(text), np.int64(0)
    for _ in range(polygons):
        start = at = after_comments(text, at, end)
        triangles, at = _polygon(text, at, end, faces, triangles)
        if at < 0:
            return triangles, start
        at = after_line(text, at, end)
    at = after_comments(text, at, end)
    return triangles, (at if at < end else -1)
