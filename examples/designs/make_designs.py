"""Makes the demo shop's designs: `python examples/designs/make_designs.py`. numpy only, the same bytes every time.

Every piece is a closed curve along which a closed section is swept, the section changing on the way: one clean,
watertight surface. Rings stand upright, as jewellers model them: the finger axis is y, the head is at the top (+z).
Lengths are millimetres.
"""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Shape = tuple[Floats, Floats]  # across the band (y) and outwards from the finger, both (steps, corners)

HERE = Path(__file__).parent
TURN = 2 * np.pi


# --- surfaces -------------------------------------------------------------------------------------------------------


def tube(points: Floats) -> Floats:
    """Triangles of a closed ring of closed sections; points: (steps, corners, 3). Normals point outwards when the
    section runs counter-clockwise seen against the direction of travel."""
    a, b = points, np.roll(points, -1, axis=0)
    c, d = np.roll(b, -1, axis=1), np.roll(a, -1, axis=1)
    return outwards(np.concatenate([np.stack([a, b, c], axis=-2), np.stack([a, c, d], axis=-2)]).reshape(-1, 3, 3))


def capped_tube(points: Floats) -> Floats:
    """Like `tube`, but the sweep has two ends, each closed by a fan around the middle of its section."""
    a, b = points[:-1], points[1:]
    c, d = np.roll(b, -1, axis=1), np.roll(a, -1, axis=1)
    side = np.concatenate([np.stack([a, b, c], axis=-2), np.stack([a, c, d], axis=-2)]).reshape(-1, 3, 3)
    return outwards(np.concatenate([side, fan(points[0], flip=False), fan(points[-1], flip=True)]))


def fan(section: Floats, *, flip: bool) -> Floats:
    after = np.roll(section, -1, axis=0)
    middle = np.broadcast_to(section.mean(axis=0), section.shape)
    return np.stack([middle, after, section] if flip else [middle, section, after], axis=-2)


def outwards(triangles: Floats) -> Floats:
    """The same surface with its normals pointing out of the metal. Rounded to what an STL file holds."""
    triangles = triangles.astype(np.float32).astype(np.float64)
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    volume = np.einsum("ij,ij->", a, np.cross(b, c))
    return triangles if volume > 0 else triangles[:, ::-1]


def around_finger(
    steps: int, section: Callable[[Floats], Shape], inner_radius: float, *, denser_at_head: float = 0.0
) -> Floats:
    """A ring: at angle t (0 at the top, the head) the section's points lie at (across, inner radius + outwards).
    denser_at_head: 0 spreads the steps evenly, towards 1 they gather at the head."""
    even = np.arange(steps) * TURN / steps
    t = even - denser_at_head * np.sin(even)
    across, out = section(t)
    radius = inner_radius + out
    turn = np.broadcast_to(t[:, None], radius.shape)
    return tube(
        np.stack([radius * np.sin(turn), np.broadcast_to(across, radius.shape), radius * np.cos(turn)], axis=-1)
    )


def oval(corners: int, width: Floats, height: Floats, power: Floats | float) -> Shape:
    """A rounded rectangle (a superellipse; power 2 is an ellipse) that stands on 0: across -w/2 … w/2, out 0 … h."""
    s = (np.arange(corners) + 0.5) * TURN / corners
    cos, sin = np.cos(s), np.sin(s)
    exponent = 2 / np.broadcast_to(np.asarray(power, float), width.shape)[:, None]
    x = np.sign(cos) * np.abs(cos) ** exponent
    y = np.sign(sin) * np.abs(sin) ** exponent
    return width[:, None] * x / 2, height[:, None] * (1 + y) / 2


def bump(t: Floats, width: float) -> Floats:
    """1 at the head (t = 0), falling smoothly to 0 within `width` radians on both sides."""
    distance = np.abs((t + np.pi) % TURN - np.pi)
    return np.where(distance < width, np.cos(np.minimum(distance / width, 1) * np.pi / 2) ** 2, 0.0)


# --- rings ----------------------------------------------------------------------------------------------------------


def comfort_band() -> Floats:
    """Rounded inside and outside, so that it slides over the knuckle."""

    def section(t: Floats) -> Shape:
        return oval(36, np.full(len(t), 4.5), np.full(len(t), 1.8), 2.6)

    return around_finger(120, section, inner_radius=8.5)


