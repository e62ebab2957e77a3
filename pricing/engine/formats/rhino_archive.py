"""The outline of a .3dm archive, checked before the library sees it.

A .3dm is a row of chunks: a number for the kind, the length, the contents. Given a length that leads astray the library
searches the file for minutes; of 150 damaged files it hung on 33, and on none whose outline holds.
"""

import re
import struct
from typing import Final

from pricing.engine.errors import DamagedPart, UnsupportedFeature

_HEAD: Final = re.compile(rb"3D Geometry File Format {1,7}(\d{1,3})")
_START: Final = 32
_WIDE_SINCE: Final = 50  # archives of version 50 and later have lengths of 64 bits
_SHORT: Final = 0x80000000  # a chunk whose length is its value
_TABLE: Final = 0x10000000
_END_OF_TABLE: Final = 0xFFFFFFFF
_END_OF_FILE: Final = 0x00007FFF


def check_outline(content: memoryview) -> None:
    """Refuse chunks that don't fill their archive or table exactly. Raises DamagedPart, UnsupportedFeature."""
    head = _HEAD.fullmatch(bytes(content[:_START]))
    if head is None:
        raise DamagedPart(format="Rhino", part="header")
    if int(head[1]) < 2:
        raise UnsupportedFeature(format="Rhino", feature="version 1")
    length = "q" if int(head[1]) >= _WIDE_SINCE else "i"
    at = _START
    while at < len(content):
        kind, start, at = _chunk(content, at, len(content), length)
        if kind == _END_OF_FILE:
            return _check_end(content, start, at)
        if kind & _TABLE and not kind & _SHORT:
            _check_table(content, start, at, length)
    raise DamagedPart(format="Rhino", part="end")


def _chunk(content: memoryview, at: int, stop: int, length: str) -> tuple[int, int, int]:
    """A chunk's kind, where its contents begin, and where they end."""
    head = struct.Struct(f"<I{length}")
    if at + head.size > stop:
        raise DamagedPart(format="Rhino", part="chunk")
    kind, size = head.unpack_from(content, at)
    start = at + head.size
    if kind & _SHORT:
        return kind, start, start
    if size < 0 or start + size > stop:
        raise DamagedPart(format="Rhino", part="chunk")
    return kind, start, start + size


def _check_table(content: memoryview, at: int, stop: int, length: str) -> None:
    while at < stop:
        kind, _, at = _chunk(content, at, stop, length)
        if kind == _END_OF_TABLE and at == stop:
            return
    raise DamagedPart(format="Rhino", part="table")


def _check_end(content: memoryview, start: int, stop: int) -> None:
    """The last chunk says how long the file is."""
    if stop != len(content) or int.from_bytes(content[start:stop], "little") != len(content):
        raise DamagedPart(format="Rhino", part="end")
