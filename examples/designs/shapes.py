"""Closed surfaces from which the demo catalogue is built, beside those of make_designs.py: plates, turned solids,
rods, loops, settings and stones. Millimetres; a piece faces -y, its top is +z; parts overlap where they are joined."""

from collections.abc import Callable

import numpy as np

from examples.designs.make_designs import (
    TURN,
    Floats,
    along_curve,
    capped_tube,
    fan,
    outwards,
    oval,
    round_wire,
    sheet,
    smooth_outline,
    tube,
)

Outline = Callable[[Floats], Floats]  # angle from the top → radius

_CORNERS = 16


def together(*parts: Floats) -> Floats:
    """Several shells as one piece."""
    return np.concatenate(parts)


def moved(triangles: Floats, *, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Floats:
    return triangles + np.array([x, y, z])


def plate(
    outline: Outline,
    *,
    thick: float,
    dome: float = 0.0,
    relief: Callable[[Floats, Floats], Floats] | None = None,
    steps: int = 120,
) -> Floats:
    """A plate in the xz plane whose edge follows an outline; its front swells by `dome`.

    relief(share of the way to the edge, angle) → what the front rises besides, in mm.
    """
    share = np.array([0.0, 0.18, 0.36, 0.54, 0.7, 0.84, 0.94, 0.985, 1.0])
    bulge = 1 - share**2
    edge = thick / 2 * np.sqrt(np.clip(1 - np.clip((share - 0.84) / 0.16, 0, 1) ** 4, 0, 1))
    t = np.arange(steps) * TURN / steps
    radius = np.broadcast_to(outline(t), t.shape)[:, None]
    front = np.broadcast_to(edge + dome * bulge, (steps, len(share)))
    if relief is not None:
        front = front + relief(share[None, :], t[:, None]) * (1 - share**6)
    back = np.broadcast_to(edge, (steps, len(share)))
    way = np.concatenate([share[1:], share[1:-1][::-1]])
    depth = np.concatenate([-front[:, 1:], back[:, 1:-1][:, ::-1]], axis=1)
    points = np.stack([radius * way * np.sin(t)[:, None], depth, radius * way * np.cos(t)[:, None]], axis=-1)
    return outwards(
        np.concatenate(
            [sheet(points), _closed(points[:, 0], -front[0, 0]), _closed(points[:, -1], back[0, 0])[:, ::-1]]
        )
    )


def _closed(ring: Floats, depth: float) -> Floats:
    """A fan around the axis at a depth, over the innermost ring of a plate."""
    after = np.roll(ring, -1, axis=0)
    middle = np.broadcast_to(np.array([0.0, depth, 0.0]), ring.shape)
    return np.stack([middle, after, ring], axis=-2)


def hoop(
    path: Floats, radius: float | Callable[[Floats], Floats], *, closed: bool = True, corners: int = _CORNERS
) -> Floats:
    """Round wire along a path."""
    thickness = radius if callable(radius) else lambda share: np.full(len(share), radius)
    return outwards(along_curve(path, round_wire(thickness, corners), closed=closed))


def swept(path: Floats, across: Floats, out: Floats, *, closed: bool) -> Floats:
    """A section along a path around the y axis that stays upright: `across` lies along y, `out` away from it."""
    away = path * [1, 0, 1]
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    points = path[:, None] + across[..., None] * np.array([0.0, 1.0, 0.0]) + out[..., None] * away[:, None]
    return tube(points) if closed else capped_tube(points)


def ribbon(path: Floats, *, width: float, thick: float, turns: float) -> Floats:
    """A flat wire along a closed path that turns around itself a whole number of half turns."""
    x, y = oval(20, np.full(len(path), width), np.full(len(path), thick), 3.0)
    y = y - thick / 2
    angle = (TURN * turns * np.arange(len(path)) / len(path))[:, None]
    return swept(path, x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle), closed=True)


def circle(radius: float, steps: int = 96, *, squeeze: float = 1.0) -> Floats:
    """A path around the y axis; `squeeze` makes it an oval."""
    t = np.arange(steps) * TURN / steps
    return np.stack([radius * np.sin(t), np.zeros_like(t), squeeze * radius * np.cos(t)], axis=-1)


def arc(radius: float, gap_degrees: float, steps: int = 120, *, squeeze: float = 1.0, gap_at: float = 0.0) -> Floats:
    """An open path around the y axis, its gap at an angle from the top."""
    half = np.radians(gap_degrees / 2)
    t = np.radians(gap_at) + np.linspace(half, TURN - half, steps)
    return np.stack([radius * np.sin(t), np.zeros_like(t), squeeze * radius * np.cos(t)], axis=-1)


def rounded_ends(radius: float, *, length: float, ball: float = 0.0) -> Callable[[Floats], Floats]:
    """Thickness of a wire with round ends, or with balls as ends."""
    end = ball or radius

    def thickness(share: Floats) -> Floats:
        from_end = np.minimum(share, 1 - share) * length
        cap = np.sqrt(np.clip(end**2 - (np.minimum(from_end, 2 * end) - end) ** 2, 0.02, None))
        return np.where(from_end < end, cap, np.maximum(np.where(from_end < 2 * end, cap, 0), radius))

    return thickness