def knife_edge_band() -> Floats:
    """Two slopes that meet in a ridge with a fine land; slightly rounded inside."""
    outline = np.array([(-1.9, 0.12), (-1.2, 0.0), (1.2, 0.0), (1.9, 0.12), (2.0, 0.35), (2.0, 0.85), (1.9, 1.0),
                        (0.12, 2.15), (0.0, 2.18), (-0.12, 2.15), (-1.9, 1.0), (-2.0, 0.85), (-2.0, 0.35)])  # fmt: skip
    outline = refined(outline, 2)

    def section(t: Floats) -> Shape:
        return np.tile(outline[:, 0], (len(t), 1)), np.tile(outline[:, 1], (len(t), 1))

    return around_finger(160, section, inner_radius=8.25)


def refined(outline: Floats, parts: int) -> Floats:
    shares = np.arange(parts)[None, :, None] / parts
    after = np.roll(outline, -1, axis=0)
    return np.asarray((outline[:, None] * (1 - shares) + after[:, None] * shares).reshape(-1, 2))


def twisted_band() -> Floats:
    """A three-lobed wire that turns around itself like a rope; a whole number of turns closes it without a seam."""

    def section(t: Floats) -> Shape:
        s = np.arange(36) * TURN / 36
        lobes = 1.22 + 0.24 * np.cos(3 * (s[None, :] - t[:, None] * 14 / 3))
        return lobes * np.cos(s), 1.46 + lobes * np.sin(s)

    return around_finger(168, section, inner_radius=8.5)


def signet_ring() -> Floats:
    """The shank widens into a flat plate at the head; over the plate the outside is a plane, not a circle."""
    inner, plate = 8.75, 11.3

    def section(t: Floats) -> Shape:
        head = bump(t, 1.15)
        swollen = inner + 1.7 + 5.2 * bump(t, 0.95)
        plane = plate / np.maximum(np.cos(t), 0.25)  # distance to z = plate along this spoke
        outside = -np.log(np.exp(-9 * swollen) + np.exp(-9 * plane)) / 9  # the smaller of both, rounded where they meet
        return oval(42, 3.2 + 8.4 * head**0.9, outside - inner, 2.4 + 3.2 * head)

    return around_finger(128, section, inner, denser_at_head=0.62)


def wave_ring() -> Floats:
    """A band that swings from side to side, thicker where it turns."""

    def section(t: Floats) -> Shape:
        across, out = oval(30, 2.5 + 0.35 * np.cos(6 * t), 1.75 + 0.25 * np.cos(6 * t), 2.3)
        return across + 1.25 * np.sin(3 * t)[:, None], out

    return around_finger(150, section, inner_radius=8.25)


def dome_ring() -> Floats:
    """Narrow below, swelling into a high, broad dome at the head."""

    def section(t: Floats) -> Shape:
        head = bump(t, 2.4)
        return oval(40, 2.6 + 7.4 * head, 1.6 + 2.7 * head**1.3, 2.2)

    return around_finger(120, section, inner_radius=8.5)


def bead_ring() -> Floats:
    """Twenty-four beads, drawn from one wire; the valleys between them stay thick enough to wear."""

    def section(t: Floats) -> Shape:
        from_middle = np.abs((t * 24 / TURN) % 1 * 2 - 1)  # 1 in the middle of a bead, 0 in the valley
        radius = 1.32 * np.sqrt(1 - 0.62 * (1 - from_middle) ** 2.4)
        s = np.arange(20) * TURN / 20
        return radius[:, None] * np.cos(s), 1.32 + radius[:, None] * np.sin(s)

    return around_finger(24 * 12, section, inner_radius=8.0)


# --- other pieces ---------------------------------------------------------------------------------------------------


