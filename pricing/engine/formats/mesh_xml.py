"""The XML of 3MF, split: the lists of vertices and triangles are read by compiled loops, a small rest by lxml.

A model of a million triangles is 50 MB of XML, nearly all of it in two kinds of lists. They are cut out of the text,
so that the XML parser sees empty elements in their places; the n-th list belongs to the n-th of these elements.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pricing.engine.errors import ArchiveBomb, DamagedPart, UnsafeXml
from pricing.engine.formats.limits import Limits, check_count
from pricing.engine.formats.reading import Bytes, check_vertices
from pricing.engine.formats.text import TEXT, after_blanks, is_blank, number_at, plain_number, settle
from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.mesh import Vertices

_COMMENT: Final = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
_OPEN: Final = {
    name: re.compile(rb"<((?:[\w.-]+:)?)" + name + rb"(?:\s[^<>]*)?>") for name in (b"vertices", b"triangles")
}
_LARGEST_REST: Final = 32_000_000  # bytes: everything but the lists, materials and textures' coordinates included
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_SHORTEST_VERTEX: Final = 24  # <vertex x="0" y="0" z="0"/>, or a prefix and other attributes
_SHORTEST_TRIANGLE: Final = 30

_VERTEX: Final = np.frombuffer(b"vertex", np.uint8)
_TRIANGLE: Final = np.frombuffer(b"triangle", np.uint8)
_ALL_THREE: Final = 7


@dataclass(frozen=True, slots=True)
class MeshXml:
    """outline: the XML without its lists. vertices: (v, 3) each, in the order of the file. triangles: (n, 3) each,
    whole numbers of any size."""

    outline: bytes
    vertices: list[Vertices]
    triangles: list[npt.NDArray[np.int64]]


def split_xml(xml: bytes, limits: Limits, *, part: str) -> MeshXml:
    """Split a model part. Raises UnsafeXml, DamagedPart (naming `part`), TooManyTriangles, ArchiveBomb."""
    text = _plain(xml, part)
    lists = _lists(text, part)
    outline = _without(text, [(start, stop) for start, stop, _ in lists], part)
    numbers = np.frombuffer(text, np.uint8)
    vertices, triangles = [], []
    for start, stop, is_vertices in lists:
        if is_vertices:
            vertices.append(_rows(numbers, start, stop, _VERTEX, limits, part))
        else:
            triangles.append(_whole(_rows(numbers, start, stop, _TRIANGLE, limits, part), part))
    check_vertices(sum(map(len, vertices)), limits)
    if sum(map(len, triangles)) > limits.max_triangles:
        check_count(sum(map(len, triangles)), limits)
    return MeshXml(outline, vertices, triangles)


def _plain(xml: bytes, part: str) -> bytes:
    """The XML in UTF-8 without comments. A document type could hold entities: it is refused unread."""
    if xml[:2] in _UTF_16:
        try:
            xml = xml.decode("utf-16").encode()
        except UnicodeError:
            raise DamagedPart(format="3MF", part=part) from None
    if b"!" in xml and b"<!" in xml:  # the first, a search for one byte, takes a twelfth of the time
        xml = _COMMENT.sub(b"", xml)
        if b"<!" in xml:
            raise UnsafeXml
    return xml


def _lists(text: bytes, part: str) -> list[tuple[int, int, bool]]:
    """Where the contents of the elements vertices and triangles begin and end, and whether they are vertices."""
    places: list[tuple[int, int, bool]] = []
    at, triangles = 0, -1
    while True:
        if triangles < at:
            triangles = _place(text, b"triangles", at, len(text))
        vertices = _place(text, b"vertices", at, triangles)  # so that neither search goes through a list of triangles
        name = b"vertices" if vertices < triangles else b"triangles"
        at = min(vertices, triangles)
        if at == len(text):
            return places
        opened = _OPEN[name].match(text, max(text.rfind(b"<", max(0, at - 64), at), 0))
        at += len(name)
        if opened:
            stop = opened.end() if opened[0].endswith(b"/>") else _closing(text, opened, name, part)
            places.append((opened.end(), stop, name == b"vertices"))
            at = stop if stop == opened.end() else stop + len(opened[1]) + len(name) + 2


def _place(text: bytes, word: bytes, at: int, end: int) -> int:
    """Where the word stands next, or the end."""
    place = text.find(word, at, end)
    return place if place >= 0 else end


def _closing(text: bytes, opened: re.Match[bytes], name: bytes, part: str) -> int:
    """Where the tag begins that closes a list. Usually it has the first s since the list began, and a search for one
    byte is the fastest; otherwise it is searched for as a whole. Raises DamagedPart when there is none."""
    tag = b"</" + opened[1] + name
    place = text.find(b"s", opened.end()) + 1 - len(tag)
    if place < opened.end() or not text.startswith(tag, place):
        place = text.find(tag, opened.end())
    if place < 0:
        raise DamagedPart(format="3MF", part=part)
    return place


def _without(text: bytes, places: list[tuple[int, int]], part: str) -> bytes:
    pieces, at = [], 0
    for start, stop in places:
        if start < at:  # one list within another
            raise DamagedPart(format="3MF", part=part)
        pieces.append(text[at:start])
        at = stop
    outline = b"".join([*pieces, text[at:]])
    if len(outline) > _LARGEST_REST:
        raise ArchiveBomb(part=part, size=len(outline), limit=_LARGEST_REST)
    return outline


def _rows(text: Bytes, start: int, stop: int, tag: Bytes, limits: Limits, part: str) -> Vertices:
    shortest, most = (
        (_SHORTEST_VERTEX, limits.max_vertices) if tag is _VERTEX else (_SHORTEST_TRIANGLE, limits.max_triangles)
    )
    rows = np.empty((min((stop - start) // shortest + 1, most), 3))
    count, damaged = _elements(text, start, stop, tag, rows)
    if damaged:
        raise DamagedPart(format="3MF", part=part)
    if count > most:
        check_count(count if tag is _TRIANGLE else count // 3, limits)
    rows = rows[:count]
    settle(rows, text)
    return rows


def _whole(numbers: Vertices, part: str) -> npt.NDArray[np.int64]:
    with np.errstate(invalid="ignore"):
        whole = numbers.astype(np.int64)
    if not np.array_equal(whole, numbers):
        raise DamagedPart(format="3MF", part=part)
    return whole


@part_of_kernel
def _after(text: Any, at: Any, end: Any, character: Any) -> Any:
    """The position after the next such character, or -1."""
    while at < end and text[at] != character:
        at += 1
    return at + 1 if at < end else -1


@part_of_kernel
def _is_element(text: Any, at: Any, end: Any, tag: Any) -> Any:
    """Whether the element whose name begins at `at` is called `tag`, and the position after its name."""
    name = at
    while at < end and not is_blank(text[at]) and text[at] != 62 and text[at] != 47:
        if text[at] == 58:
            name = at + 1
        at += 1
    return _after_same(text, name, end, tag) == at, at


@part_of_kernel
def _after_same(text: Any, at: Any, end: Any, word: Any) -> Any:
    """The position after `word` if it stands here, else -1."""
    if at + len(word) > end:
        return -1
    for i in range(len(word)):
        if text[at + i] != word[i]:
            return -1
    return at + len(word)


@part_of_kernel
def _plain_run(text: Any, at: Any, end: Any, tag: Any, rows: Any, count: Any) -> Any:
    """Read elements as long as they stand there as programs write them, `<vertex x="1" y="2" z="3"/>`: the loop that
    nearly all the time goes into. How many rows there are now, and where the first element of another form begins."""
    while count < len(rows):
        here = after_blanks(text, at, end)
        if here >= end or text[here] != 60:
            break
        here = _after_same(text, here + 1, end, tag)
        here = _plain_numbers(text, here, end, rows, count) if here > 0 else -1
        if here < 0 or end - here < 3:
            break
        here += text[here] == 32
        if text[here] != 47 or text[here + 1] != 62:
            break
        at = here + 2
        count += 1
    return count, at


@part_of_kernel
def _plain_numbers(text: Any, at: Any, end: Any, rows: Any, place: Any) -> Any:
    """Read ` x="1" y="2" z="3"` or ` v1="1" v2="2" v3="3"`. The position after them, or -1 for everything else."""
    for column in range(3):
        if end - at < 6 or text[at] != 32:
            return -1
        if text[at + 1] == 118 and text[at + 2] == 49 + column:
            at += 3
        elif text[at + 1] == 120 + column:
            at += 2
        else:
            return -1
        if text[at] != 61 or text[at + 1] != 34:
            return -1
        number, at = plain_number(text, at + 2, end)
        if at < 0 or at >= end or text[at] != 34:
            return -1
        rows[place, column] = number
        at += 1
    return at


@part_of_kernel
def _column(text: Any, start: Any, stop: Any) -> Any:
    """0, 1, 2 for the attributes x, y, z and v1, v2, v3; -1 for others."""
    first = text[start]
    if stop - start == 1 and 120 <= first <= 122:
        return np.int64(first) - 120
    if stop - start == 2 and first == 118 and 49 <= text[start + 1] <= 51:
        return np.int64(text[start + 1]) - 49
    return -1


@part_of_kernel
def _attribute(text: Any, at: Any, end: Any) -> Any:
    """The name's end, the first character of the value, and the position of its closing quote, or -1."""
    while at < end and text[at] != 61 and not is_blank(text[at]) and text[at] != 62:
        at += 1
    name_end = at
    at = after_blanks(text, at, end)
    if at >= end or text[at] != 61:
        return name_end, -1, -1
    at = after_blanks(text, at + 1, end)
    if at >= end or (text[at] != 34 and text[at] != 39):
        return name_end, -1, -1
    return name_end, at + 1, _after(text, at + 1, end, text[at]) - 1


