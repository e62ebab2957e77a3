"""The families of the demo catalogue: each a function of a few lengths that makes one piece. Rings take their inner
diameter, so that every size is a design of its own with its own weight."""

from collections.abc import Callable

import numpy as np

from examples.designs.make_designs import TURN, Floats, Shape, around_finger, bump, capped_tube, outwards, oval
from examples.designs.shapes import (
    Outline,
    arc,
    bail,
    ball,
    circle,
    collet,
    hoop,
    lathe,
    loop,
    moved,
    plate,
    ribbon,
    rod,
    rounded_ends,
    stone,
    swept,
    together,
    turned,
)

Relief = Callable[[Floats, Floats], Floats]
Posts = tuple[tuple[float, float], tuple[float, float]]

# --- outlines of plates: angle from the top → radius --------------------------------------------------------------


def round_outline(radius: float) -> Outline:
    return lambda t: np.full_like(t, radius)


def flower(radius: float, *, petals: int, depth: float) -> Outline:
    return lambda t: radius * (1 - depth + depth * np.abs(np.cos(petals * t / 2)) ** 0.7)


def star(radius: float, *, points: int, depth: float) -> Outline:
    return lambda t: radius * (1 - depth + depth * np.abs(np.cos(points * t / 2)) ** 3)


def heart(radius: float) -> Outline:
    """A heart about its middle, the cleft at the top."""

    def outline(t: Floats) -> Floats:
        grid = np.linspace(0, TURN, 721)[:-1]
        x = 16 * np.sin(grid) ** 3
        z = 13 * np.cos(grid) - 5 * np.cos(2 * grid) - 2 * np.cos(3 * grid) - np.cos(4 * grid) + 1.5
        angle = np.mod(np.arctan2(x, z), TURN)
        order = np.argsort(angle)
        found = np.interp(np.mod(t, TURN), angle[order], np.hypot(x, z)[order], period=TURN)
        return np.asarray(radius * found / 16)

    return outline


def cushion(radius: float, power: float = 5.0, *, squeeze: float = 1.0) -> Outline:
    """A square with round corners; a rectangle when squeezed."""
    return lambda t: radius / (np.abs(np.sin(t) / squeeze) ** power + np.abs(np.cos(t)) ** power) ** (1 / power)


def leaf(length: float, width: float) -> Outline:
    """Two arcs that meet above and below."""
    return lambda t: (
        1 / (np.abs(np.cos(t) / (length / 2)) ** 1.35 + np.abs(np.sin(t) / (width / 2)) ** 1.35) ** (1 / 1.35)
    )


def polygon(radius: float, sides: int) -> Outline:
    half = np.pi / sides
    return lambda t: radius * np.cos(half) / np.cos(np.mod(t + half, 2 * half) - half)


# --- reliefs of plates: share of the way to the edge, angle → mm --------------------------------------------------


def rays(height: float, many: int) -> Relief:
    return lambda share, t: height * np.cos(many * t) * share**1.3


def ripples(height: float, many: float) -> Relief:
    return lambda share, t: height * np.cos(TURN * many * share) + 0 * t


def veins(height: float) -> Relief:
    return lambda share, t: height * (np.abs(np.cos(t)) ** 8 + 0.5 * np.abs(np.cos(5 * t)) * share)


def hammered(height: float, seed: int) -> Relief:
    """Soft dents, the same for the same seed."""
    waves = np.random.default_rng(seed).uniform(-1, 1, (7, 3)) * [3.4, 3.4, np.pi]

    def relief(share: Floats, t: Floats) -> Floats:
        x, z = share * np.sin(t), share * np.cos(t)
        return height * sum(np.cos(3 * a * x + 3 * b * z + c) for a, b, c in waves) / 3

    return relief


def waves(height: float, many: int) -> Relief:
    return lambda share, t: height * np.cos(many * share * np.cos(t) + 1.2 * np.sin(2.2 * share * np.sin(t)))


# --- rings --------------------------------------------------------------------------------------------------------


def band(inner_mm: float, *, width: float, thick: float, power: float = 2.6, steps: int = 110) -> Floats:
    """Plain: round, court or flat by its power."""

    def section(t: Floats) -> Shape:
        return oval(24, np.full(len(t), width), np.full(len(t), thick), power)

    return around_finger(steps, section, inner_mm / 2)