def along_curve(path: Floats, section: Callable[[Floats], Floats], *, closed: bool) -> Floats:
    """Sweep a section, (steps, corners, 2), along a path with a frame that turns as little as possible; on a closed
    path the rest of the turn is spread evenly, so that the last section meets the first."""
    after, before = np.roll(path, -1, axis=0), np.roll(path, 1, axis=0)
    if not closed:
        after[-1], before[0] = path[-1], path[0]
    tangent = after - before
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    side = carried(tangent, closed=closed)
    up = np.cross(tangent, side)
    flat = section(np.arange(len(path)) / (len(path) if closed else len(path) - 1))
    points = path[:, None] + flat[..., :1] * side[:, None] + flat[..., 1:] * up[:, None]
    return tube(points) if closed else capped_tube(points)


def carried(tangent: Floats, *, closed: bool) -> Floats:
    first = np.cross(tangent[0], [0.31, 0.27, 0.91])
    side = [first / np.linalg.norm(first)]
    for direction in [*tangent[1:], tangent[0]]:
        moved = side[-1] - direction * (side[-1] @ direction)
        side.append(moved / np.linalg.norm(moved))
    sides = np.array(side[:-1])
    if not closed:
        return sides
    rest = np.arctan2(np.cross(side[-1], side[0]) @ tangent[0], side[-1] @ side[0])
    angle = (np.arange(len(tangent)) / len(tangent) * rest)[:, None]
    return np.asarray(sides * np.cos(angle) + np.cross(tangent, sides) * np.sin(angle))


def round_wire(radius: Callable[[Floats], Floats], corners: int) -> Callable[[Floats], Floats]:
    s = np.arange(corners) * TURN / corners
    circle = np.stack([np.cos(s), np.sin(s)], axis=-1)
    return lambda share: radius(share)[:, None, None] * circle


def knot_pendant() -> Floats:
    """A trefoil knot of round wire: one strand without an end."""
    t = np.arange(220) * TURN / 220
    path = (
        np.stack([np.sin(t) + 2 * np.sin(2 * t), -1.15 * np.sin(3 * t), np.cos(t) - 2 * np.cos(2 * t)], axis=-1) * 3.1
    )
    return along_curve(path, round_wire(lambda share: 1.25 + 0.12 * np.cos(TURN * 3 * share), 22), closed=True)


def sun_pendant() -> Floats:
    """A disc of rays within a rolled rim, and a bail that stands clear of it by a hair (joined by the jeweller)."""
    rim = np.array([(0.0, 0.95), (2.0, 0.9), (4.5, 0.8), (6.8, 0.75), (7.7, 0.9), (8.35, 1.25), (8.8, 1.35),
                    (9.25, 1.2), (9.5, 0.75), (9.5, 0.0)])  # fmt: skip
    half = smooth_outline(rim, 18)
    # A surface of revolution about y; the pole is a small fan instead of a thousand equal points.
    outline = np.concatenate([half[1:], half[1:-1][::-1] * [1, -1]])
    t = np.arange(150) * TURN / 150
    along = outline[:, 0] / 7.9
    rays = 0.2 * np.cos(20 * t)[:, None] * np.where(along < 1, along**1.2 * (1 - along**8), 0)
    points = np.stack([
        outline[None, :, 0] * np.sin(t)[:, None],
        outline[:, 1] + np.sign(outline[:, 1]) * rays,
        outline[None, :, 0] * np.cos(t)[:, None],
    ], axis=-1)  # fmt: skip
    shell = sheet(points)
    disc = outwards(np.concatenate([shell, fan(points[:, 0], flip=True), fan(points[:, -1], flip=False)]))
    return np.concatenate([disc, bail(height=12.75)])


def smooth_outline(knots: Floats, steps: int) -> Floats:
    """A Catmull-Rom curve through the knots."""
    ends = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    where = np.linspace(0, len(knots) - 1, steps)
    k = np.minimum(where.astype(int), len(knots) - 2)
    u = (where - k)[:, None]
    p0, p1, p2, p3 = (ends[k + shift] for shift in range(4))
    return np.asarray(p1 + 0.5 * u * (p2 - p0 + u * (2 * p0 - 5 * p1 + 4 * p2 - p3 + u * (3 * (p1 - p2) + p3 - p0))))


def sheet(points: Floats) -> Floats:
    """Closed along the first axis, open along the second."""
    a, b = points[:, :-1], np.roll(points, -1, axis=0)[:, :-1]
    c, d = np.roll(points, -1, axis=0)[:, 1:], points[:, 1:]
    return np.concatenate([np.stack([a, b, c], axis=-2), np.stack([a, c, d], axis=-2)]).reshape(-1, 3, 3)