@part_of_kernel
def _element(text: Any, at: Any, end: Any, row: Any) -> Any:
    """Read the three numbers among an element's attributes. The position after the element, or -1."""
    found = 0
    at = after_blanks(text, at, end)
    while at < end and text[at] != 62 and text[at] != 47:
        name_end, value, closing = _attribute(text, at, end)
        if closing < 0:
            return -1
        column = _column(text, at, name_end)
        if column >= 0:
            number, stop = number_at(text, value, end)
            if stop != closing:
                return -1
            row[column] = number
            found |= 1 << column
        at = after_blanks(text, closing + 1, end)
    return _after(text, at, end, 62) if found == _ALL_THREE else -1


@kernel(f"UniTuple(int64, 2)({TEXT}, int64, int64, {TEXT}, float64[:, ::1])")
def _elements(text: Any, start: Any, end: Any, tag: Any, rows: Any) -> Any:
    """How many elements are called `tag`, read as far as there is room, and 1 if one of them is damaged."""
    spare = np.empty(3)
    count, at = _plain_run(text, start, end, tag, rows, 0)
    at = _after(text, at, end, 60)
    while at > 0:
        is_wanted, at = _is_element(text, at, end, tag)
        if is_wanted:
            at = _element(text, at, end, rows[count] if count < len(rows) else spare)
            count += 1
            if at < 0:
                return count, 1
        count, at = _plain_run(text, at, end, tag, rows, count)
        at = _after(text, at, end, 60)
    return count, 0
