"""What a measuring process may leave beside its answer: a picture, a light model for the browser.

They were written by a process that handled a stranger's file, so each is looked at before it is taken: its size, how it
begins and how it ends.
"""

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_MB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ArtefactKind:
    """A kind of file that a child may write: its name in the child's folder, its bound, and whether bytes are one."""

    filename: str
    max_bytes: int
    is_whole: Callable[[bytes], bool]


def is_png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG\r\n\x1a\n") and content.endswith(b"IEND\xaeB`\x82")


def is_glb(content: bytes) -> bool:
    """Binary glTF 2.0 whose announced length is its own and whose first chunk is JSON."""
    if len(content) < 20:
        return False
    magic, version, length, json_bytes, chunk = struct.unpack_from("<4sIII4s", content)
    return (magic, version, length, chunk) == (b"glTF", 2, len(content), b"JSON") and json_bytes <= length - 20


ARTEFACTS: Final = {
    "preview": ArtefactKind("preview.png", 8 * _MB, is_png),
    "model": ArtefactKind("model.glb", 24 * _MB, is_glb),
}


def publish(kind: ArtefactKind, written: Path, place: Path) -> bool:
    """Put a finished artefact in its place, whole or not at all; False when there is none worth it."""
    if not written.is_file() or written.is_symlink() or written.stat().st_size > kind.max_bytes:
        return False
    content = written.read_bytes()
    if not kind.is_whole(content):
        return False
    unfinished = place.with_name(f".{place.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(place)
    return True
