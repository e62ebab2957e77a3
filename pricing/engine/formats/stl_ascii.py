"""Text STL: `solid`, then per triangle `facet normal … outer loop vertex x y z (three times) endloop endfacet`.

Tolerant where programs differ (line ends, capitals, several solids, normals that are missing or no numbers), strict
where a price depends on it: every facet has three corners of three numbers, and no facet is half there.
"""

from typing import Any, Final

import numpy as np

from pricing.engine.errors import DamagedFile
from pricing.engine.formats.limits import Limits, check_count
from pricing.engine.formats.reading import Reading, head
from pricing.engine.formats.text import (
    TEXT,
    after_blanks,
    after_line,
    after_token,
    after_word,
    number_token,
    settle,
)
from pricing.engine.formats.welding import weld_corners
from pricing.engine.kernels import kernel, part_of_kernel

_BOM: Final = b"\xef\xbb\xbf"
_SHORTEST: Final = 60  # characters of a facet: "facet outer loop", three times "vertex 0 0 0", "endloop endfacet"

_SOLID: Final = np.frombuffer(b"solid", np.uint8)
_END_SOLID: Final = np.frombuffer(b"endsolid", np.uint8)
_FACET: Final = np.frombuffer(b"facet", np.uint8)
_NORMAL: Final = np.frombuffer(b"normal", np.uint8)
_OUTER: Final = np.frombuffer(b"outer", np.uint8)
_LOOP: Final = np.frombuffer(b"loop", np.uint8)
_VERTEX: Final = np.frombuffer(b"vertex", np.uint8)
_END_LOOP: Final = np.frombuffer(b"endloop", np.uint8)
_END_FACET: Final = np.frombuffer(b"endfacet", np.uint8)


def read(content: memoryview, limits: Limits) -> Reading:
    """The surface. Raises NoTriangles, TooManyTriangles, DamagedFile."""
    text = np.frombuffer(content, np.uint8)
    room = min(len(text) // _SHORTEST + 1, limits.max_triangles)
    corners = np.empty((room, 9))
    facets, damaged = _facets(text, len(_BOM) if head(content, 3) == _BOM else 0, corners)
    if damaged:
        raise DamagedFile(triangle=damaged)
    check_count(facets, limits)
    corners = corners[:facets]
    settle(corners, text)
    bits, faces = weld_corners(corners.view(np.uint64).reshape(-1, 3, 3))
    return Reading("stl-ascii", bits.view(np.float64), faces, welded=True)


@part_of_kernel
def _after_remark(text: Any, at: Any, end: Any) -> Any:
    """The position after a line of a solid, or after a word that no facet has; -1 for a part of a facet."""
    if after_word(text, at, end, _SOLID) > 0 or after_word(text, at, end, _END_SOLID) > 0:
        return after_line(text, at, end)
    for part in (_OUTER, _VERTEX, _END_LOOP, _END_FACET):
        if after_word(text, at, end, part) > 0:
            return -1
    return after_token(text, at, end)


@part_of_kernel
def _facet(text: Any, at: Any, end: Any, corners: Any) -> Any:
    """Read what follows the word facet, nine numbers. Returns the position after it, or -1."""
    at = _after_normal(text, after_blanks(text, at, end), end)
    for word in (_OUTER, _LOOP):
        at = _expected(text, at, end, word)
    for corner in range(3):
        at = _expected(text, at, end, _VERTEX)
        for axis in range(3):
            if at > 0:
                corners[3 * corner + axis], at = number_token(text, after_blanks(text, at, end), end)
    for word in (_END_LOOP, _END_FACET):
        at = _expected(text, at, end, word)
    return at


@part_of_kernel
def _expected(text: Any, at: Any, end: Any, word: Any) -> Any:
    """The position after `word`, which must be the next token; -1 if it is not, or if `at` says so already."""
    if at < 0:
        return -1
    return after_word(text, after_blanks(text, at, end), end, word)


@part_of_kernel
def _after_normal(text: Any, at: Any, end: Any) -> Any:
    """The position after `normal` and up to three words, whatever they are; nothing needs to be there."""
    after = after_word(text, at, end, _NORMAL)
    if after < 0:
        return at
    for _ in range(3):
        at = after_blanks(text, after, end)
        if after_word(text, at, end, _OUTER) > 0:
            return at
        after = after_token(text, at, end)
    return after


@kernel(f"UniTuple(int64, 2)({TEXT}, int64, float64[:, ::1])")
def _facets(text: Any, at: Any, corners: Any) -> Any:
    """Read facets as long as there is room, count them all. Returns their number and the first damaged one, or 0."""
    end, count, ended = len(text), 0, True
    spare = np.empty(9)
    at = after_blanks(text, at, end)
    while at < end:
        after_facet = after_word(text, at, end, _FACET)
        if after_facet > 0:
            at = _facet(text, after_facet, end, corners[count] if count < len(corners) else spare)
            count += 1
            ended = False
        else:
            ended = ended or after_word(text, at, end, _END_SOLID) > 0
            at = _after_remark(text, at, end)
        if at < 0:
            return count, max(count, 1)
        at = after_blanks(text, at, end)
    return count, 0 if ended else count
