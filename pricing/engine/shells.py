"""Shells told apart and set right: which are solid metal, which are cavities, which are stones.

A shell is a set of faces connected over edges. How deep a shell lies in the others is the winding number of the others
just outside it, at points spread over its surface. From the largest to the smallest, so that what encloses comes before
what is enclosed: a shell of negative volume is a cavity if all of its points lie in metal, else it was inside out and
is turned. Of positive volume it is solid wherever it lies. A file is inside out as a whole when its outermost shells
are.

Metal is where the winding number of the solid and cavity shells is at least 1.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from pricing.engine.edges import Edges, Flags, Ints, edges_of, number_trees, unite
from pricing.engine.kernels import kernel
from pricing.engine.measurement import Stone
from pricing.engine.mesh import Mesh
from pricing.engine.nesting import Scene, least_depths, scene_of, turned_and_cavities
from pricing.engine.seats import touched
from pricing.engine.stones import gem_shapes

Roles = npt.NDArray[np.int8]

SOLID: Final = 0
CAVITY: Final = 1
STONE: Final = 2
OPEN: Final = 3


@dataclass(frozen=True, slots=True)
class Shells:
    """mesh: solids outward, cavities inward. shell: of each face, (n,). roles and container: per shell, (s,).

    roles: SOLID, CAVITY, STONE or OPEN. container: the innermost solid around a cavity, else -1. turned_shells: how
    many were inside out in the file.
    """

    mesh: Mesh
    shell: Ints
    roles: Roles
    container: Ints
    stones: tuple[Stone, ...]
    turned_shells: int = 0


def sort_out(mesh: Mesh) -> Shells:
    """Tell the shells of a mended mesh apart, set them right, and recognise the stones."""
    edges = edges_of(mesh)
    shell, shells = _shells(len(mesh.faces), edges.first, edges.walks)
    is_open = _open_shells(edges.first, edges.walks, edges.upward, shell, shells)
    scene = scene_of(mesh.triangles(), shell, shells)
    turned, cavity, container = turned_and_cavities(scene)
    roles = np.where(cavity, CAVITY, SOLID).astype(np.int8)
    roles[is_open] = OPEN
    container[roles != CAVITY] = -1
    found = Shells(_turned(mesh, turned[shell]), shell, roles, container, (), int(turned.sum()))
    return _with_stones(found, scene, edges, turned)


def as_metal(shells: Shells) -> Shells:
    """The same with every stone a solid, for whoever says so."""
    roles = np.where(shells.roles == STONE, SOLID, shells.roles).astype(np.int8)
    return replace(shells, roles=roles, stones=())


def _with_stones(shells: Shells, scene: Scene, edges: Edges, turned: Flags) -> Shells:
    """Gem shapes become stones where they are set in metal and not buried in it."""
    volumes = np.where(turned, -scene.volumes, scene.volumes)
    triangles = shells.mesh.triangles() if turned.any() else scene.triangles
    possible = (shells.roles == SOLID) & (volumes > 0)
    if len(possible) < 2:
        return shells
    gems = gem_shapes(shells.mesh, triangles, shells.shell, edges, volumes, possible)
    if not gems:
        return shells
    numbers = np.array([gem.shell for gem in gems], np.int32)
    metal = shells.roles != STONE
    metal[numbers] = False
    signs = np.where(turned, -1, 1).astype(np.int8) * metal
    stones = _set_stones(gems, touched(scene, numbers, metal), least_depths(scene, numbers, signs.astype(np.int8)))
    roles = shells.roles.copy()
    roles[[stone.shell for stone in stones]] = STONE
    return replace(shells, roles=roles, stones=stones)


def _set_stones(gems: list[Stone], touching: Flags, depths: Ints) -> tuple[Stone, ...]:
    return tuple(gem for gem, set_in, depth in zip(gems, touching, depths, strict=True) if set_in and depth < 1)


def _turned(mesh: Mesh, chosen: Flags) -> Mesh:
    """The mesh with some faces the other way round."""
    if not chosen.any():
        return mesh
    faces = mesh.faces.copy()
    faces[chosen] = faces[chosen][:, [0, 2, 1]]
    return Mesh(mesh.vertices, faces)


@kernel("Tuple((int32[::1], int64))(int64, int32[::1], int32[::1])")
def _shells(faces: int, first: Ints, walks: Ints) -> tuple[Ints, int]:
    """The number of the shell of each face, in order of their first faces, and how many there are."""
    shell = np.arange(faces).astype(np.int32)
    for e in range(len(first) - 1):
        for i in range(first[e] + 1, first[e + 1]):
            unite(shell, np.int32(walks[i - 1] // 3), np.int32(walks[i] // 3))
    return shell, number_trees(shell)


@kernel("boolean[::1](int32[::1], int32[::1], boolean[::1], int32[::1], int64)")
def _open_shells(first: Ints, walks: Ints, upward: Flags, shell: Ints, shells: int) -> Flags:
    """Which shells have an edge that is not walked as often in one direction as in the other."""
    is_open = np.zeros(shells, np.bool_)
    for e in range(len(first) - 1):
        balance = 0
        for i in range(first[e], first[e + 1]):
            balance += 1 if upward[i] else -1
        if balance != 0:
            is_open[shell[walks[first[e]] // 3]] = True
    return is_open