def fluted_band(
    inner_mm: float, *, width: float, thick: float, flutes: int, depth: float, slant: float = 0.0
) -> Floats:
    """Grooves across the band, or slanting like a coin's edge."""

    def section(t: Floats) -> Shape:
        across, out = oval(22, np.full(len(t), width), np.full(len(t), thick), 3.2)
        outside = np.clip(out / thick, 0, 1) ** 2
        return across, out + depth * outside * np.cos(flutes * t[:, None] + slant * across)

    return around_finger(flutes * 8, section, inner_mm / 2)


def hammered_band(inner_mm: float, *, width: float, thick: float, depth: float, seed: int) -> Floats:
    """The outside beaten in soft dents, the inside smooth."""
    drawn = np.random.default_rng(seed)
    many = drawn.integers(5, 17, 6)
    phase, tilt = drawn.uniform(0, TURN, 6), drawn.uniform(-1.6, 1.6, 6)

    def section(t: Floats) -> Shape:
        across, out = oval(24, np.full(len(t), width), np.full(len(t), thick), 3.0)
        dents = sum(np.cos(n * t[:, None] + p + k * across) for n, p, k in zip(many, phase, tilt, strict=True)) / 3
        return across, out + depth * dents * np.clip(out / thick, 0, 1) ** 2

    return around_finger(132, section, inner_mm / 2)


def edged_band(inner_mm: float, *, width: float, thick: float, beads: int) -> Floats:
    """A flat band whose two edges are rows of small beads, as a milgrain wheel leaves them."""

    def section(t: Floats) -> Shape:
        across, out = oval(26, np.full(len(t), width), np.full(len(t), thick), 4.0)
        at_edge = np.exp(-(((np.abs(across) - width / 2 + 0.45) / 0.32) ** 2))
        rise = 0.28 * at_edge * (0.55 + 0.45 * np.cos(beads * t[:, None]))
        return across, out + rise * np.clip(out / thick, 0, 1) ** 3

    return around_finger(beads * 6, section, inner_mm / 2)


def ridge_band(inner_mm: float, *, width: float, thick: float) -> Floats:
    """Two slopes that meet in a ridge."""

    def section(t: Floats) -> Shape:
        across, out = oval(28, np.full(len(t), width), np.full(len(t), thick * 0.62), 4.0)
        slope = np.clip(1 - np.abs(across) / (width / 2), 0, 1)
        return across, out + thick * 0.38 * slope * np.clip(out / (thick * 0.62), 0, 1) ** 2

    return around_finger(110, section, inner_mm / 2)


def rope(inner_mm: float, *, radius: float, strands: int, twists: int) -> Floats:
    """Strands laid around each other."""

    def section(t: Floats) -> Shape:
        s = np.arange(30) * TURN / 30
        lobes = radius * (1 + 0.17 * np.cos(strands * s[None, :] - twists * t[:, None]))
        return lobes * np.cos(s), radius * 1.17 + lobes * np.sin(s)

    return around_finger(160, section, inner_mm / 2)


def wave(inner_mm: float, *, width: float, thick: float, swing: float, waves_: int) -> Floats:
    """A band that swings from side to side."""

    def section(t: Floats) -> Shape:
        swell = np.cos(2 * waves_ * t)
        across, out = oval(22, width + 0.3 * swell, thick + 0.2 * swell, 2.4)
        return across + swing * np.sin(waves_ * t)[:, None], out

    return around_finger(132, section, inner_mm / 2)


def chevron(inner_mm: float, *, width: float, thick: float, drop: float) -> Floats:
    """A band that dips to a soft point at the head."""

    def section(t: Floats) -> Shape:
        across, out = oval(22, np.full(len(t), width), np.full(len(t), thick), 2.6)
        from_head = np.abs((t + np.pi) % TURN - np.pi)
        dip = drop * np.exp(-np.sqrt(from_head**2 + 0.01) / 0.62)
        return across + dip[:, None], out

    return around_finger(132, section, inner_mm / 2, denser_at_head=0.3)


def dome(inner_mm: float, *, shank: float, head: float, rise: float, power: float = 2.2) -> Floats:
    """Narrow below, swelling into a dome at the head."""

    def section(t: Floats) -> Shape:
        swell = bump(t, 2.3)
        return oval(28, shank + (head - shank) * swell, 1.6 + rise * swell**1.3, power)

    return around_finger(112, section, inner_mm / 2)


