"""Pieces of jewellery made by formula, and what goes wrong with files of them.

Every function returns a `Mesh` in mm, outward normals, welded inside each shell but never between shells, as designers
export it. Where a volume is known exactly the docstring has it; else `union_volume` computes it with manifold3d. The
spoilers at the end take a mesh and damage it in one way; those that draw lots take a seed.
"""

import manifold3d
import numpy as np

from pricing.engine.mesh import Mesh

UP = np.array([0.0, 0.0, 1.0])


# Bodies


def join(*parts):
    """The shells of all parts in one mesh; nothing is welded or cut."""
    offsets = np.cumsum([0, *[len(part.vertices) for part in parts[:-1]]])
    faces = [part.faces + offset for part, offset in zip(parts, offsets, strict=True)]
    return mesh(np.concatenate([part.vertices for part in parts]), np.concatenate(faces))


def mesh(vertices, faces):
    """A mesh of copies, so that no library's memory is held."""
    return Mesh(np.array(vertices, np.float64, order="C"), np.array(faces, np.int32, order="C").reshape(-1, 3))


def volume(piece):
    """Signed volume in mm3: overlaps twice, cavities and inverted shells negative."""
    a, b, c = np.moveaxis(piece.triangles() - piece.vertices.mean(axis=0), 1, 0)
    return float(np.einsum("ij,ij->", a, np.cross(b, c))) / 6


def union_volume(*parts):
    """The volume in mm3 that closed, outward parts fill together, by manifold3d."""
    solids = [manifold3d.Manifold(manifold3d.Mesh64(part.vertices, part.faces.astype(np.uint64))) for part in parts]
    assert all(solid.status() == manifold3d.Error.NoError for solid in solids)
    return manifold3d.Manifold.batch_boolean(solids, manifold3d.OpType.Add).volume()


def hull(points):
    """The convex hull of points (k, 3)."""
    found = manifold3d.Manifold.hull_points(np.asarray(points, float)).to_mesh64()
    return mesh(found.vert_properties[:, :3], found.tri_verts)


def moved(piece, by=(0, 0, 0), turn=None, scale=1.0):
    """Scaled, then turned by a rotation matrix, then moved."""
    vertices = piece.vertices * scale
    return Mesh((vertices if turn is None else vertices @ np.asarray(turn).T) + np.asarray(by, float), piece.faces)


def rotation(seed):
    """A random rotation matrix."""
    q, r = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q if np.linalg.det(q) > 0 else -q


def facing(direction):
    """A rotation that takes z to a direction."""
    z = np.asarray(direction, float) / np.linalg.norm(direction)
    x = np.cross([0, 1, 0] if abs(z[1]) < 0.9 else [1, 0, 0], z)
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(z, x), z], axis=1)


def box(size=(1, 1, 1), at=(0, 0, 0)):
    """12 triangles, centred at `at`; volume = product of size."""
    corner = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float) - 0.5
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return mesh(corner * size + at, [f for a, b, c, d in quads for f in ((a, b, c), (a, c, d))])


def lathe(profile, around):
    """Turn a closed profile of (radius, z), counter-clockwise, radii > 0, around z: a ring."""
    profile = np.asarray(profile, float)
    angle = np.arange(around) * 2 * np.pi / around
    r, z = profile.T
    points = np.stack([np.outer(np.cos(angle), r), np.outer(np.sin(angle), r), np.tile(z, (around, 1))], axis=-1)
    return mesh(points.reshape(-1, 3), _grid(around, len(profile)))


