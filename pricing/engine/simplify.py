"""A coarser mesh for the eye: vertices of one body in the same cell of a grid become one.

Each new vertex lies where the squared distances to the planes of the triangles around its cell are least, so that edges
stay edges. It works on any mesh, open, overlapping or tangled; what it changes is at most a cell wide. Never measured.
"""

from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.mesh import Faces, Mesh, Vertices
from pricing.engine.normals import facet
from pricing.engine.numbering import number_alike

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int32]

_TRIANGLES_PER_CELL: Final = 3.0  # times the area over the square of a cell's side
_COARSER, _MUCH_COARSER = 1.1, 1.5  # a cell's side when the last one left too many triangles
_CELLS: Final = 1 << 20  # along one axis at most: three of them fit a key
_PULL: Final = 1e-3  # towards the mean, of the planes' weight: keeps a flat cell's vertex where it is


def simplified(mesh: Mesh, most_triangles: int) -> Mesh:
    """The mesh itself if it has no more triangles than that, else a coarser one that hasn't."""
    if len(mesh.faces) <= most_triangles:
        return mesh
    cell_mm = sqrt(_TRIANGLES_PER_CELL * _area(mesh.vertices, mesh.faces) / most_triangles)
    cell_mm = max(cell_mm, float(np.ptp(mesh.vertices, axis=0).max()) / _CELLS, 1e-12)
    bodies = np.arange(len(mesh.vertices), dtype=np.int32)
    _join(mesh.faces, bodies)
    coarse = mesh
    while len(coarse.faces) > most_triangles:
        coarse = _clustered(mesh, bodies, cell_mm)
        cell_mm *= min(max(sqrt(len(coarse.faces) / most_triangles), _COARSER), _MUCH_COARSER)
    # Of a cloud of loose triangles nothing may be left at once: then some of them stand for all.
    if len(coarse.faces) == 0:
        return Mesh(mesh.vertices, np.ascontiguousarray(mesh.faces[:: -(-len(mesh.faces) // most_triangles)]))
    return coarse


def _clustered(mesh: Mesh, bodies: Indices, cell_mm: float) -> Mesh:
    """bodies: a number per vertex. Wires that cross in a cell must not be glued together."""
    keys = np.empty(len(mesh.vertices), np.int64)
    _cell_keys(mesh.vertices, mesh.vertices.min(axis=0), cell_mm, keys)
    cells, _ = number_alike(keys)
    cells, firsts = number_alike(cells.astype(np.int64) * len(bodies) + bodies)
    sums = np.zeros((len(firsts), 13))
    _add_planes(mesh.vertices, mesh.faces, cells, sums)
    places = np.empty((len(firsts), 3))
    _place(sums, mesh.vertices[firsts], cell_mm, places)
    return Mesh(places, _distinct(cells[mesh.faces]))


def _distinct(faces: Faces) -> Faces:
    """The triangles of three different vertices, each once however it is turned."""
    a, b, c = faces.T
    faces = faces[(a != b) & (b != c) & (c != a)]
    low, middle, high = np.sort(faces, axis=1).T.astype(np.int64)
    pairs, _ = number_alike((low << 31) | middle)
    _, firsts = number_alike((pairs.astype(np.int64) << 31) | high)
    return np.ascontiguousarray(faces[firsts])


@part_of_kernel
def _root(parents: Indices, vertex: int) -> int:
    while parents[vertex] != vertex:
        parents[vertex] = parents[parents[vertex]]
        vertex = parents[vertex]
    return vertex


@kernel("void(int32[:, ::1], int32[::1])")
def _join(faces: Faces, parents: Indices) -> None:
    """Give all vertices that triangles connect the same number."""
    for face in range(len(faces)):
        a, b, c = _root(parents, faces[face, 0]), _root(parents, faces[face, 1]), _root(parents, faces[face, 2])
        least = min(a, min(b, c))
        parents[a] = parents[b] = parents[c] = least
    for vertex in range(len(parents)):
        parents[vertex] = _root(parents, vertex)


@kernel("float64(float64[:, ::1], int32[:, ::1])")
def _area(vertices: Vertices, faces: Faces) -> float:
    total = 0.0
    for face in range(len(faces)):
        total += facet(vertices, faces, face)[3] / 2
    return total


@kernel("void(float64[:, ::1], float64[::1], float64, int64[::1])")
def _cell_keys(vertices: Vertices, low: Floats, cell_mm: float, keys: npt.NDArray[np.int64]) -> None:
    for vertex in range(len(vertices)):
        key = 0
        for axis in range(3):
            key = (key << 21) + int((vertices[vertex, axis] - low[axis]) / cell_mm)
        keys[vertex] = key


@kernel("void(float64[:, ::1], int32[:, ::1], int32[::1], float64[:, ::1])")
def _add_planes(vertices: Vertices, faces: Faces, cells: Indices, sums: Floats) -> None:
    """Sums over the planes n . x = d of each cell's triangles, weighted by area.

    xx, xy, xz, yy, yz, zz of n n; three of n d; three of the corners; the weight.
    """
    for face in range(len(faces)):
        x, y, z, length = facet(vertices, faces, face)
        if length <= 0.0:
            continue
        x, y, z = x / length, y / length, z / length
        for corner in range(3):
            vertex = faces[face, corner]
            px, py, pz = vertices[vertex]
            total, d = sums[cells[vertex]], x * px + y * py + z * pz
            total[0], total[1], total[2] = (
                total[0] + length * x * x,
                total[1] + length * x * y,
                total[2] + length * x * z,
            )
            total[3], total[4], total[5] = (
                total[3] + length * y * y,
                total[4] + length * y * z,
                total[5] + length * z * z,
            )
            total[6], total[7], total[8] = (
                total[6] + length * x * d,
                total[7] + length * y * d,
                total[8] + length * z * d,
            )
            total[9], total[10], total[11] = total[9] + length * px, total[10] + length * py, total[11] + length * pz
            total[12] += length


@kernel("void(float64[:, ::1], float64[:, ::1], float64, float64[:, ::1])")
def _place(sums: Floats, members: Vertices, cell_mm: float, places: Floats) -> None:
    """The vertex of each cell; never farther than a cell from the mean of its corners."""
    for cell in range(len(sums)):
        s = sums[cell]
        if s[12] <= 0.0:
            places[cell] = members[cell]
            continue
        mx, my, mz, pull = s[9] / s[12], s[10] / s[12], s[11] / s[12], _PULL * s[12]
        xx, yy, zz, xy, xz, yz = s[0] + pull, s[3] + pull, s[5] + pull, s[1], s[2], s[4]
        rx = s[6] - (s[0] * mx + s[1] * my + s[2] * mz)
        ry = s[7] - (s[1] * mx + s[3] * my + s[4] * mz)
        rz = s[8] - (s[2] * mx + s[4] * my + s[5] * mz)
        ax, ay, az = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
        by, bz, cz = xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy
        size = xx * ax + xy * ay + xz * az
        x, y, z = (
            (ax * rx + ay * ry + az * rz) / size,
            (ay * rx + by * ry + bz * rz) / size,
            (az * rx + bz * ry + cz * rz) / size,
        )
        away = max(sqrt(x * x + y * y + z * z) / cell_mm, 1.0)
        places[cell, 0], places[cell, 1], places[cell, 2] = mx + x / away, my + y / away, mz + z / away