def signet(inner_mm: float, *, plate_mm: float, width: float, power: float) -> Floats:
    """A shank that widens into a flat plate."""
    inner = inner_mm / 2
    top = inner + plate_mm

    def section(t: Floats) -> Shape:
        head = bump(t, 1.15)
        swollen = inner + 1.7 + 5.0 * bump(t, 0.95)
        plane = top / np.maximum(np.cos(t), 0.25)
        outside = -np.log(np.exp(-9 * swollen) + np.exp(-9 * plane)) / 9
        return oval(32, 3.0 + (width - 3.0) * head**0.9, outside - inner, 2.4 + power * head)

    return around_finger(112, section, inner, denser_at_head=0.6)


def beads(inner_mm: float, *, many: int, radius: float) -> Floats:
    """A row of beads from one wire."""

    def section(t: Floats) -> Shape:
        from_middle = np.abs((t * many / TURN) % 1 * 2 - 1)
        size = radius * np.sqrt(1 - 0.6 * (1 - from_middle) ** 2.4)
        s = np.arange(18) * TURN / 18
        return size[:, None] * np.cos(s), radius + size[:, None] * np.sin(s)

    return around_finger(many * 9, section, inner_mm / 2)


def crossing(inner_mm: float, *, wire: float, swing: float) -> Floats:
    """Two round wires that cross at the head and run side by side below."""
    t = np.arange(128) * TURN / 128
    radius = inner_mm / 2 + wire + 0.1
    parts = [
        hoop(np.stack([radius * np.sin(t), side * swing * np.sin(t) * bump(t, 2.6), radius * np.cos(t)], axis=-1), wire)
        for side in (-1, 1)
    ]
    return together(*parts)


def bypass(inner_mm: float, *, wire: float, ends: float) -> Floats:
    """An open ring whose ends pass each other, each with a bead."""
    radius = inner_mm / 2 + wire
    t = np.linspace(-0.42, TURN + 0.42, 150)
    aside = (ends + 0.25) * np.tanh(2.2 * (t - np.pi) / np.pi)
    path = np.stack([radius * np.sin(t), aside, radius * np.cos(t)], axis=-1)
    length = radius * (TURN + 0.84)
    return hoop(path, rounded_ends(wire, length=length, ball=ends), closed=False)


def solitaire(inner_mm: float, *, stone_mm: float, wire: float) -> Floats:
    """One round stone in a closed setting on a round wire."""
    shank = hoop(circle(inner_mm / 2 + wire, 110), wire)
    height = inner_mm / 2 + 2 * wire + 0.44 * stone_mm + 0.1
    deep = 0.44 * stone_mm + 0.7 * wire
    return together(shank, moved(collet(stone_mm, height=deep), z=height), moved(stone(stone_mm), z=height))


def trilogy(inner_mm: float, *, stone_mm: float, wire: float) -> Floats:
    """Three stones in a row on a round wire, the middle one larger."""
    shank = hoop(circle(inner_mm / 2 + wire, 110), wire)
    parts = [shank]
    for place in (-1, 0, 1):
        size = stone_mm * (1.0 if place == 0 else 0.74)
        height = inner_mm / 2 + 2 * wire + 0.44 * size + 0.1
        degrees = place * np.degrees((stone_mm * 0.87 + 1.25) / height)
        set_stone = together(collet(size, height=0.44 * size + 0.8 * wire), stone(size))
        parts.append(turned(moved(set_stone, z=height), degrees=degrees, axis="y"))
    return together(*parts)


# --- hoops, studs, drops ------------------------------------------------------------------------------------------


def ear_hoop(*, radius: float, wire: float, swell: float = 0.0, squeeze: float = 1.0) -> Floats:
    """A hoop with a gap for the ear, fuller below by `swell`."""
    path = arc(radius, 22, squeeze=squeeze)
    length = TURN * radius * 0.94

    def thickness(share: Floats) -> Floats:
        return rounded_ends(wire, length=length)(share) + swell * np.sin(np.pi * share) ** 2

    return hoop(path, thickness, closed=False, corners=20)


