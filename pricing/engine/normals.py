"""Normals for shading: smooth over the facets of a curved surface, sharp over the edges that were meant."""

from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.mesh import Faces, Mesh, Vertices

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int32]

CREASE: Final = 35.0  # degrees: facets that meet at a smaller angle belong to one curved surface
_NEIGHBOURS: Final = 64  # looked at around a vertex; a usual one has six


def corner_normals(mesh: Mesh, wanted: Indices, *, crease: float = CREASE) -> Floats:
    """Unit normals at the corners of the wanted triangles, (k, 3, 3); smooth only where vertices are shared.

    Per corner the sum of the area vectors of those facets around its vertex that turn less than `crease` degrees
    against the corner's own. A triangle without area has none: zeros.
    """
    starts = np.zeros(len(mesh.vertices) + 1, np.int32)
    fans = np.empty(mesh.faces.size, np.int32)
    _gather(mesh.faces, starts, fans)
    normals = np.empty((len(wanted), 3, 3))
    _smooth(
        mesh.vertices,
        mesh.faces,
        starts,
        fans,
        np.ascontiguousarray(wanted, np.int32),
        np.cos(np.radians(crease)),
        normals,
    )
    return normals


@kernel("void(int32[:, ::1], int32[::1], int32[::1])")
def _gather(faces: Faces, starts: Indices, fans: Indices) -> None:
    """The triangles around each vertex: those of vertex v are fans[starts[v]:starts[v + 1]]."""
    for face in range(len(faces)):
        for corner in range(3):
            starts[faces[face, corner]] += 1
    for vertex in range(1, len(starts)):
        starts[vertex] += starts[vertex - 1]
    for face in range(len(faces) - 1, -1, -1):
        for corner in range(3):
            vertex = faces[face, corner]
            starts[vertex] -= 1
            fans[starts[vertex]] = face


@part_of_kernel
def facet(vertices: Vertices, faces: Faces, face: int) -> tuple[float, float, float, float]:
    """A triangle's normal, as long as twice its area, and that length."""
    a, b, c = faces[face]
    bx, by, bz = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
    cx, cy, cz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
    x, y, z = by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx
    return x, y, z, sqrt(x * x + y * y + z * z)


@part_of_kernel
def _fan_normal(
    vertices: Vertices, faces: Faces, fan: Indices, own: tuple[float, float, float, float], crease: float
) -> tuple[float, float, float]:
    """The unit normal of those triangles of a fan that belong to the same curved surface as one of them."""
    x, y, z, length = own
    sx, sy, sz = x, y, z
    for k in range(len(fan)):
        fx, fy, fz, size = facet(vertices, faces, fan[k])
        alike = x * fx + y * fy + z * fz
        if crease * length * size < alike and (fx != x or fy != y or fz != z):
            sx, sy, sz = sx + fx, sy + fy, sz + fz
    scale = 1.0 / max(sqrt(sx * sx + sy * sy + sz * sz), 1e-300)
    return sx * scale, sy * scale, sz * scale


@kernel("void(float64[:, ::1], int32[:, ::1], int32[::1], int32[::1], int32[::1], float64, float64[:, :, ::1])")
def _smooth(
    vertices: Vertices, faces: Faces, starts: Indices, fans: Indices, wanted: Indices, crease: float, normals: Floats
) -> None:
    for k in range(len(wanted)):
        own = facet(vertices, faces, wanted[k])
        for corner in range(3):
            vertex = faces[wanted[k], corner]
            # A stranger's mesh may have a vertex with a million triangles around it.
            last = min(starts[vertex + 1], starts[vertex] + _NEIGHBOURS)
            normals[k, corner] = _fan_normal(vertices, faces, fans[starts[vertex] : last], own, crease)
