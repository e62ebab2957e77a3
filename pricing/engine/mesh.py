"""A surface as triangles that share vertices: what every reader produces and every measuring step takes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vertices = npt.NDArray[np.float64]  # (v, 3) in mm
Faces = npt.NDArray[np.int32]  # (n, 3): vertex numbers, counter-clockwise seen from outside
Triangles = npt.NDArray[np.float64]  # (n, 3, 3): triangle, corner, x y z in mm


@dataclass(frozen=True, slots=True)
class Mesh:
    """vertices: (v, 3) float64 in mm, finite, no two alike once welded. faces: (n, 3) int32, each 0 … v-1."""

    vertices: Vertices
    faces: Faces

    def triangles(self) -> Triangles:
        """The corners of each triangle, (n, 3, 3)."""
        return self.vertices[self.faces]

    def part(self, chosen: npt.NDArray[np.bool_]) -> "Mesh":
        """Some of the triangles, with all vertices."""
        return Mesh(self.vertices, self.faces[chosen])

    def for_kernels(self) -> "Mesh":
        """The same mesh with arrays as kernels take them: contiguous and writable; copied only if they aren't."""
        return Mesh(np.require(self.vertices, np.float64, ("C", "W")), np.require(self.faces, np.int32, ("C", "W")))