def rope_hoop(*, radius: float, wire: float, strands: int, twists: int) -> Floats:
    """A rope bent to a hoop without a gap, with a loop for its hook."""

    def section(t: Floats) -> Shape:
        s = np.arange(26) * TURN / 26
        lobes = wire * (1 + 0.17 * np.cos(strands * s[None, :] - twists * t[:, None]))
        return lobes * np.cos(s), wire * 1.17 + lobes * np.sin(s)

    return together(around_finger(144, section, radius), loop(radius + wire * 2.05))


def stud(front: Floats) -> Floats:
    """A front on its post for the ear."""
    return together(front, rod((0, 0.2, 0), (0, 11, 0), 0.62))


def hanging(front: Floats, *, top: float) -> Floats:
    """A piece below a small loop."""
    return together(front, loop(top - 0.5))


def drop_body(*, length: float, width: float) -> Floats:
    """A drop of water."""
    r = width / 2
    return lathe(
        [
            (0, 0),
            (r * 0.72, r * 0.28),
            (r, r),
            (r * 0.7, r * 2),
            (1.0, length * 0.82),
            (0.75, length * 0.95),
            (0, length),
        ]
    )


def halo_drop(*, stone_mm: float) -> Floats:
    """A stone in its setting that faces you, below a loop."""
    setting = together(collet(stone_mm, height=0.44 * stone_mm + 0.9), stone(stone_mm))
    return together(turned(setting, degrees=90, axis="x"), loop(stone_mm / 2 + 0.35))


def knot(*, size: float, wire: float, lobes: int = 3) -> Floats:
    """A torus knot of one strand: three lobes, or more."""
    t = np.arange(180) * TURN / 180
    path = np.stack(
        [np.sin(t) + 2 * np.sin((lobes - 1) * t), -1.15 * np.sin(lobes * t), np.cos(t) - 2 * np.cos((lobes - 1) * t)],
        axis=-1,
    )
    return hoop(path * size / 3, wire, corners=18)


def endless(*, width: float, wire: float) -> Floats:
    """The sign of infinity, its strand passing over itself."""
    t = np.arange(160) * TURN / 160
    scale = width / 2 / (1 + np.sin(t) ** 2)
    path = np.stack([scale * np.cos(t), 1.25 * wire * np.sin(t), 1.25 * scale * np.sin(t) * np.cos(t)], axis=-1)
    return hoop(path, wire, corners=18)


def crescent(*, radius: float, full: float) -> Floats:
    """A moon: a sickle of round wire, full in the middle, fine at its tips."""
    path = arc(radius, 120, gap_at=58)

    def thickness(share: Floats) -> Floats:
        return 0.62 + (full - 0.62) * np.sin(np.pi * share) ** 1.4

    return hoop(
        path,
        lambda share: thickness(share) * np.sqrt(np.clip(1 - np.abs(2 * share - 1) ** 50, 0.03, 1)),
        closed=False,
        corners=20,
    )


def heart_wire(*, size: float, wire: float) -> Floats:
    """A heart drawn with one wire, its point and its cleft soft enough for the wire to turn."""
    t = np.arange(160) * TURN / 160
    x = 13 * np.sin(t) - 2.2 * np.sin(3 * t)
    z = 11 * np.cos(t) - 4.2 * np.cos(2 * t) - 0.9 * np.cos(3 * t)
    return hoop(np.stack([x * size / 16, 0 * t, z * size / 16], axis=-1), wire)


def bar(*, length: float, wire: float, twist: float = 0.0) -> Floats:
    """An upright bar of four sides, twisted or straight."""
    steps = 60
    share = np.linspace(0, 1, steps)
    s = (np.arange(24) + 0.5) * TURN / 24
    shape = 1 / (np.abs(np.cos(s)) ** 6 + np.abs(np.sin(s)) ** 6) ** (1 / 6)
    angle = s[None, :] + twist * TURN * share[:, None]
    end = np.minimum(share, 1 - share) * length / wire
    size = wire * np.sqrt(np.clip(1 - np.clip(1 - end, 0, 1) ** 2, 0.02, 1))[:, None] * shape
    points = np.stack(
        [size * np.cos(angle), size * np.sin(angle), np.broadcast_to(share[:, None] * length, size.shape)], -1
    )
    return outwards(capped_tube(points))


# --- for the wrist ------------------------------------------------------------------------------------------------


