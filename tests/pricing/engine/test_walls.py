"""How thick the metal is, on bodies whose thickness is known."""

import json
import time

import numpy as np
import pytest

from pricing.engine.measurement import ThinPlace, Walls
from pricing.engine.mesh import Mesh
from pricing.engine.rays import NOTHING, Rays
from pricing.engine.walls import measure_walls
from tests.pricing.engine.jewels import (
    box,
    box_with_island,
    cone,
    cylinder,
    hollow_ring,
    icosphere,
    join,
    lathe,
    moved,
    noise_soup,
    prong_ring,
    rotation,
    torus,
    turned,
)

UP = np.array([[0.0, 0.0, 1.0]])


def test_a_line_through_a_box_finds_how_deep_it_is():
    spans = Rays.through(box((4, 4, 2))).spans(np.array([[0.3, 0.2, 1.0], [9.0, 0.0, 0.0]]), -UP.repeat(2, axis=0))

    assert spans.before.tolist() == [0, 0]
    assert spans.depth_mm.tolist() == [2.0, 0.0]
    assert spans.exit[1] == NOTHING
    assert set(box((4, 4, 2)).triangles()[spans.exit[0], :, 2]) == {-1.0}


def test_bodies_that_touch_are_one_wall():
    stacked = join(box((4, 4, 1), (0, 0, 0.5)), box((4, 4, 1), (0, 0, 1.5)))

    assert Rays.through(stacked).spans(np.array([[0.3, 0.2, 0.0]]), UP).depth_mm.tolist() == [2.0]


def test_the_same_body_twice_is_as_thick_as_once():
    twice = join(box((4, 4, 1)), box((4, 4, 1)))

    assert Rays.through(twice).spans(np.array([[0.3, 0.2, -0.5]]), UP).depth_mm.tolist() == [1.0]


def test_metal_ends_at_a_cavity_and_begins_again_on_an_island():
    rays = Rays.through(box_with_island())
    spans = rays.spans(np.array([[0.3, 0.2, -5.0], [0.3, 0.2, -1.0], [0.3, 0.2, -2.0]]), UP.repeat(3, axis=0))

    assert spans.depth_mm.tolist() == [2.0, 2.0, 0.0]


def test_a_line_that_passes_a_hole_is_not_judged():
    lidless = box((4, 4, 2)).part(np.arange(12) >= 2)
    point, across = np.array([[-2.0, 0.3, 0.2]]), np.array([[1.0, 0.0, 0.0]])

    assert np.isnan(Rays.through(lidless).spans(point, across).depth_mm[0])


@pytest.mark.parametrize("count", [1, 3, 4, 5, 33, 500])
def test_a_line_meets_every_triangle_in_its_way_however_many_there_are(count):
    sheets = [[[-1, -1, z], [3, -1, z], [-1, 3, z]] for z in range(count)]
    faces = np.arange(3 * count, dtype=np.int32).reshape(-1, 3)
    upward = Mesh(np.array(sheets, float).reshape(-1, 3), faces)
    both = join(upward, moved(turned(upward), (0, 0, -0.5)))

    spans = Rays.through(both).spans(np.array([[0.1, 0.2, -9.0], [0.1, 0.2, count - 1.5]]), UP.repeat(2, axis=0))

    assert spans.before.tolist() == [0, 0]
    assert spans.depth_mm[0] == 0 if count <= 256 else np.isnan(spans.depth_mm[0])
    assert spans.depth_mm[1] == 0.5 if count <= 256 else np.isnan(spans.depth_mm[1])


def test_nothing_can_be_met_in_nothing():
    with pytest.raises(ValueError, match="0 triangles"):
        Rays.through(Mesh(np.zeros((0, 3)), np.zeros((0, 3), np.int32)))


@pytest.mark.parametrize("seed", range(4))
def test_a_plate_is_as_thick_as_it_is_however_it_lies(seed):
    plate = moved(box((20, 10, 0.4)), (40, -700, 3), rotation(seed))

    walls = measure_walls(plate, is_union=True)

    assert walls.low_mm == pytest.approx(0.4, abs=1e-6)
    assert walls.min_mm == pytest.approx(0.4, abs=1e-6)
    assert walls.thin[0].wall_mm == walls.min_mm
    assert (walls.samples, len(walls.thin)) == (10_000, 64)


