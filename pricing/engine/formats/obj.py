"""OBJ: lines `v x y z` and `f a b c …`, where a face names vertices by number from 1, or by −1, −2 … backwards.

All objects and groups are one surface; polygons become fans. Texture coordinates, normals, colours and materials say
nothing about the shape: they are passed over, and no material library is ever opened. A free-form surface (`surf`)
would be a part of the piece that is missed: it is refused.
"""

import re
from typing import Any, Final

import numpy as np

from pricing.engine.errors import DamagedLine, NoTriangles, UnsupportedFeature
from pricing.engine.formats.limits import Limits, check_count
from pricing.engine.formats.reading import Bytes, Reading, check_vertices, checked_faces
from pricing.engine.formats.text import (
    TEXT,
    after_blanks,
    after_line,
    after_spaces,
    after_token,
    after_word,
    integer_at,
    is_blank,
    is_line_end,
    line_of,
    number_token,
    settle,
)
from pricing.engine.kernels import kernel, part_of_kernel

_BOM: Final = b"\xef\xbb\xbf"
_LINE: Final = 16  # bytes of a short line; when there are more lines than that gives room for, they are read again

_V: Final = np.frombuffer(b"v", np.uint8)
_F: Final = np.frombuffer(b"f", np.uint8)
_SURF: Final = np.frombuffer(b"surf", np.uint8)
_CONTINUED: Final = re.compile(rb"\\[ \t]*\r?\n")

_MAX_INDEX: Final = 2**31 - 1


def read(content: memoryview, limits: Limits) -> Reading:
    """The surface. Raises NoTriangles, TooManyTriangles, DamagedLine, BadIndex, UnsupportedFeature."""
    text = _joined_lines(np.frombuffer(content, np.uint8))
    start = len(_BOM) if bytes(text[:3]) == _BOM else 0
    vertices = np.empty((min(len(text) // _LINE + 1, limits.max_vertices), 3))
    faces = np.empty((min(len(text) // _LINE + 1, limits.max_triangles), 3), np.int32)
    points, triangles = _scan(text, start, vertices, faces)
    if points > len(vertices) or triangles > len(faces):
        check_count(triangles, limits)
        check_vertices(points, limits)
        vertices, faces = np.empty((points, 3)), np.empty((triangles, 3), np.int32)
        _scan(text, start, vertices, faces)
    check_count(triangles, limits)
    settle(vertices[:points], text)
    return Reading("obj", vertices[:points], checked_faces("OBJ", faces[:triangles], points))


def _scan(text: Bytes, start: int, vertices: Any, faces: Any) -> tuple[int, int]:
    """How many vertices and triangles there are; as many as there is room for are read."""
    points, triangles, damaged, surfaces = _lines(text, start, vertices, faces)
    if damaged >= 0:
        raise DamagedLine(format="OBJ", line=line_of(text, damaged))
    if surfaces:
        raise UnsupportedFeature(format="OBJ", feature="surf")
    if points == 0:
        raise NoTriangles
    return points, triangles


def _joined_lines(text: Bytes) -> Bytes:
    """The text with lines that end in a backslash joined to the next."""
    if not _has(text, ord("\\")):
        return text
    return np.frombuffer(_CONTINUED.sub(b" ", text.tobytes()), np.uint8)


@part_of_kernel
def _at_end_of_data(text: Any, at: Any, end: Any) -> Any:
    return at >= end or is_line_end(text[at]) or text[at] == 35  # a comment may follow on the line


@part_of_kernel
def _vertex(text: Any, at: Any, end: Any, vertices: Any, number: Any) -> Any:
    """Read the three numbers of a vertex; weights and colours after them are left. The position after, or -1."""
    for axis in range(3):
        at = after_spaces(text, at, end)
        value, at = number_token(text, at, end)
        if at < 0:
            return -1
        if number < len(vertices):
            vertices[number, axis] = value
    return at


@part_of_kernel
def _corner(text: Any, at: Any, end: Any, points: Any) -> Any:
    """The vertex of `7`, `7/1`, `7/1/2` or `-1//2`, and the position after it, or -1."""
    index, at = integer_at(text, at, end)
    if at < 0 or (at < end and not is_blank(text[at]) and text[at] != 47):
        return 0, -1
    index = index - 1 if index > 0 else (points + index if index < 0 else -1)
    return min(max(index, -1), _MAX_INDEX), after_token(text, at, end)


@part_of_kernel
def _face(text: Any, at: Any, end: Any, points: Any, faces: Any, triangles: Any) -> Any:
    """Read a polygon as a fan. Returns how many triangles there are now, and the position after it, or -1."""
    first = before = corners = 0
    at = after_spaces(text, at, end)
    while not _at_end_of_data(text, at, end):
        corner, at = _corner(text, at, end, points)
        if at < 0:
            return triangles, -1
        if corners >= 2:
            if triangles < len(faces):
                faces[triangles, 0], faces[triangles, 1], faces[triangles, 2] = first, before, corner
            triangles += 1
        first = corner if corners == 0 else first
        before = corner
        corners += 1
        at = after_spaces(text, at, end)
    return triangles, (at if corners >= 3 else -1)


@kernel(f"UniTuple(int64, 4)({TEXT}, int64, float64[:, ::1], int32[:, ::1])")
def _lines(text: Any, start: Any, vertices: Any, faces: Any) -> Any:
    """Vertices, triangles, where the first damaged line begins (or -1), free-form surfaces."""
    end = len(text)
    points = triangles = surfaces = 0
    at = after_blanks(text, start, end)
    while at < end:
        line = at
        if after_word(text, at, end, _V) > 0:
            at = _vertex(text, at + 1, end, vertices, points)
            points += 1
        elif after_word(text, at, end, _F) > 0:
            triangles, at = _face(text, at + 1, end, points, faces, triangles)
        elif after_word(text, at, end, _SURF) > 0:
            surfaces += 1
        if at < 0:
            return points, triangles, line, surfaces
        at = after_blanks(text, after_line(text, at, end), end)
    return points, triangles, -1, surfaces


@kernel(f"boolean({TEXT}, int64)")
def _has(text: Any, character: Any) -> Any:
    found = 0
    for at in range(len(text)):
        found += text[at] == character
    return found > 0
