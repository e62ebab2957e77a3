"""Piles of shells whose metal is known, and shells put together by hand."""

import numpy as np

from pricing.engine.mesh import Mesh
from pricing.engine.shells import CAVITY, OPEN, SOLID, STONE, Shells
from tests.pricing.engine import shapes


def block(size, at=(0.0, 0.0, 0.0)):
    """A box as triangles, (12, 3, 3)."""
    return shapes.cube() * np.array(size, float) + np.array(at, float)


def ball(radius=1.0, at=(0.0, 0.0, 0.0), around=96):
    """A sphere of around x around / 2 facets, its corners on the sphere."""
    u = np.arange(around) * 2 * np.pi / around
    v = np.arange(1, around // 2) * 2 * np.pi / around
    rings = np.stack(
        [np.outer(np.sin(v), np.cos(u)), np.outer(np.sin(v), np.sin(u)), np.outer(np.cos(v), 0 * u + 1)], -1
    )
    a, b = rings, np.roll(rings, -1, axis=1)
    top, bottom = np.broadcast_to([0, 0, 1.0], a[0].shape), np.broadcast_to([0, 0, -1.0], a[0].shape)
    middle = [np.stack([a[:-1], a[1:], b[1:]], -2), np.stack([a[:-1], b[1:], b[:-1]], -2)]
    caps = [np.stack([top, a[0], b[0]], -2), np.stack([bottom, b[-1], a[-1]], -2)]
    return np.concatenate([part.reshape(-1, 3, 3) for part in middle + caps]) * radius + np.array(at, float)


def inside_out(triangles):
    return triangles[:, ::-1]


def pile(*parts, roles=None, container=None):
    """Shells of parts, each as triangles; all solids unless roles say otherwise."""
    count = len(parts)
    vertices, faces = np.unique(np.concatenate(parts).reshape(-1, 3) + 0.0, axis=0, return_inverse=True)
    return Shells(
        mesh=Mesh(vertices, faces.reshape(-1, 3).astype(np.int32)),
        shell=np.repeat(np.arange(count), [len(part) for part in parts]).astype(np.int32),
        roles=np.array(roles or [SOLID] * count, np.int8),
        container=np.array(container or [-1] * count, np.int32),
        stones=(),
    )


def turned(triangles, seed):
    """Turned by a random rotation."""
    matrix, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return triangles @ (matrix * np.sign(np.linalg.det(matrix)))


def prong_ring(prongs=24, fineness=1):
    """A band with overlapping prongs, each with a bead on top that sinks into it, as parts."""
    parts = [shapes.torus(9.0, 1.0, around=96 * fineness, across=32 * fineness)]
    for angle in np.arange(prongs) * 2 * np.pi / prongs:
        c, s = np.cos(angle), np.sin(angle)
        turn = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
        parts.append(block((1.8, 0.6, 0.7), (9.4, -0.3, -0.3)) @ turn)
        parts.append(ball(0.45, (11.2, 0.05, 0.02), around=16 * fineness) @ turn)
    return parts


def open_pile(*parts):
    return pile(*parts, roles=[OPEN] * len(parts))


# name → shells, mm3 of metal, separate pieces
KNOWN = {
    "one block": (pile(block((10, 4, 2))), 80, 1),
    "two blocks that overlap": (pile(block((4, 4, 5)), block((4, 6, 4), (3, 1, 2))), 167, 1),
    "the same block twice": (pile(block((10, 4, 2)), block((10, 4, 2))), 80, 1),
    "a block in a block": (pile(block((10, 10, 10)), block((2, 2, 2), (4, 4, 4))), 1000, 1),
    "a cavity": (
        pile(block((10, 10, 10)), inside_out(block((2, 3, 4), (4, 4, 4))), roles=[SOLID, CAVITY], container=[-1, 0]),
        976,
        1,
    ),
    "an island in a cavity": (
        pile(
            block((10, 10, 10)),
            inside_out(block((4, 4, 4), (3, 3, 3))),
            block((1, 1, 1), (5, 5, 5)),
            roles=[SOLID, CAVITY, SOLID],
            container=[-1, 0, -1],
        ),
        937,
        2,
    ),
    "a rod through a cavity": (
        pile(
            block((10, 10, 10)),
            inside_out(block((4, 4, 4), (3, 3, 3))),
            block((1, 1, 12), (4.5, 4.5, -1)),
            roles=[SOLID, CAVITY, SOLID],
            container=[-1, 0, -1],
        ),
        942,
        1,
    ),
    "two blocks that touch": (pile(block((2, 2, 2)), block((2, 2, 2), (2, 0, 0))), 16, 1),
    "two blocks apart": (pile(block((2, 2, 2)), block((2, 2, 2), (2.01, 0, 0))), 16, 2),
    "a stone in its seat": (
        pile(block((4, 4, 4)), block((2, 2, 2), (1, 1, 3)), roles=[SOLID, STONE]),
        64,
        1,
    ),
}
