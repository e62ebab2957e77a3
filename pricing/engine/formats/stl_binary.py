"""Binary STL: 80 bytes of anything, a count, and 50 bytes per triangle (normal, three corners, two unused bytes).

STL has no unit; the trade reads millimetres. The normals are ignored: they are often zero or wrong, and the order of
the corners says the same. The corners are welded where they lie, without a copy of the file.
"""

import struct
from typing import Final

import numpy as np

from pricing.engine.formats.limits import Limits, check_count
from pricing.engine.formats.reading import Reading
from pricing.engine.formats.welding import weld_corners

_HEADER: Final = 80
_START: Final = 84
_BITS: Final = np.dtype([("normal", "<u4", 3), ("corners", "<u4", (3, 3)), ("unused", "<u2")])


def read(content: memoryview, limits: Limits) -> Reading:
    """The surface; the caller made sure that it is as long as its count says. Raises NoTriangles, TooManyTriangles."""
    check_count(_announced(content), limits)
    bits, faces = weld_corners(np.frombuffer(content, dtype=_BITS, offset=_START)["corners"])
    with np.errstate(invalid="ignore"):  # a signalling NaN warns when widened; it is refused by name afterwards
        vertices = bits.view(np.float32).astype(np.float64)
    return Reading("stl-binary", vertices, faces, welded=True)


def _announced(content: memoryview) -> int:
    """The number of triangles that the header claims."""
    return int(struct.unpack_from("<I", content, _HEADER)[0])
