"""What no model may exceed, whatever its format."""

from dataclasses import dataclass

import numpy as np

from pricing.engine.errors import NotFinite, NoTriangles, TooBig, TooManyTriangles
from pricing.engine.mesh import Faces, Vertices
from pricing.engine.recognition import MAX_BYTES


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one model.

    A jeweller's file has 10 thousand to 2 million triangles and lies near its origin. 5 million triangles are 360 MB
    in memory; 100 m is beyond any unit mistake (a ring in micrometres is 20 m) and keeps float64 exact to 1e-11 mm.

    An archive says beforehand what it unpacks to. XML of triangles shrinks to a fiftieth, a file of zeros to a
    thousandth: a ratio of 200 lies between. 5 million triangles are some 250 MB of XML; a slicer's project of many
    objects has one part for each, and some pictures.
    """

    max_bytes: int = MAX_BYTES
    max_triangles: int = 5_000_000
    max_coordinate_mm: float = 100_000.0
    max_unzipped_bytes: int = 400_000_000
    max_zip_ratio: int = 200
    max_zip_members: int = 256

    @property
    def max_vertices(self) -> int:
        """Three for each triangle is what a file without any sharing has."""
        return 3 * self.max_triangles


def check_count(triangles: int, limits: Limits) -> None:
    """Refuse a count of triangles before memory is taken for them."""
    if triangles == 0:
        raise NoTriangles
    if triangles > limits.max_triangles:
        raise TooManyTriangles(triangles=triangles, max_triangles=limits.max_triangles)


def check_coordinates(vertices: Vertices, faces: Faces, limits: Limits) -> None:
    """Refuse NaN, infinity (NotFinite) and coordinates beyond the limit (TooBig) at the corners of triangles.

    A vertex that no triangle uses may be anything: it is left out.
    """
    low, high = vertices.min(), vertices.max()  # NaN wins over every number
    if low >= -limits.max_coordinate_mm and high <= limits.max_coordinate_mm:
        return
    reach = np.abs(vertices).max(axis=1)
    finite = np.isfinite(reach)[faces].all(axis=1)
    if not finite.all():
        raise NotFinite(triangle=int(np.argmin(finite)) + 1)
    farthest = float(reach[faces].max())
    if farthest > limits.max_coordinate_mm:
        raise TooBig(reach_mm=float(f"{farthest:.4g}"), max_mm=limits.max_coordinate_mm)