def bangle(*, inner_mm: float, wire: float, squeeze: float = 0.86) -> Floats:
    return hoop(circle(inner_mm / 2 + wire, 150, squeeze=squeeze), wire, corners=20)


def wave_bangle(*, inner_mm: float, wire: float, waves_: int, swing: float) -> Floats:
    t = np.arange(180) * TURN / 180
    radius = inner_mm / 2 + wire
    path = np.stack([radius * np.sin(t), swing * np.sin(waves_ * t), 0.86 * radius * np.cos(t)], axis=-1)
    return hoop(path, wire, corners=18)


def torque(*, inner_mm: float, wire: float, ends: float) -> Floats:
    """Open below, with a ball at each end."""
    radius = inner_mm / 2 + wire
    path = arc(radius, 42, 170, squeeze=0.86, gap_at=180)
    return hoop(path, rounded_ends(wire, length=TURN * radius * 0.82, ball=ends), closed=False, corners=18)


def cuff(*, inner_mm: float, width: float, thick: float) -> Floats:
    """A broad open band, its corners rounded, narrower at the ends."""
    path = arc(inner_mm / 2 + thick / 2, 62, 110, squeeze=0.84, gap_at=180)
    share = np.linspace(0, 1, len(path))
    from_end = np.minimum(share, 1 - share)
    taper = np.sqrt(np.clip(1 - np.clip(1 - from_end / 0.03, 0, 1) ** 2, 0.03, 1))
    breadth = width * (0.62 + 0.38 * np.clip(from_end / 0.4, 0, 1) ** 0.8) * taper
    across, out = oval(26, breadth, np.full(len(path), thick), 3.4)
    return swept(path, across, (out - thick / 2) * (0.75 + 0.25 * taper)[:, None], closed=False)


def twisted_bangle(*, inner_mm: float, width: float, thick: float, turns: float) -> Floats:
    """A flat wire that turns around itself on its way around the wrist."""
    return ribbon(circle(inner_mm / 2 + width / 2, 220, squeeze=0.86), width=width, thick=thick, turns=turns)


def rope_bangle(*, inner_mm: float, wire: float, strands: int, twists: int) -> Floats:
    def section(t: Floats) -> Shape:
        s = np.arange(26) * TURN / 26
        lobes = wire * (1 + 0.17 * np.cos(strands * s[None, :] - twists * t[:, None]))
        return lobes * np.cos(s), wire * 1.17 + lobes * np.sin(s)

    return around_finger(260, section, inner_mm / 2)


# --- cufflinks, brooches ------------------------------------------------------------------------------------------


def cufflink(front: Floats) -> Floats:
    """A front, a stem, and the bar that turns in the button-hole."""
    return together(front, rod((0, 0.2, 0), (0, 14, 0), 1.0), rod((-6.5, 14, 0), (6.5, 14, 0), 1.35))


def brooch(front: Floats, *, posts: Posts) -> Floats:
    """A front with the two posts at its back that carry the pin; each is told by its x and z."""
    return together(front, *[rod((x, 0.3, z), (x, 4.2, z), 0.85) for x, z in posts])


def wreath(*, radius: float, leaves: int, length: float) -> Floats:
    """A ring of wire with leaves laid along it."""
    parts = [hoop(circle(radius, 120), 0.85)]
    for number in range(leaves):
        blade = turned(plate(leaf(length, length * 0.46), thick=1.3, dome=0.35, steps=44), degrees=62, axis="y")
        parts.append(turned(moved(blade, y=-0.55, z=radius), degrees=360 * number / leaves, axis="y"))
    return together(*parts)


def spiral(*, radius: float, wire: float, turns: float) -> Floats:
    """A spring of wire laid flat."""
    t = np.linspace(0, turns * TURN, int(70 * turns))
    reach = 1.5 * wire + (radius - 1.5 * wire) * t / t[-1]
    path = np.stack([reach * np.sin(t), np.zeros_like(t), reach * np.cos(t)], axis=-1)
    length = float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())
    return hoop(path, rounded_ends(wire, length=length), closed=False)


def bow(*, width: float, wire: float) -> Floats:
    """A ribbon tied into a bow: two loops and a knot."""
    return together(endless(width=width, wire=wire), ball(wire * 2.1, squeeze=0.8))


def with_bail(front: Floats, *, top: float) -> Floats:
    return together(front, bail(top - 0.7))
