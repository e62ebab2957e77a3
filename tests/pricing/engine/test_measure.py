"""Measuring models whose volume, area and topology are known: all steps together."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.engine import measure as measuring
from pricing.engine.castability import CastingLimits, judge
from pricing.engine.errors import NoVolume, TooManyStones
from pricing.engine.measure import measure
from pricing.engine.measurement import Measurement
from tests.pricing.engine import jewels
from tests.pricing.engine.shapes import cube, model, tetrahedron, torus

SMALL_TORUS = torus(around=24, across=12)


def found_in(shape):
    return measure(model(shape))


def test_a_cube_is_measured_exactly():
    found = found_in(cube(2.0, at=(5, -3, 1)))

    assert (found.triangles, found.bodies, found.watertight, found.pieces) == (12, 1, True, 1)
    assert (found.volume_mm3, found.signed_volume_mm3, found.area_mm2) == pytest.approx((8.0, 8.0, 24.0), rel=1e-14)
    assert (found.box_mm, found.centre_mm) == ((2.0, 2.0, 2.0), (6.0, -2.0, 2.0))
    assert found.walls.low_mm == pytest.approx(2.0, abs=1e-5)
    assert (found.repairs, found.stones, found.open_edges, found.volume_agrees) == ((), (), 0, True)


def test_a_tetrahedron_is_measured_exactly():
    found = found_in(tetrahedron())

    assert found.volume_mm3 == pytest.approx(1 / 6, rel=1e-14)
    assert found.area_mm2 == pytest.approx(1.5 + np.sqrt(3) / 2, rel=1e-14)
    assert found.watertight


def test_a_torus_is_measured_within_its_facets():
    found = found_in(torus(9.0, 1.0, around=384, across=192))

    assert found.volume_mm3 == pytest.approx(2 * np.pi**2 * 9.0, rel=5e-4)
    assert found.area_mm2 == pytest.approx(4 * np.pi**2 * 9.0, rel=5e-4)
    assert (found.bodies, found.watertight) == (1, True)


def test_the_error_bound_holds_what_the_second_way_says():
    found = found_in(jewels.prong_ring())
    truth = jewels.union_volume(*jewels.prong_ring_parts())

    assert abs(found.volume_mm3 - truth) <= found.volume_error_mm3
    assert abs(found.second_volume_mm3 - truth) <= found.volume_error_mm3 < 1e-3 * truth


def test_a_piece_with_a_hole_keeps_its_volume_far_from_the_origin():
    whole, here = found_in(SMALL_TORUS), found_in(SMALL_TORUS[1:])
    there = found_in(SMALL_TORUS[1:] + np.array([90_000.1, 80_000.7, -70_000.3]))

    assert there.volume_mm3 == pytest.approx(here.volume_mm3, rel=1e-9)
    assert there.volume_mm3 == pytest.approx(whole.volume_mm3, rel=0.02)


def test_the_file_is_told_as_it_came_and_the_metal_as_it_is():
    inside_out, holed = found_in(cube()[:, ::-1]), found_in(SMALL_TORUS[1:])

    assert (inside_out.signed_volume_mm3, inside_out.volume_mm3) == (-1.0, 1.0)
    assert [(repair.code, repair.count) for repair in inside_out.repairs] == [("turned_shells", 1)]
    assert (holed.watertight, holed.open_edges) == (False, 0)
    assert [repair.code for repair in holed.repairs] == ["filled_holes"]


def test_bodies_are_counted_by_connected_surface_and_pieces_by_metal():
    apart = np.concatenate([cube(), cube(at=(3, 0, 0)), SMALL_TORUS + np.array([0, 0, 9])])
    crossing = np.concatenate([cube(2.0), cube(2.0, at=(1, 1, 1))])

    assert (found_in(apart).bodies, found_in(apart).pieces) == (3, 3)
    assert (found_in(crossing).bodies, found_in(crossing).pieces) == (2, 1)


def test_two_cubes_that_touch_along_an_edge_are_watertight():
    found = found_in(np.concatenate([cube(), cube(at=(1, 1, 0))]))

    assert (found.watertight, found.volume_mm3) == (True, pytest.approx(2.0, rel=1e-9))


def test_a_turned_triangle_is_turned_back():
    triangles = SMALL_TORUS.copy()
    triangles[7] = triangles[7, ::-1]
    found = found_in(triangles)

    assert not found.watertight
    assert found.volume_mm3 == pytest.approx(found_in(SMALL_TORUS).volume_mm3, rel=1e-12)


def test_a_surface_that_is_drawn_from_both_sides_is_one_surface():
    found = found_in(np.concatenate([cube(), cube()[:, ::-1]]))

    assert found.volume_mm3 == pytest.approx(1.0, rel=1e-12)
    assert ("duplicate_faces", 12) in [(repair.code, repair.count) for repair in found.repairs]


def test_stones_are_left_out_and_their_metal_is_one_click_away():
    parts = jewels.solitaire_parts()
    found = found_in(jewels.join(*parts))

    assert [stone.cut for stone in found.stones] == ["round"]
    metal = [part for part in parts if jewels.volume(part) != pytest.approx(found.stones[0].volume_mm3, rel=1e-6)]
    assert len(metal) == len(parts) - 1
    assert found.volume_mm3 == pytest.approx(jewels.union_volume(*metal), rel=1e-6)
    assert found.volume_with_stones_mm3 == pytest.approx(jewels.union_volume(*parts), rel=1e-3)


@pytest.mark.parametrize(
    "triangles",
    [
        cube() * [1, 1, 0],
        cube() * [1, 1, 1e-7],
        cube()[:2],
        np.concatenate([cube() * [1, 1, 0], cube()[:, ::-1] * [1, 1, 0]]),
        torus()[torus().mean(axis=1)[:, 2] > 0],
    ],
    ids=["flat", "foil", "one face", "flat from both sides", "half a torus without lid"],
)
def test_a_model_that_encloses_nothing_is_refused(triangles):
    with pytest.raises(NoVolume):
        found_in(triangles)


def test_a_large_hole_goes_to_a_person():
    found = found_in(torus()[torus().mean(axis=1)[:, 0] < 8.0])
    verdict = judge(found.facts(), CastingLimits())

    assert found.open_edges > 0
    assert verdict.code == "review"


@pytest.mark.parametrize("shape", [SMALL_TORUS, jewels.solitaire(), SMALL_TORUS[1:]], ids=["torus", "stone", "holed"])
def test_a_measurement_survives_json(shape):
    found = found_in(shape)

    assert Measurement.from_json(json.loads(json.dumps(found.to_json(), allow_nan=False))) == found


@settings(max_examples=15, deadline=None)
@given(scale=st.floats(0.01, 100))
def test_scaling_by_s_scales_volume_by_s_cubed(scale):
    before, after = found_in(SMALL_TORUS), found_in(SMALL_TORUS * scale)

    assert after.volume_mm3 == pytest.approx(before.volume_mm3 * scale**3, rel=1e-11)
    assert after.area_mm2 == pytest.approx(before.area_mm2 * scale**2, rel=1e-11)
    assert (after.bodies, after.watertight, after.volume_agrees) == (1, True, True)


ANGLES = st.floats(-np.pi, np.pi)


@settings(max_examples=15, deadline=None)
@given(a=ANGLES, b=ANGLES, c=ANGLES, move=st.tuples(*[st.floats(-1000, 1000)] * 3))
def test_moving_and_turning_change_nothing(a, b, c, move):
    piece = jewels.overlapping_boxes()
    turn = turned(a, 0) @ turned(b, 1) @ turned(c, 2)

    after = found_in(jewels.moved(piece, move, turn))

    assert after.volume_mm3 == pytest.approx(167.0, rel=1e-9)
    assert (after.bodies, after.pieces, after.watertight) == (2, 1, True)
    assert after.walls.low_mm == pytest.approx(3.0, abs=0.01)


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(len(SMALL_TORUS))))
def test_the_order_of_the_triangles_changes_nothing(order):
    before, after = found_in(SMALL_TORUS), found_in(SMALL_TORUS[order])

    assert after.volume_mm3 == pytest.approx(before.volume_mm3, rel=1e-12)
    assert (after.bodies, after.watertight, after.box_mm) == (before.bodies, before.watertight, before.box_mm)


def test_splitting_triangles_changes_nothing():
    piece = jewels.prong_ring()
    before, after = found_in(piece), found_in(jewels.subdivided(piece))

    assert after.triangles == 4 * before.triangles
    assert after.volume_mm3 == pytest.approx(before.volume_mm3, rel=1e-6)
    assert after.walls.low_mm == pytest.approx(before.walls.low_mm, abs=0.01)


def turned(angle, axis):
    matrix, (i, j) = np.eye(3), [k for k in range(3) if k != axis]
    matrix[i, i] = matrix[j, j] = np.cos(angle)
    matrix[i, j], matrix[j, i] = -np.sin(angle), np.sin(angle)
    return matrix


def test_more_stones_than_an_answer_has_room_for_are_refused_by_name(monkeypatch):
    ring = model(jewels.eternity(20).triangles())
    monkeypatch.setattr(measuring, "_MOST_STONES", 20)
    assert len(measure(ring).stones) == 20
    monkeypatch.setattr(measuring, "_MOST_STONES", 19)

    with pytest.raises(TooManyStones) as refused:
        measure(ring)

    assert refused.value.params == {"stones": 20, "max_stones": 19}