def test_a_tube_is_as_thick_as_its_wall():
    tube = lathe([(3.0, -4.0), (3.35, -4.0), (3.35, 4.0), (3.0, 4.0)], 256)

    assert measure_walls(tube, is_union=True).low_mm == pytest.approx(0.35, abs=0.001)


def test_a_hollow_sphere_is_as_thick_as_its_shell():
    hollow = join(icosphere(4.0, 4), turned(icosphere(3.4, 4)))

    walls = measure_walls(hollow, is_union=True)

    assert walls.low_mm == pytest.approx(0.6, abs=0.005)
    assert walls.samples == 10_000  # the cavity's side of the wall counts as well


def test_a_closed_cavity_is_seen_from_outside():
    assert measure_walls(hollow_ring(200, 48, wall=0.4), is_union=False).low_mm == pytest.approx(0.4, abs=0.003)


def test_what_lies_inside_other_metal_is_no_wall():
    # The first hit from the side of one box would be the other's buried side, 0.05 mm away.
    buried = join(box((6, 6, 6)), box((5.9, 5.9, 12)))

    walls = measure_walls(buried, is_union=False)

    assert walls.min_mm > 5.8
    assert walls.thin == ()
    assert 0 < walls.samples < 10_000


def test_overlapping_plates_are_as_thick_as_together():
    plates = join(box((10, 10, 0.6)), box((10, 10, 0.6), (0, 0, 0.5)))

    assert measure_walls(plates, is_union=False).low_mm == pytest.approx(1.1, abs=1e-6)


def test_wires_that_cross_are_as_thick_as_one_wire():
    wire = cylinder(0.25, 12, 48)
    crossing = join(wire, moved(wire, (0.1, 0, 0.7), [[0, 0, 1], [0, 1, 0], [-1, 0, 0]]))

    walls = measure_walls(crossing, is_union=False)

    assert walls.low_mm == pytest.approx(0.5 * np.cos(np.pi / 48), abs=1e-6)  # across the flats of a 48-gon
    assert walls.min_mm == pytest.approx(walls.low_mm, abs=1e-6)


@pytest.mark.parametrize("sides", [3, 5, 7])
def test_a_wire_of_odd_sides_is_not_mistaken_for_an_edge(sides):
    # Its facets face edges, so that every line ends on a slanted side.
    wire = cylinder(0.3, 20, sides)

    assert 0.2 < measure_walls(wire, is_union=True).low_mm < 0.6


@pytest.mark.parametrize("degrees", [30, 45, 60, 90])
def test_a_sharp_edge_is_no_thin_wall(degrees):
    high = 3.0 * np.tan(np.radians(degrees / 2))
    band = lathe([(12, -3), (12 + high, 0), (12, 3), (12 - high, 0)], 128)

    assert measure_walls(band, is_union=True).low_mm > 1.4


def test_a_comfort_fit_band_does_not_cry_wolf():
    z = np.linspace(2, -2, 33)
    inside = np.column_stack([8.3 + 0.9 * (z / 2) ** 2, z])  # bulges towards the finger, 0.4 mm thick at its edges
    band = lathe([(9.6, -2), (9.6, 2), *inside], 256)

    walls = measure_walls(band, is_union=True)

    assert 0.39 < walls.min_mm < 1.5
    assert walls.low_mm == pytest.approx(walls.min_mm, abs=0.05)


def test_the_tip_of_a_claw_is_no_thin_wall():
    pointed = join(box((6, 6, 2)), moved(cone(0.6, 2.0, 48), (0, 0, 0.9)))

    assert measure_walls(pointed, is_union=False).low_mm > 0.8


def test_a_seat_that_nearly_pierces_the_plate_is_a_thin_wall_and_no_edge():
    block, seat = box((8, 8, 3), (0, 0, 1.5)), moved(turned(cone(2.9, 2.9, 64)), (0, 0, 3), np.diag([1, -1, -1]))
    # A conical seat from the top whose point ends 0.1 mm above the bottom.
    top = block.triangles()[:, :, 2].min(axis=1) < 3
    ring = moved(seat.part(seat.triangles()[:, :, 2].min(axis=1) < 3), (0, 0, 0))

    walls = measure_walls(join(block.part(top), _lid_with_hole(seat), ring), is_union=True)

    assert walls.min_mm < 0.4
    assert np.hypot(walls.thin[0].x, walls.thin[0].y) < 0.4


