"""Small bodies whose volume, area and box are known, and the files that hold them."""

import struct
from decimal import Decimal

import numpy as np

from pricing.engine.figures import PieceFigures, Stone
from pricing.engine.formats import Model
from pricing.engine.formats.welding import weld
from pricing.engine.inputs import MetalPrices, PieceSpec, PriceList
from pricing.engine.materials import AlloySpec
from pricing.engine.measurement import Measurement, Walls
from pricing.engine.mesh import Mesh


def cube(side=1.0, at=(0.0, 0.0, 0.0)):
    """12 triangles, outward normals, one corner at `at`."""
    corner = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [face for a, b, c, d in quads for face in ((a, b, c), (a, c, d))]
    return corner[np.array(faces)] * side + np.array(at)


def tetrahedron():
    """The corner of the unit cube: volume 1/6, area 3/2 + sqrt(3)/2."""
    o, x, y, z = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], float)
    return np.array([[o, y, x], [o, x, z], [o, z, y], [x, y, z]])


def torus(big=9.0, small=1.0, around=96, across=48):
    u, v = np.meshgrid(np.arange(around) * 2 * np.pi / around, np.arange(across) * 2 * np.pi / across, indexing="ij")
    out = big + small * np.cos(v)
    a = np.stack([out * np.cos(u), out * np.sin(u), small * np.sin(v)], axis=-1)
    b, d = np.roll(a, -1, axis=0), np.roll(a, -1, axis=1)
    c = np.roll(b, -1, axis=1)
    return np.concatenate([np.stack([a, b, c], axis=-2), np.stack([a, c, d], axis=-2)]).reshape(-1, 3, 3)


def binary_stl(triangles, *, header=b"", announced=None):
    records = np.zeros(len(triangles), dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("unused", "<u2")])
    records["corners"] = triangles
    count = len(triangles) if announced is None else announced
    return header.ljust(80, b"\0") + struct.pack("<I", count) + records.tobytes()


def ascii_stl(triangles, *, name="piece", normal="0 0 0", end="\n"):
    lines = [f"solid {name}"]
    for corners in triangles:
        lines += [f"facet normal {normal}", "outer loop"]
        lines += [f"vertex {x!r} {y!r} {z!r}" for x, y, z in np.asarray(corners).tolist()]
        lines += ["endloop", "endfacet"]
    return end.join([*lines, f"endsolid {name}", ""]).encode()


def alloy(**changes):
    """18 ct yellow gold in round figures."""
    facts = {
        "code": "au750-yellow",
        "name": "Yellow gold 750",
        "metal": "gold",
        "fineness": 750,
        "colour": "yellow",
        "density_g_cm3": Decimal("15.5"),
        "casting_loss": Decimal("0.08"),
        "wall_min_mm": Decimal("0.8"),
    }
    return AlloySpec(**{**facts, **changes})


def piece(**changes):
    return PieceSpec(**{"alloy": alloy(), "finish": "polished", "size": "17", "quantity": 1, **changes})


def price_list(**changes):
    rates = {
        "version": 1,
        "currency": "EUR",
        "vat_rate": Decimal("0.20"),
        "margin_rate": Decimal("0.35"),
        "metal_markup": Decimal("0.10"),
        "setup_fee": Decimal("18.00"),
        "casting_fee": Decimal("12.00"),
        "casting_per_g": Decimal("0.60"),
        "finish_per_cm2": {"polished": Decimal("3.20"), "matte": Decimal("2.60")},
        "minimum_net": Decimal("45.00"),
    }
    return PriceList(**{**rates, **changes})


def metal_prices(**per_g):
    return MetalPrices(currency="EUR", per_g={"gold": Decimal("112.00"), "silver": Decimal("1.45"), **per_g})


def soup(triangles):
    """A mesh of triangles, (n, 3, 3), whose equal corners are one vertex."""
    triangles = np.asarray(triangles, float)
    return weld(triangles.reshape(-1, 3), np.arange(3 * len(triangles), dtype=np.int32).reshape(-1, 3))


def model(shape, *, unit_source="given"):
    """A model as a reader hands it over, from a mesh or from triangles."""
    mesh = shape if isinstance(shape, Mesh) else soup(shape)
    return Model("made", mesh, len(shape.faces if isinstance(shape, Mesh) else shape), "mm", unit_source)


def walls(low_mm=1.8):
    return Walls(min_mm=low_mm, low_mm=low_mm, thin=(), samples=10_000, histogram=((1.5, 0.0),))


def measurement(volume_mm3=400.0, area_mm2=600.0, **changes):
    """A plain ring of that volume and area."""
    found = {
        "triangles": 12,
        "bodies": 1,
        "watertight": True,
        "volume_mm3": volume_mm3,
        "area_mm2": area_mm2,
        "box_mm": (20.0, 20.0, 4.0),
        "centre_mm": (0.0, 0.0, 0.0),
        "signed_volume_mm3": volume_mm3,
        "volume_error_mm3": 0.01,
        "second_volume_mm3": volume_mm3,
        "volume_agrees": True,
        "volume_with_stones_mm3": volume_mm3,
        "pieces": 1,
        "stones": (),
        "repairs": (),
        "open_edges": 0,
        "walls": walls(),
        "unit": "mm",
        "unit_source": "file",
    }
    return Measurement(**{**found, **changes})


def figures(volume_mm3=400.0, area_mm2=600.0, box_mm=(20.0, 20.0, 4.0), *, with_stones=None, stones=()):
    """What a price takes from a measurement; stones as (cut, length in mm)."""
    whole = volume_mm3 if with_stones is None else with_stones
    return PieceFigures(volume_mm3, area_mm2, box_mm, whole, tuple(Stone(*stone) for stone in stones))
