"""Reading a stranger's zip archive: its directory is judged before anything is unpacked, and nothing is nested."""

import io
import struct
import zipfile
import zlib
from typing import Final

from pricing.engine.errors import ArchiveBomb, DamagedPart, UnsupportedFeature
from pricing.engine.formats.limits import Limits

_MAX_DIRECTORY_BYTES: Final = 256 * 1024  # a thousand entries; a longer one would cost memory before it is counted
_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_SMALL: Final = 1_000_000  # bytes; below this no ratio is a danger
_METHODS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError,
)  # fmt: skip


class Archive:
    """The members of an archive whose sizes are within the limits, read into memory one at a time."""

    def __init__(self, content: memoryview, limits: Limits, *, kind: str) -> None:
        """Read the directory. Raises DamagedPart, ArchiveBomb, UnsupportedFeature with the format's name `kind`."""
        self._kind = kind
        _check_directory(content, kind)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except _BROKEN:
            raise DamagedPart(format=kind, part="zip") from None
        members = self._zip.infolist()
        _check_sizes(members, limits)
        self._members = {member.filename: member for member in members}

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """A member's contents. Raises DamagedPart (missing, cut off, false checksum), UnsupportedFeature."""
        member = self._members.get(name)
        if member is None:
            raise DamagedPart(format=self._kind, part=name[:80])
        if member.flag_bits & 1 or member.compress_type not in _METHODS:
            raise UnsupportedFeature(
                format=self._kind, feature="encryption" if member.flag_bits & 1 else "this zip method"
            )
        try:
            with self._zip.open(member) as unpacked:
                content = unpacked.read(member.file_size)
        except _BROKEN:
            raise DamagedPart(format=self._kind, part=name[:80]) from None
        if len(content) != member.file_size:
            raise DamagedPart(format=self._kind, part=name[:80])
        return content


def _check_directory(content: memoryview, kind: str) -> None:
    """Refuse a directory that is missing, or longer than any model's, before its entries become objects."""
    tail = bytes(content[-(65_535 + _END_SIZE) :])
    at = tail.rfind(_END)
    if at < 0 or at + _END_SIZE > len(tail):
        raise DamagedPart(format=kind, part="zip")
    size, start = struct.unpack_from("<II", tail, at + 12)
    if size == 0xFFFFFFFF or start == 0xFFFFFFFF:
        raise UnsupportedFeature(format=kind, feature="zip64")  # only needed beyond 4 GB
    if size > _MAX_DIRECTORY_BYTES:
        raise ArchiveBomb(part="directory", size=size, limit=_MAX_DIRECTORY_BYTES)


def _check_sizes(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.max_zip_members:
        raise ArchiveBomb(part="members", size=len(members), limit=limits.max_zip_members)
    total = sum(member.file_size for member in members)
    if total > limits.max_unzipped_bytes:
        raise ArchiveBomb(part="bytes", size=total, limit=limits.max_unzipped_bytes)
    for member in members:
        ratio = member.file_size // max(member.compress_size, 1)
        if member.file_size > _SMALL and ratio > limits.max_zip_ratio:
            raise ArchiveBomb(part="ratio", size=ratio, limit=limits.max_zip_ratio)