def bail(height: float) -> Floats:
    """The loop for the chain, around the x axis above the disc, narrower at the top."""
    t = np.arange(72) * TURN / 72
    across, out = oval(20, 2.6 - 0.7 * np.cos(t), np.full(72, 0.9), 2.4)
    radius = 2.3 + out
    turn = np.broadcast_to(t[:, None], radius.shape)
    return tube(np.stack([across, radius * np.sin(turn) * 0.8, height + radius * np.cos(turn)], axis=-1))


def hoop_earring() -> Floats:
    """A hoop with a gap for the ear, full in the middle and fine at its ends."""
    t = np.radians(12) + np.linspace(0, 1, 150) * np.radians(336)
    path = np.stack([10.5 * np.sin(t), np.zeros_like(t), 10.5 * np.cos(t)], axis=-1)

    def thickness(share: Floats) -> Floats:
        swell = 0.55 + 1.45 * np.sin(np.pi * share) ** 1.6
        ends = np.sqrt(np.clip(1 - np.abs(2 * share - 1) ** 60, 0.02, 1))
        return swell * ends

    return along_curve(path, round_wire(thickness, 28), closed=False)


def open_bangle() -> Floats:
    """An open bangle, oval like a wrist, with balls as ends."""
    t = np.radians(20) + np.linspace(0, 1, 220) * np.radians(320)
    path = np.stack([30.0 * np.sin(t), np.zeros_like(t), -25.5 * np.cos(t)], axis=-1)

    def thickness(share: Floats) -> Floats:
        length = 145.0
        from_end = np.minimum(share, 1 - share) * length
        ball = np.sqrt(np.clip(3.0**2 - (from_end - 2.95) ** 2, 0.02, None))
        return np.where(from_end < 5.5, np.maximum(ball, np.where(from_end < 2.95, 0, 1.6)), 1.6)

    return along_curve(path, round_wire(thickness, 22), closed=False)


# --- files ----------------------------------------------------------------------------------------------------------

DESIGNS: list[tuple[Callable[[], Floats], dict[str, str | None]]] = [
    (comfort_band, {"name": "Comfort band", "name_ru": "Кольцо «Комфорт»", "kind": "ring", "category": "bands",
     "description": "A classic wedding band, rounded inside and out, 4.5 mm wide.",
     "description_ru": "Классическое обручальное кольцо, скруглённое внутри и снаружи, ширина 4,5 мм.", "size": "17"}),
    (knife_edge_band, {"name": "Ridge band", "name_ru": "Кольцо «Грань»", "kind": "ring", "category": "bands",
     "description": "Two polished slopes that meet in a fine ridge, 4 mm wide.",
     "description_ru": "Две полированные грани сходятся в тонкое ребро, ширина 4 мм.", "size": "16.5"}),
    (twisted_band, {"name": "Rope ring", "name_ru": "Кольцо «Жгут»", "kind": "ring", "category": "rings",
     "description": "A three-strand rope that turns around the finger without a seam.",
     "description_ru": "Жгут из трёх прядей обвивает палец без единого шва.", "size": "17"}),
    (signet_ring, {"name": "Signet ring", "name_ru": "Перстень-печатка", "kind": "ring", "category": "rings",
     "description": "A cushion-shaped plate that grows out of the shank, ready for a monogram.",
     "description_ru": "Площадка-подушка вырастает из шинки и ждёт монограммы.", "size": "17.5"}),
    (wave_ring, {"name": "Wave ring", "name_ru": "Кольцо «Волна»", "kind": "ring", "category": "rings",
     "description": "A band that swings from side to side like the line of the tide.",
     "description_ru": "Ободок качается из стороны в сторону, как линия прибоя.", "size": "16.5"}),
    (dome_ring, {"name": "Dome ring", "name_ru": "Кольцо «Купол»", "kind": "ring", "category": "rings",
     "description": "A full, mirror-polished dome on a slender shank.",
     "description_ru": "Объёмный зеркальный купол на тонкой шинке.", "size": "17"}),
    (bead_ring, {"name": "Bead ring", "name_ru": "Кольцо «Бусины»", "kind": "ring", "category": "rings",
     "description": "Twenty-four polished beads in a row, drawn from a single wire.",
     "description_ru": "Двадцать четыре полированные бусины в ряд, из одной проволоки.", "size": "16"}),
    (sun_pendant, {"name": "Sun pendant", "name_ru": "Подвеска «Солнце»", "kind": "pendant", "category": "pendants",
     "description": "Twenty rays within a rolled rim, 19 mm across, with a bail for chains up to 3 mm.",
     "description_ru": "Двадцать лучей в округлом ободке, 19 мм, с ушком для цепочки до 3 мм.", "size": None}),
    (knot_pendant, {"name": "Trefoil pendant", "name_ru": "Подвеска «Трилистник»", "kind": "pendant",
     "category": "pendants", "description": "One strand tied into a trefoil knot, without beginning or end.",
     "description_ru": "Одна нить, завязанная узлом-трилистником, без начала и конца.", "size": None}),
    (hoop_earring, {"name": "Crescent hoop", "name_ru": "Серьга «Полумесяц»", "kind": "earring", "category": "earrings",
     "description": "A hoop of 21 mm, full in the middle and fine at the ear. Sold singly.",
     "description_ru": "Кольцо-серьга 21 мм, полная в середине и тонкая у мочки. Продаётся поштучно.", "size": None}),
    (open_bangle, {"name": "Open bangle", "name_ru": "Открытый браслет", "kind": "bracelet", "category": "bracelets",
     "description": "A slender oval bangle that ends in two polished spheres.",
     "description_ru": "Тонкий овальный браслет с двумя полированными шариками на концах.", "size": "60"}),
]  # fmt: skip