def rod(start: tuple[float, float, float], end: tuple[float, float, float], radius: float) -> Floats:
    """A straight rod with round ends."""
    a, b = np.array(start), np.array(end)
    length = float(np.linalg.norm(b - a))
    share = np.concatenate([np.linspace(0, radius, 5), np.linspace(length - radius, length, 5)]) / length
    path = a + (b - a) * share[:, None]
    thickness = rounded_ends(radius, length=length)
    radii = thickness(share)
    return outwards(along_curve(path, lambda _: round_wire(lambda __: radii, _CORNERS)(share), closed=False))


def ball(radius: float, at: tuple[float, float, float] = (0.0, 0.0, 0.0), *, squeeze: float = 1.0) -> Floats:
    """A bead; `squeeze` flattens it along y."""
    angle = np.linspace(0, np.pi, 17)[1:-1]
    t = np.arange(28) * TURN / 28
    ring, height = np.sin(angle)[None, :] * radius, np.cos(angle)[None, :] * radius * squeeze
    points = np.stack(np.broadcast_arrays(ring * np.sin(t)[:, None], -height, ring * np.cos(t)[:, None]), axis=-1)
    ends = [_closed(points[:, 0], -radius * squeeze), _closed(points[:, -1], radius * squeeze)[:, ::-1]]
    return moved(outwards(np.concatenate([sheet(points), *ends])), x=at[0], y=at[1], z=at[2])


def loop(z: float, *, inner: float = 1.5, wire: float = 0.62) -> Floats:
    """A ring for a chain or a hook, seen from the front as a ring; its lowest point lies at z."""
    middle = z + inner + wire
    return moved(hoop(circle(inner + wire, 40), wire, corners=12), z=middle)


def bail(z: float, *, width: float = 2.6, inner: float = 2.0) -> Floats:
    """A loop around the x axis that a chain runs through sideways; its lowest point lies at z."""
    t = np.arange(48) * TURN / 48
    across, out = oval(16, width - 0.5 * np.cos(t), np.full(48, 1.3), 2.6)
    radius = inner + out
    turn = np.broadcast_to(t[:, None], radius.shape)
    points = np.stack([across, radius * np.sin(turn) * 0.9, radius * np.cos(turn)], axis=-1)
    return moved(tube(points), z=z + inner + 1.3)


def lathe(knots: list[tuple[float, float]], *, steps: int = 44, along: int = 22) -> Floats:
    """Turn a smooth line of (radius, z), from the bottom up, around the z axis; both its ends lie on the axis."""
    line = smooth_outline(np.array(knots), along)
    inner = np.clip(line[1:-1], [0.08, -np.inf], None)
    t = (np.arange(steps) * TURN / steps)[:, None]
    height = np.broadcast_to(inner[:, 1], (steps, len(inner)))
    points = np.stack([inner[:, 0] * np.cos(t), inner[:, 0] * np.sin(t), height], axis=-1)
    ends = [_tip(points[:, 0], line[0, 1])[:, ::-1], _tip(points[:, -1], line[-1, 1])]
    return outwards(np.concatenate([sheet(points), *ends]))


def _tip(ring: Floats, z: float) -> Floats:
    middle = np.broadcast_to(np.array([0.0, 0.0, z]), ring.shape)
    return np.stack([middle, ring, np.roll(ring, -1, axis=0)], axis=-2)


def collet(diameter: float, *, height: float) -> Floats:
    """A setting around the z axis: a wall that grips a round stone whose girdle lies at z = 0; rises to 0.3."""
    r = diameter / 2
    wall = np.array(
        [
            (r - 0.12, 0.3),
            (r + 0.25, 0.42),
            (r + 0.7, 0.2),
            (r + 0.75, -height / 2),
            (r + 0.35, -height),
            (r - 0.75, -height),
            (r - 0.6, -0.9),
            (r - 0.12, -0.3),
        ]
    )
    t = np.arange(48) * TURN / 48
    points = np.stack(
        [wall[None, :, 0] * np.cos(t)[:, None], wall[None, :, 0] * np.sin(t)[:, None], np.tile(wall[:, 1], (48, 1))],
        axis=-1,
    )
    return tube(points)


def stone(diameter: float, *, length: float = 0.0, sides: int = 16) -> Floats:
    """A faceted stone around the z axis, its girdle at z = 0, its table above: round, or oval along y when longer."""
    t = (np.arange(sides) + 0.5) * TURN / sides
    r = diameter / 2
    levels = [(0.57, 0.16 * diameter), (1.0, 0.02 * diameter), (1.0, -0.02 * diameter)]
    rings = [
        np.stack([r * scale * np.cos(t), (length or diameter) / 2 * scale * np.sin(t), np.full(sides, z)], axis=-1)
        for scale, z in levels
    ]
    table = fan(rings[0], flip=False)
    tip = np.broadcast_to(np.array([0.0, 0.0, -0.44 * diameter]), rings[0].shape)
    after = np.roll(rings[2], -1, axis=0)
    side = sheet(np.stack(rings, axis=1))
    return outwards(np.concatenate([table, side, np.stack([tip, rings[2], after], axis=-2)]))


def turned(triangles: Floats, *, degrees: float, axis: str) -> Floats:
    """Turned about an axis through the origin."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrices = {
        "x": np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]]),
        "y": np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]]),
        "z": np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]),
    }
    return np.asarray(triangles @ matrices[axis].T)
