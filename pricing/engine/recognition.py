"""What a file is, by its contents, never by its name. Without numpy and the readers: who sends something that is no
model is told so before a second went into loading them.
"""

import re
import struct
from typing import Final, Literal

from pricing.engine.errors import EmptyFile, FalseTriangleCount, UnknownFormat

Kind = Literal["stl_binary", "three_mf", "gltf", "rhino", "step", "ply", "off", "stl_ascii", "obj"]

MAX_BYTES: Final = 64 * 1024 * 1024  # of a file, unless a caller wants it otherwise

_NEAR: Final = 4096  # bytes at the beginning; some formats say late what they are
_FAR: Final = 65_536
_BOM: Final = b"\xef\xbb\xbf"

_HEADER: Final = 80  # of a binary STL: anything
_START: Final = 84  # after the header and the count
_TRIANGLE: Final = struct.Struct("<12fH")
_TEXT: Final = frozenset(range(0x20, 0x7F)) | {0x00, 0x09, 0x0A, 0x0D}

_OFF: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|#[^\n\r]*+[\n\r])*+(?:ST)?C?N?4?n?OFF\b")
_OBJ_WORDS: Final = frozenset(b"# v vt vn vp f g o s l p mtllib usemtl mg cstype deg".split())
_OBJ_VERTEX: Final = re.compile(rb"^[ \t]*v[ \t]++[-+.\d]", re.MULTILINE)


def recognise(content: memoryview) -> Kind:
    """The kind of model that the contents claim to be. Raises EmptyFile, FalseTriangleCount, UnknownFormat."""
    if not bytes(content[:_NEAR]).strip() and not bytes(content).strip():
        raise EmptyFile
    kind = _kind(content)
    if kind is not None:
        return kind
    if len(content) >= _START and (_first_triangle_plausible(content) or _header_then_count(content)):
        raise FalseTriangleCount(announced=_announced(content), present=_present(content))
    raise UnknownFormat


def _kind(content: memoryview) -> Kind | None:
    """Binary STL first: many programs write "solid" at the start of binary files too, whereas no other file has just
    the length that its bytes 80 to 83 ask for (four printable characters there announce a file of 27 GB)."""
    near, far = bytes(content[:_NEAR]), bytes(content[:_FAR])
    claims: tuple[tuple[Kind, bool], ...] = (
        ("stl_binary", _is_binary_stl(content)),
        ("three_mf", _is_3mf(content, far)),
        ("gltf", _is_gltf(content, far)),
        ("rhino", near.startswith(b"3D Geometry File Format ")),
        ("step", near.lstrip().startswith(b"ISO-10303-21;")),
        ("ply", near[:4] in {b"ply\n", b"ply\r"}),
        ("off", _OFF.match(near) is not None),
        ("stl_ascii", _is_text_stl(near)),
        ("obj", _is_obj(far)),
    )
    return next((kind for kind, is_claimed in claims if is_claimed), None)


def _is_binary_stl(content: memoryview) -> bool:
    """Whether the file is exactly as long as its count says.

    No tolerance: a longer or shorter file was cut off, changed or is something else, and a price must not come
    from a part of a piece.
    """
    return len(content) >= _START and len(content) == _START + _TRIANGLE.size * _announced(content)


def _is_3mf(content: memoryview, start: bytes) -> bool:
    """Whether this is a zip archive that has a model part."""
    return start.startswith(b"PK\x03\x04") and (b".model" in start or b".model" in bytes(content[-_FAR:]))


def _is_gltf(content: memoryview, start: bytes) -> bool:
    """Whether this is a GLB, or JSON with the `asset` that every glTF has."""
    if start.startswith(b"glTF"):
        return True
    return start.lstrip()[:1] == b"{" and (b'"asset"' in start or b'"asset"' in bytes(content[-_FAR:]))


def _is_text_stl(start: bytes) -> bool:
    """Whether this is text that begins as an STL does: `solid`, then a facet or the end of the solid."""
    start = start.removeprefix(_BOM).lstrip().lower()
    return start.startswith(b"solid") and b"\0" not in start and (b"facet" in start or b"endsolid" in start)


def _is_obj(start: bytes) -> bool:
    """Whether this is text that begins with a word of OBJ and has a vertex early on."""
    start = start.removeprefix(_BOM)
    words = start.split(maxsplit=1)
    if not words or b"\0" in start:
        return False
    known = words[0] in _OBJ_WORDS or words[0].startswith(b"#")
    return known and _OBJ_VERTEX.search(start.replace(b"\r", b"\n")) is not None


def _announced(content: memoryview) -> int:
    """The number of triangles that the header of a binary STL claims."""
    return int(struct.unpack_from("<I", content, _HEADER)[0])


def _present(content: memoryview) -> int:
    """The number of whole triangles that the file's size has room for."""
    return max(0, (len(content) - _START) // _TRIANGLE.size)


def _header_then_count(content: memoryview) -> bool:
    """Whether the header is text or blank, as programs write it, and a count that can't be text follows."""
    header, count = bytes(content[:_HEADER]), bytes(content[_HEADER:_START])
    return _TEXT.issuperset(header) and any(count) and not _TEXT.issuperset(count)


def _first_triangle_plausible(content: memoryview) -> bool:
    """Whether the first triangle makes sense as numbers; random bytes do so about twice in a million."""
    if _present(content) == 0:
        return False
    numbers = _TRIANGLE.unpack_from(content, _START)[:12]
    normal, corners = numbers[:3], [abs(number) for number in numbers[3:]]
    ordinary = all(number == 0 or 1e-12 < number < 1e6 for number in corners)
    return ordinary and any(corners) and not any(abs(number) > 1.01 for number in normal)  # NaN is not above