def binary_stl(triangles: Floats, *, announced: int | None = None) -> bytes:
    """Fixed header, no date: the same design has the same SHA-256 on every machine."""
    records = np.zeros(len(triangles), dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("unused", "<u2")])
    records["corners"] = triangles
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    records["normal"] = np.divide(normals, lengths, out=np.zeros_like(normals), where=lengths > 0)
    header = b"Karat demo design, millimetres".ljust(80, b" ")
    return header + struct.pack("<I", len(triangles) if announced is None else announced) + records.tobytes()


def ascii_stl(triangles: Floats, name: str) -> str:
    lines = [f"solid {name}"]
    for corners in triangles:
        lines += ["  facet normal 0 0 0", "    outer loop"]
        lines += [f"      vertex {x:.6g} {y:.6g} {z:.6g}" for x, y, z in corners]
        lines += ["    endloop", "  endfacet"]
    return "\n".join([*lines, f"endsolid {name}", ""])


def small_band() -> Floats:
    """The comfort band with few triangles, for the text file."""

    def section(t: Floats) -> Shape:
        return oval(12, np.full(len(t), 4.0), np.full(len(t), 1.6), 2.6)

    return around_finger(48, section, inner_radius=8.5)


def write_broken(folder: Path) -> None:
    """Files that the engine refuses, one for each of the commonest reasons."""
    band = small_band()
    with_nan = band.copy()
    with_nan[6, 1, 2] = np.nan
    flat = band * [1, 0, 1]
    page = (
        "<!DOCTYPE html>\n<html><head><title>Download</title></head><body><p>Please log in first.</p></body></html>\n"
    )
    folder.mkdir(exist_ok=True)
    (folder / "empty.stl").write_bytes(b"")
    (folder / "not_a_model.stl").write_text(page, encoding="utf-8")
    (folder / "false_count.stl").write_bytes(binary_stl(band, announced=4_000_000_000))
    (folder / "nan.stl").write_bytes(binary_stl(with_nan))
    (folder / "flat.stl").write_bytes(binary_stl(flat))


def main() -> None:
    entries = []
    for make, words in DESIGNS:
        file = f"{make.__name__}.stl"
        triangles = make()
        (HERE / file).write_bytes(binary_stl(triangles))
        entries.append({"file": file, **words})
        print(f"{file}: {len(triangles)} triangles")
    (HERE / "band_ascii.stl").write_text(ascii_stl(small_band(), "band"), encoding="ascii")
    (HERE / "designs.json").write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    write_broken(HERE / "broken")


if __name__ == "__main__":
    main()
