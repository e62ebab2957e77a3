"""Faces that a file has twice: one of them stays, or none where they are a wall of no thickness between two bodies.

Whoever wants such bodies apart keeps both sides of the wall.
"""

import numpy as np
import numpy.typing as npt

from pricing.engine.edges import Edges, Flags, Ints, flattened, unite_pairs
from pricing.engine.mesh import Faces, Mesh

Longs = npt.NDArray[np.int64]


def drop_duplicates(mesh: Mesh, edges: Edges, *, apart: bool = False) -> tuple[Mesh, int]:
    """Of faces with the same three vertices keep one, of a wall of no thickness none (both if apart); how many went."""
    edge = np.repeat(np.arange(len(edges), dtype=np.int32), np.diff(edges.first))
    groups = _groups(mesh.faces, edges, edge)
    if np.array_equal(groups, np.arange(len(groups))):
        return mesh, 0
    turns = _turns(mesh.faces)
    kept = np.arange(len(groups)) == _kept_faces(groups, turns)[groups]
    walls = _walls(groups, turns, edge, edges.walks // 3)[groups]
    if apart:
        kept |= walls & (np.bincount(groups, minlength=len(groups)) == 2)[groups]
    else:
        kept &= ~walls
    return mesh.part(kept), int(np.count_nonzero(~kept))


def _groups(faces: Faces, edges: Edges, edge: Ints) -> Ints:
    """Per face the first face with the same vertices: such faces meet at an edge and have the same vertex opposite."""
    f, k = np.divmod(edges.walks, 3)
    several = np.flatnonzero(np.repeat(np.diff(edges.first) > 1, np.diff(edges.first)))
    f, key = f[several], edge[several].astype(np.int64) << 32 | faces[f, (k + 2) % 3][several]
    crowded = np.flatnonzero(np.repeat(np.diff(edges.first) > 2, np.diff(edges.first))[several])
    order = np.arange(len(several))
    order[crowded] = crowded[np.argsort(key[crowded], kind="stable")]
    same = key[order[1:]] == key[order[:-1]]
    groups = np.arange(len(faces), dtype=np.int32)
    unite_pairs(groups, f[order[1:]][same], f[order[:-1]][same])
    return flattened(groups)


def _turns(faces: Faces) -> Longs:
    """+1 or -1 per face: which way round it walks its vertices."""
    a, b, c = faces.T
    return np.where((a < b) ^ (b < c) ^ (c < a), 1, -1)


def _kept_faces(groups: Ints, turns: Longs) -> Longs:
    """At the root of each group the face to keep: the first that walks round as most of the group do."""
    balance = np.bincount(groups, turns, len(groups))
    majority = np.where(balance == 0, turns, np.sign(balance))  # evenly split: as the first of them, the root, does
    agreeing = np.flatnonzero(turns == majority[groups])[::-1]
    kept = np.full(len(groups), -1)
    kept[groups[agreeing]] = agreeing  # the last one written is the first face
    return kept


def _walls(groups: Ints, turns: Longs, edge: Ints, f: Ints) -> Flags:
    """At the root of each group whether it cancels out.

    It has as many faces one way round as the other, and it belongs to a patch of such at whose rim two other faces
    meet, which are the surface there. A patch through which the surface passes once (a file with both sides) stays.
    """
    even = (np.bincount(groups, minlength=len(groups)) > 1) & (np.bincount(groups, turns, len(groups)) == 0)
    concerned = np.zeros(edge[-1] + 1, np.bool_)
    concerned[edge[even[groups[f]]]] = True
    chosen = concerned[edge]
    entries = np.unique(edge[chosen].astype(np.int64) << 32 | groups[f[chosen]])
    at, group = (entries >> 32), (entries & 0xFFFFFFFF).astype(np.int32)
    meeting = np.bincount(at)[at]
    patches = np.arange(len(groups), dtype=np.int32)
    paired = np.flatnonzero((at[1:] == at[:-1]) & (meeting[1:] == 2) & even[group[1:]] & even[group[:-1]])
    unite_pairs(patches, group[paired], group[paired + 1])
    patches = flattened(patches)
    bounded = np.bincount(patches[group], (meeting > 2) & even[group], len(groups)) > 0
    return np.asarray(even & bounded[patches])