def _lid_with_hole(seat):
    """The square top of 8 x 8 at z = 3 around the rim of the seat."""
    rim = seat.vertices[np.isclose(seat.vertices[:, 2], 3) & (np.hypot(*seat.vertices[:, :2].T) > 1)]
    rim = rim[np.argsort(np.arctan2(rim[:, 1], rim[:, 0]))]
    outer = rim * [4, 4, 3] / np.column_stack([np.abs(rim[:, :2]).max(axis=1)] * 2 + [np.full(len(rim), 3)])
    i = np.arange(len(rim))
    n, k = (i + 1) % len(rim), len(rim)
    faces = np.concatenate([np.stack([i, k + i, k + n], 1), np.stack([i, k + n, n], 1)]).astype(np.int32)
    return Mesh(np.concatenate([rim, outer]), faces)


def test_thin_places_lie_where_it_is_thin_apart_from_each_other_thinnest_first():
    wedge = join(box((10, 10, 5)), box((6, 0.5, 3), (0, 8, 0)), box((3, 6.2, 0.9), (0, 5, 0.2)))

    places = measure_walls(wedge, is_union=False).thin
    points = np.array([[place.x, place.y, place.z] for place in places])
    gaps = np.linalg.norm(points[:, None] - points[None], axis=2) + 9 * np.eye(len(points))

    assert [place.wall_mm for place in places] == sorted(place.wall_mm for place in places)
    assert places[0].wall_mm == pytest.approx(0.5, abs=1e-6)
    assert abs(places[0].y - 8) == pytest.approx(0.25, abs=1e-6)
    assert gaps.min() > 1.0


def test_one_thin_claw_of_a_wide_piece_is_met():
    # 2.4 mm2 of 1,700 mm2.
    piece = join(torus(30, 1.5, 200, 48), moved(cylinder(0.2, 2.0, 24), (30, 0, 2.3)))

    walls = measure_walls(piece, is_union=False)

    assert walls.low_mm == pytest.approx(0.4, abs=0.01)
    assert walls.samples > 15_000


def test_the_histogram_says_which_share_is_thinner_than_a_limit():
    two = join(box((10, 10, 0.55)), box((10, 10, 5), (30, 0, 0)))

    shares = dict(measure_walls(two, is_union=True).histogram)

    plate, cube = 200 + 4 * 5.5, 200 + 200
    assert shares[0.5] == 0
    assert shares[0.6] == shares[1.5] == pytest.approx(200 / (plate + cube), abs=0.005)


def test_a_surface_that_no_line_can_judge_has_no_walls():
    sheet = box((4, 4, 2)).part(np.arange(12) < 2)

    assert measure_walls(sheet, is_union=False) == Walls(None, None, (), 0, ())


def test_an_inverted_body_has_no_walls():
    assert measure_walls(turned(box((4, 4, 2))), is_union=False).samples == 0


def test_walls_survive_json():
    walls = measure_walls(prong_ring(6), is_union=False)

    assert walls.thin
    assert Walls.from_json(json.loads(json.dumps(walls.to_json()))) == walls
    assert Walls.from_json(Walls(None, None, (), 0, ()).to_json()).low_mm is None


def test_the_same_piece_has_the_same_walls():
    assert measure_walls(prong_ring(4), is_union=False) == measure_walls(prong_ring(4), is_union=False)


def test_only_places_below_a_limit_are_shown():
    walls = Walls(0.3, 0.4, (ThinPlace(0, 0, 0, 0.3), ThinPlace(5, 0, 0, 0.9)), 100, ())

    assert walls.thinner_than(0.8) == (ThinPlace(0, 0, 0, 0.3),)


def test_a_tangle_is_given_up_in_time():
    began = time.process_time()

    measure_walls(noise_soup(20_000), is_union=False)

    assert time.process_time() - began < 20  # usually 4 s; without a bound on the lines' work it was 35