def _grid(rows, columns):
    """Faces of a grid that is closed in both directions."""
    i, j = (k.ravel() for k in np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij"))
    ii, jj = (i + 1) % rows, (j + 1) % columns
    a, b, c, d = i * columns + j, ii * columns + j, ii * columns + jj, i * columns + jj
    return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def torus(big=9.0, small=1.0, around=96, across=24):
    """A round wire bent to a ring; its volume tends to 2 pi^2 big small^2."""
    angle = np.arange(across) * 2 * np.pi / across
    return lathe(np.stack([big + small * np.cos(angle), small * np.sin(angle)], 1), around)


def spindle(profile, around):
    """Turn an open profile of (radius, z), from the bottom up, whose ends lie on the axis."""
    profile = np.asarray(profile, float)
    rings, angle = profile[1:-1], np.arange(around) * 2 * np.pi / around
    points = np.stack([np.outer(rings[:, 0], np.cos(angle)), np.outer(rings[:, 0], np.sin(angle))], -1)
    points = np.concatenate([points, np.broadcast_to(rings[:, 1, None, None], (*points.shape[:2], 1))], -1)
    bottom, top = len(rings) * around, len(rings) * around + 1
    i, n = np.arange(around), (np.arange(around) + 1) % around
    faces = [np.stack([np.full(around, bottom), n, i], 1)]
    for k in range(len(rings) - 1):
        low, high = k * around, (k + 1) * around
        faces += [np.stack([low + i, low + n, high + n], 1), np.stack([low + i, high + n, high + i], 1)]
    last = (len(rings) - 1) * around
    faces.append(np.stack([last + i, last + n, np.full(around, top)], 1))
    ends = [[0, 0, profile[0, 1]], [0, 0, profile[-1, 1]]]
    return mesh(np.concatenate([points.reshape(-1, 3), ends]), np.concatenate(faces))


def sphere(radius=1.0, around=24, rows=12):
    """A bead of rows of latitude; its volume tends to 4/3 pi radius^3."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, rows + 1)
    profile = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
    profile[[0, -1], 0] = 0
    return spindle(profile, around)


def icosphere(radius=1.0, splits=1):
    """A bead of 20 x 4^splits near-equal triangles."""
    g = (1 + 5**0.5) / 2
    base = [(0, s, t * g) for s in (-1, 1) for t in (-1, 1)]
    piece = hull([p for a, b, c in base for p in ((a, b, c), (b, c, a), (c, a, b))])
    for _ in range(splits):
        piece = subdivided(piece)
        piece = Mesh(piece.vertices / np.linalg.norm(piece.vertices, axis=1, keepdims=True), piece.faces)
    return Mesh(piece.vertices / np.linalg.norm(piece.vertices, axis=1, keepdims=True) * radius, piece.faces)


def cylinder(radius=1.0, height=2.0, around=24):
    """A rod along z, centred; volume = height x area of the regular polygon."""
    h = height / 2
    return spindle([(0, -h), (radius, -h), (radius, h), (0, h)], around)


def cone(radius=1.0, height=2.0, around=24):
    """Standing on z = 0."""
    return spindle([(0, 0), (radius, 0), (0, height)], around)


def capsule(radius=0.4, height=2.0, around=16, rows=4):
    """A prong: a rod with rounded ends along z, centred, `height` between the centres of its ends."""
    angle = np.linspace(0, np.pi / 2, rows + 1)
    cap = np.stack([radius * np.cos(angle), height / 2 + radius * np.sin(angle)], 1)
    cap[-1, 0] = 0
    return spindle(np.concatenate([(cap * [1, -1])[::-1], cap]), around)


def cabochon(diameter=6.0, height=2.5, around=48, rows=8):
    """A polished dome on a flat base."""
    angle = np.linspace(0, np.pi / 2, rows + 1)
    dome = np.stack([diameter / 2 * np.cos(angle), height * np.sin(angle)], 1)
    dome[-1, 0] = 0
    return spindle(np.concatenate([[(0, 0)], dome]), around)


# Gems: the girdle lies at z = 0, the table above it


def gem(outline, *, table=0.57, crown=0.35, girdle=0.1, pavilion=1.0, culet=0.0, keel=0.0):
    """A gem of straight sides: girdle `outline` (k, 2) convex in mm, table and culet scaled copies, heights in mm.

    A keel, in mm, draws the culet out along x to a line. Without keel the volume is
    A (crown (1 + t + t^2) / 3 + girdle + pavilion (1 + c + c^2) / 3), A the area of the outline, t and c the scales.
    """
    outline = np.asarray(outline, float)
    tip = outline * culet if culet else np.array([[-keel / 2, 0], [keel / 2, 0]][: 2 if keel else 1])
    tip = tip if culet or keel else np.zeros((1, 2))
    levels = [(outline * table, girdle / 2 + crown), (outline, girdle / 2), (tip, -girdle / 2 - pavilion)]
    levels += [(outline, -girdle / 2)] if girdle else []
    return hull(np.concatenate([np.column_stack([points, np.full(len(points), z)]) for points, z in levels]))


def gem_volume(outline, *, table=0.57, crown=0.35, girdle=0.1, pavilion=1.0, culet=0.0):
    """What the docstring of `gem` says."""
    x, y = np.asarray(outline, float).T
    area = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    return area * (crown * (1 + table + table**2) / 3 + girdle + pavilion * (1 + culet + culet**2) / 3)


def ellipse(length, width, segments=32):
    """An outline: circle or oval."""
    angle = np.arange(segments) * 2 * np.pi / segments
    return np.stack([length / 2 * np.cos(angle), width / 2 * np.sin(angle)], 1)


def rectangle(length, width, corner=0.0):
    """An outline: rectangle along x, its corners cut by `corner` mm."""
    x, y, c = length / 2, width / 2, corner
    if not c:
        return np.array([[x, -y], [x, y], [-x, y], [-x, -y]])
    return np.array(
        [[x, c - y], [x, y - c], [x - c, y], [c - x, y], [-x, y - c], [-x, c - y], [c - x, -y], [x - c, -y]]
    )


def brilliant(diameter=6.5, segments=64, *, girdle=0.03, culet=0.0, table=0.57):
    """A round brilliant with its 57 facets, cut from a prism of `segments` sides; heights by the usual proportions."""
    r, half = diameter / 2, girdle * diameter / 2
    rough = cylinder(r, diameter * 2, segments)
    eighth, sixteenth = np.arange(8) * np.pi / 4, (np.arange(16) + 0.5) * np.pi / 8
    planes = [(UP, half + (1 - table) * r * np.tan(np.radians(34.5)))]
    planes += _facets(eighth, 34.5, r, half) + _facets(sixteenth, 41.0, r, half)
    planes += _facets(eighth + np.pi / 8, 24.0, r * table, planes[0][1])
    planes += _facets(eighth, -40.75, r, half) + _facets(sixteenth, -42.2, r, half)
    planes += [(-UP, half + (1 - culet) * r * np.tan(np.radians(40.75)))] if culet else []
    return _cut(rough, planes)


def _facets(angles, steepness, r, height):
    """Planes that rise by `steepness` degrees and pass through (r, height), at angles around z; below for negatives."""
    slope, sign = np.radians(abs(steepness)), np.sign(steepness)
    out = np.stack(
        [np.cos(angles) * np.sin(slope), np.sin(angles) * np.sin(slope), 0 * angles + sign * np.cos(slope)], 1
    )
    return [(normal, r * np.sin(slope) + height * np.cos(slope)) for normal in out]


def _cut(rough, planes):
    solid = manifold3d.Manifold(manifold3d.Mesh64(rough.vertices, rough.faces.astype(np.uint64)))
    for normal, offset in planes:
        solid = solid.trim_by_plane((-normal).tolist(), -float(offset))
    found = solid.to_mesh64()
    return mesh(found.vert_properties[:, :3], found.tri_verts)


def princess(side=5.0):
    """A square with sharp corners and a pointed pavilion in two steps."""
    steps = [(0.7, 0.11), (1, 0.02), (1, -0.02), (0.62, -0.36), (0, -0.68)]
    return _stepped(rectangle(side, side), steps, side)


def emerald(length=7.0, width=5.0, *, corner=0.15, keel=True):
    """A step cut with cut corners, three steps each way, and a keel as long as length - width."""
    steps = [(0.62, 0.16), (0.82, 0.11), (1, 0.02), (1, -0.02), (0.75, -0.25), (0.4, -0.42)]
    return _stepped(rectangle(length, width, corner * width), steps, width, keel=(length - width) * 0.6 if keel else 0)


def baguette(length=4.0, width=2.0):
    """A small rectangle with two steps and a keel."""
    return _stepped(rectangle(length, width), [(0.6, 0.14), (1, 0.03), (1, -0.03)], width, keel=length - width)


def _stepped(outline, steps, unit, keel=0.0):
    """Steps are (inset scale, height / unit); insets are equal on all sides, as a cutter sets them."""
    half = np.abs(outline).max(axis=0)
    levels = [
        np.column_stack([outline - np.sign(outline) * (1 - s) * half.min(), np.full(len(outline), h * unit)])
        for s, h in steps
    ]
    if steps[-1][0] == 0:
        return hull(np.concatenate([*levels[:-1], [[0, 0, steps[-1][1] * unit]]]))
    low = -0.58 * unit
    return hull(np.concatenate([*levels, [[-keel / 2, 0, low], [keel / 2, 0, low]]]))


def oval(length=7.0, width=5.0, segments=48):
    """An oval brilliant of straight sides."""
    return gem(ellipse(length, width, segments), crown=0.15 * width, girdle=0.03 * width, pavilion=0.43 * width)


def pear(length=8.0, width=5.0, segments=48):
    """A half circle drawn out to a point along x."""
    angle = np.linspace(np.pi / 2, 3 * np.pi / 2, segments // 2 + 1)
    blunt = width / 2 * np.stack([np.cos(angle), np.sin(angle)], 1)
    reach = length - width / 2
    t = np.linspace(-1, 1, segments // 2 + 1)[1:-1]
    sharp = np.stack([reach * (1 - np.abs(t)), width / 2 * t * (2 - np.abs(t))], 1)
    return gem(np.concatenate([blunt, sharp]), crown=0.15 * width, girdle=0.03 * width, pavilion=0.43 * width)


def marquise(length=8.0, width=4.0, segments=48):
    """Two arcs that meet in points on x."""
    t = np.linspace(-1, 1, segments // 2 + 1)[:-1]
    arc = np.stack([t * length / 2, -width / 2 * (1 - t**2)], 1)
    return gem(np.concatenate([arc, -arc]), crown=0.16 * width, girdle=0.03 * width, pavilion=0.45 * width)


def cushion(length=6.0, width=6.0, segments=64):
    """A superellipse: a square with bulging sides and round corners."""
    angle = np.arange(segments) * 2 * np.pi / segments
    c, s = np.cos(angle), np.sin(angle)
    outline = np.stack([length / 2 * np.sign(c) * np.abs(c) ** 0.55, width / 2 * np.sign(s) * np.abs(s) ** 0.55], 1)
    return gem(outline, table=0.6, crown=0.16 * width, girdle=0.03 * width, pavilion=0.45 * width)


def trillion(side=5.0, segments=45, bulge=0.12):
    """A triangle with bulging sides."""
    third = segments // 3
    t = np.arange(third) / third
    corner = side / 3**0.5 * np.exp(2j * np.pi * np.arange(3) / 3)
    sides = [
        a + (b - a) * t + 4 * t * (1 - t) * bulge * (a + b) / abs(a + b) * side
        for a, b in zip(corner, np.roll(corner, -1), strict=True)
    ]
    outline = np.concatenate(sides)
    return gem(
        np.stack([outline.real, outline.imag], 1),
        table=0.55,
        crown=0.12 * side,
        girdle=0.03 * side,
        pavilion=0.35 * side,
    )


CUTS = {
    "round": brilliant, "princess": princess, "emerald": emerald, "oval": oval, "pear": pear,
    "marquise": marquise, "cushion": cushion, "trillion": trillion, "baguette": baguette,
}  # fmt: skip


# Pieces


def plain_ring(around=96, across=24, radius=9.0, width=4.0, thick=1.6):
    """A wedding band, oval in section; its volume tends to pi^2 / 2 x radius x width x thick (radius to the middle)."""
    angle = np.arange(across) * 2 * np.pi / across
    return lathe(np.stack([radius + thick / 2 * np.cos(angle), width / 2 * np.sin(angle)], 1), around)


def prongs(count=6, *, around=16, rows=4, radius=0.4, height=2.0, at=9.8):
    """Closed capsules that stand out of a band, one shell each, overlapping the band but not each other."""
    angle = np.arange(count) * 2 * np.pi / count + 0.013
    out = np.stack([np.cos(angle), np.sin(angle), 0 * angle], 1)
    return [moved(capsule(radius, height, around, rows), at * o, facing(o)) for o in out]


def prong_ring(count=6, detail=1):
    """A band and closed prongs that overlap it: 1 + count shells; the truth is `union_volume(*prong_ring_parts(…))`."""
    return join(*prong_ring_parts(count, detail))


def prong_ring_parts(count=6, detail=1):
    """The shells of `prong_ring`; triangles grow with detail squared."""
    return [plain_ring(96 * detail, 24 * detail), *prongs(count, around=16 * detail, rows=4 * detail)]


def bead_ring(count=40, detail=1):
    """A thin wire with beads threaded on it that overlap it and their neighbours."""
    return join(*bead_ring_parts(count, detail))


def bead_ring_parts(count=40, detail=1):
    """The shells of `bead_ring`: the wire, then the beads."""
    angle = np.arange(count) * 2 * np.pi / count + 0.007
    at = 9 * np.stack([np.cos(angle), np.sin(angle), 0 * angle], 1)
    return [torus(9, 0.5, 96 * detail, 16 * detail), *[moved(sphere(0.8, 24 * detail, 12 * detail), p) for p in at]]


def hollow_ring(around=96, across=24, wall=0.4):
    """A round wire of radius 1.5 with a closed cavity: volume = torus(9, 1.5) - torus(9, 1.5 - wall)."""
    return join(torus(9, 1.5, around, across), turned(torus(9, 1.5 - wall, around, across)))


def box_in_box():
    """A cavity of 4 x 4 x 4 in a cube of 10: volume 936."""
    return join(box((10, 10, 10)), turned(box((4, 4, 4))))


def box_with_island():
    """A cube of 10, in it a cavity of 6, in it a solid of 2: volume 1000 - 216 + 8 = 792."""
    return join(box((10, 10, 10)), turned(box((6, 6, 6))), box((2, 2, 2)))


def rod_through_cavity():
    """A cube of 10, a cavity of 6, a solid rod of 2 x 2 x 12 through both: volume 1000 - 216 + 6 x 4 + 2 x 4 = 816."""
    return join(box((10, 10, 10)), turned(box((6, 6, 6))), box((2, 2, 12)))


def overlapping_boxes():
    """Two boxes that share 3 x 3 x 1: plain sum 176, true 167."""
    return join(box((5, 5, 5), (2.5, 2.5, 2.5)), box((3, 17 / 3, 3), (2.5, 4.0 + 17 / 6, 2.5)))


def filigree(wires=12, radius=0.35, around=12, steps=200):
    """A ring of wires that wind around each other and cross: every wire is one closed shell."""
    return join(*filigree_parts(wires, radius, around, steps))


def filigree_parts(wires=12, radius=0.35, around=12, steps=200):
    """The shells of `filigree`."""
    return [_wound_wire(2 * np.pi * k / wires, 1 if k % 2 else -1, radius, around, steps) for k in range(wires)]


def _wound_wire(phase, hand, radius, around, steps):
    u = np.arange(steps) * 2 * np.pi / steps
    out, up = 9 + 0.3 * np.sin(5 * u + phase), 2 * np.sin(3 * hand * u + phase)
    centre = np.stack([out * np.cos(u), out * np.sin(u), up], 1)
    along = np.roll(centre, -1, 0) - np.roll(centre, 1, 0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.cross(UP, along)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    v = np.arange(around) * 2 * np.pi / around
    up = np.cross(side, along)
    points = centre[:, None] + radius * (np.cos(v)[:, None] * side[:, None] + np.sin(v)[:, None] * up[:, None])
    return mesh(points.reshape(-1, 3), _grid(steps, around))


def solitaire(cut="round", prong_count=4, detail=1):
    """A band, prongs that grip the girdle, and one gem: the last shell. Its table looks along +x."""
    return join(*solitaire_parts(cut, prong_count, detail))


def solitaire_parts(cut="round", prong_count=4, detail=1):
    """The shells of `solitaire`: band, prongs, gem."""
    stone = CUTS[cut]()
    seat = 9.6 - stone.vertices[:, 2].min()
    stone = moved(stone, (seat, 0, 0), facing((1, 0, 0)))
    rim = np.flatnonzero(np.abs(stone.vertices[:, 0] - seat) < 0.3)
    angle = np.arctan2(stone.vertices[rim, 2], stone.vertices[rim, 1])
    wanted = np.arange(prong_count) * 2 * np.pi / prong_count + np.pi / 4
    grips = [rim[np.argmin(np.abs(np.angle(np.exp(1j * (angle - w)))))] for w in wanted]
    foot, top = 9.3, seat + 0.5
    feet = [moved(capsule(0.35, top - foot, 12 * detail, 3 * detail), (0, 0, 0), facing((1, 0, 0))) for _ in grips]
    claws = [moved(claw, ((top + foot) / 2, *stone.vertices[g, 1:])) for claw, g in zip(feet, grips, strict=True)]
    bridge = moved(torus(np.abs(stone.vertices[rim, 1:]).max() * 0.8, 0.4, 32, 10), (9.5, 0, 0), facing((1, 0, 0)))
    return [plain_ring(96 * detail, 24 * detail), bridge, *claws, stone]


def cut_by(parts, stone):
    """The parts as one body, with the stone's exact shape taken away: its faces are the seat's."""
    solids = [manifold3d.Manifold(manifold3d.Mesh64(one.vertices, one.faces.astype(np.uint64))) for one in parts]
    tool = manifold3d.Manifold(manifold3d.Mesh64(stone.vertices, stone.faces.astype(np.uint64)))
    found = (manifold3d.Manifold.batch_boolean(solids, manifold3d.OpType.Add) - tool).to_mesh64()
    return mesh(found.vert_properties[:, :3], found.tri_verts)


def eternity(count=20, detail=1, segments=32):
    """A band with `count` brilliants of 2 mm set around it, each seated in the band and held by two beads."""
    return join(*eternity_parts(count, detail, segments))


def eternity_parts(count=20, detail=1, segments=32):
    """The shells of `eternity`: band, then beads, then gems."""
    angle = np.arange(count) * 2 * np.pi / count + 0.017
    out = np.stack([np.cos(angle), np.sin(angle), 0 * angle], 1)
    gems = [moved(brilliant(2.0, segments), 10.1 * o, facing(o)) for o in out]
    beads = [moved(sphere(0.3, 12, 6), 10.15 * o + (0, 0, z)) for o in out for z in (-1.0, 1.0)]
    return [plain_ring(96 * detail, 24 * detail), *beads, *gems]


# Spoilers


def turned(piece):
    """The whole piece inside out."""
    return mesh(piece.vertices, piece.faces[:, ::-1])


def flipped(piece, share=0.3, seed=0):
    """Each face turned with probability `share`."""
    chosen = np.random.default_rng(seed).random(len(piece.faces)) < share
    faces = piece.faces.copy()
    faces[chosen] = faces[chosen, ::-1]
    return mesh(piece.vertices, faces)


def duplicated(piece, share=0.3, seed=0):
    """Some faces twice, shuffled."""
    rng = np.random.default_rng(seed)
    extra = piece.faces[rng.random(len(piece.faces)) < share]
    return mesh(piece.vertices, rng.permutation(np.concatenate([piece.faces, extra])))


def holed(piece, holes=3, seed=0):
    """Without some faces that are no neighbours of each other."""
    rng, lost, touched = np.random.default_rng(seed), [], set()
    for face in rng.permutation(len(piece.faces)):
        if len(lost) == holes:
            break
        corners = set(piece.faces[face].tolist())
        if not corners & touched:
            lost.append(face)
            touched |= corners
    return mesh(piece.vertices, np.delete(piece.faces, lost, axis=0))


def some_inverted(parts, which):
    """A mesh of the parts, those numbered in `which` inside out."""
    return join(*[turned(part) if k in which else part for k, part in enumerate(parts)])


def soup(piece, noise=0.0, seed=0):
    """Every triangle with corners of its own, moved by up to `noise` mm, in random order."""
    rng = np.random.default_rng(seed)
    corners = piece.triangles()[rng.permutation(len(piece.faces))].reshape(-1, 3)
    return mesh(corners + rng.uniform(-noise, noise, corners.shape), np.arange(len(corners)))


def welded(piece):
    """Corners with equal coordinates become one vertex, as the readers do."""
    vertices, numbers = np.unique(piece.vertices + 0.0, axis=0, return_inverse=True)
    faces = numbers.reshape(-1)[piece.faces]
    a, b, c = faces.T
    return mesh(vertices, faces[(a != b) & (b != c) & (c != a)])


def shuffled(piece, seed=0):
    """The same surface: faces and vertices in another order, faces beginning at another corner."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(piece.vertices))
    faces = np.argsort(order)[piece.faces]
    shift = rng.integers(0, 3, len(faces))[:, None]
    faces = np.take_along_axis(faces, (np.arange(3) + shift) % 3, axis=1)
    return mesh(piece.vertices[order], rng.permutation(faces))


def t_junction_box():
    """A box of 2 x 2 x 2 whose top is cut in four while its sides are not: 4 vertices lie on edges of the sides."""
    whole = box((2, 2, 2))
    top = whole.vertices[whole.faces][:, :, 2].min(axis=1) > 0
    ring = np.array([[1, -1], [1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1]], float)
    lid = mesh(np.vstack([np.column_stack([ring, np.ones(8)]), [[0, 0, 1]]]), [[8, k, (k + 1) % 8] for k in range(8)])
    return welded(join(whole.part(~top), lid))


def subdivided(piece, times=1):
    """Every triangle in four, with the same shape."""
    for _ in range(times):
        edges = np.sort(piece.faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
        unique, numbers = np.unique(edges, axis=0, return_inverse=True)
        middle = len(piece.vertices) + numbers.reshape(-1, 3)
        (a, b, c), (ab, bc, ca) = piece.faces.T, middle.T
        vertices = np.concatenate([piece.vertices, piece.vertices[unique].mean(axis=1)])
        quarters = [[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]]
        piece = mesh(vertices, np.concatenate([np.stack(q, 1) for q in quarters]))
    return piece


def noise_soup(count, seed=0, size=20.0):
    """Random triangles that share vertices at random: nothing about it is a surface."""
    rng = np.random.default_rng(seed)
    vertices = rng.uniform(-size / 2, size / 2, (max(count // 2, 4), 3))
    faces = rng.integers(0, len(vertices), (count, 3))
    a, b, c = faces.T
    return mesh(vertices, faces[(a != b) & (b != c) & (c != a)])
