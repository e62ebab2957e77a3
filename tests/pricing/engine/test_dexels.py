"""The metal along rays: known piles, holes, soups, and what must not change the answer."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.engine import dexels
from pricing.engine.dexels import FINE, RayScene, dexel_volume
from pricing.engine.shells import STONE
from tests.pricing.engine.piles import KNOWN, ball, block, inside_out, open_pile, pile, prong_ring, turned
from tests.pricing.engine.shapes import torus

RING = prong_ring()


def volume_of(triangles):
    return float(np.einsum("ij,ij->", triangles[:, 0], np.cross(triangles[:, 1], triangles[:, 2]))) / 6


def rays(shells, **options):
    return dexel_volume(RayScene.of(shells), **options)


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_pile_has_its_metal_and_its_pieces(name):
    shells, truth, pieces = KNOWN[name]
    found = rays(shells)

    assert found.volume_mm3 == pytest.approx(truth, rel=2e-6)
    assert abs(found.volume_mm3 - truth) <= found.error_mm3 <= 1e-5 * truth
    assert (found.pieces, found.unbalanced) == (pieces, 0.0)


def test_what_lies_in_each_other_is_told_apart_from_what_does_not():
    shells, _, _ = KNOWN["two blocks that overlap"]
    found = rays(shells)

    assert found.overlap_mm3 == pytest.approx(9, rel=1e-5)
    assert found.excess_mm3 == pytest.approx(9, rel=1e-5)
    assert found.negative_mm3 == 0.0
    assert rays(KNOWN["two blocks that touch"][0]).overlap_mm3 == pytest.approx(0.0, abs=1e-6)


def test_a_cavity_outside_all_metal_is_seen():
    found = rays(pile(block((2, 2, 2)), inside_out(block((1, 1, 1), (5, 5, 5)))))

    assert found.negative_mm3 == pytest.approx(1, rel=1e-5)
    assert found.volume_mm3 == pytest.approx(8, rel=1e-5)


def test_the_buried_part_of_the_surface_is_known():
    # 112 and 128 mm2; in each other lie 3 x 1 x 3 mm: of the first 15 mm2, of the second as many.
    found = rays(KNOWN["two blocks that overlap"][0])

    assert found.exposed == pytest.approx(1 - 30 / 240, rel=1e-4)


@pytest.mark.parametrize(("across", "ppm"), [(dexels.COARSE, 100), (FINE, 30)])
def test_round_bodies_are_as_exact_as_the_grid_promises(across, ppm):
    whole = torus(9.0, 1.0, around=192, across=96)
    found = rays(pile(whole), across=across)

    assert found.volume_mm3 == pytest.approx(volume_of(whole), rel=ppm * 1e-6)


def test_a_lens_counts_once():
    # Two spheres of radius 1 a radius apart share a lens of 5/12 pi; their facets make them 0.2 % smaller.
    ball_mm3 = volume_of(ball(around=192))
    found = rays(pile(ball(around=192), ball(at=(1, 0, 0), around=192)))

    assert 2 * ball_mm3 - found.volume_mm3 == pytest.approx(5 / 12 * np.pi, rel=2e-3)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), scale=st.floats(0.01, 100), shift=st.tuples(*[st.floats(-1000, 1000)] * 3))
def test_moving_turning_and_scaling_change_the_figure_within_its_error(seed, scale, shift):
    still = rays(pile(*RING))
    moved = rays(pile(*[turned(part, seed) * scale + np.array(shift) for part in RING]))

    assert abs(moved.volume_mm3 / scale**3 - still.volume_mm3) <= moved.error_mm3 / scale**3 + still.error_mm3
    assert moved.error_mm3 <= 1e-3 * moved.volume_mm3
    assert moved.pieces == 1


def test_the_order_of_triangles_and_shells_changes_nothing():
    mixed = [part[np.random.default_rng(1).permutation(len(part))] for part in reversed(RING)]

    assert rays(pile(*mixed)).volume_mm3 == pytest.approx(rays(pile(*RING)).volume_mm3, rel=1e-12)


def test_splitting_the_triangles_changes_nothing():
    whole = KNOWN["two blocks that overlap"][0]
    parts = [block((4, 4, 5)), block((4, 6, 4), (3, 1, 2))]
    quarters = []
    for part in parts:
        a, b, c = np.moveaxis(part, 1, 0)
        ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
        split = [np.stack(corners, 1) for corners in ([a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca])]
        quarters.append(np.concatenate(split))

    assert rays(pile(*quarters)).volume_mm3 == pytest.approx(rays(whole).volume_mm3, rel=1e-12)


def test_no_ray_of_a_closed_surface_is_lost_even_through_slivers():
    # 40,000 facets, most of them a thousand times longer than wide.
    thin = torus(9.0, 0.01, around=10_000, across=4)

    assert rays(pile(thin)).unbalanced == 0.0


def test_bodies_a_rounding_error_apart_are_one_piece():
    # Coordinates of 10 mm are stored in float32 to a millionth of a millimetre.
    shells = pile(block((10, 10, 10)), block((10, 10, 10), (10.000001, 0, 0)))

    assert rays(shells).pieces == 1


def test_a_small_hole_is_mended_from_its_neighbours_and_raises_the_alarm():
    whole = torus(9.0, 1.0, around=192, across=96)
    found = rays(open_pile(whole[40:]))

    assert 0 < found.unbalanced < 0.01
    assert found.volume_mm3 == pytest.approx(volume_of(whole), rel=1e-3)
    assert abs(found.volume_mm3 - volume_of(whole)) <= found.error_mm3


def test_a_box_without_its_lid_is_far_from_certain():
    found = rays(open_pile(block((4, 4, 4))[2:]))

    assert found.unbalanced > 0.1
    assert found.error_mm3 > 0.1 * found.volume_mm3


def test_a_stone_is_no_piece_of_metal():
    assert rays(KNOWN["a stone in its seat"][0]).piece.tolist() == [0, -1]


def test_nothing_but_stones_is_no_metal():
    found = rays(pile(block((2, 2, 2)), roles=[STONE]))

    assert (found.volume_mm3, found.pieces) == (0.0, 0)


def test_a_soup_of_huge_triangles_is_measured_on_a_coarser_grid_in_bounded_memory():
    scene = RayScene.of(open_pile(np.random.default_rng(7).uniform(0, 20, (20_000, 3, 3))))
    tracemalloc.start()
    found = dexel_volume(scene, across=FINE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found.cell_mm > 0.1
    assert found.error_mm3 > 0.01 * found.volume_mm3
    assert peak < 200_000_000


def test_triangles_that_reach_across_too_many_rows_are_measured_on_a_coarser_grid(monkeypatch):
    monkeypatch.setattr(dexels, "_MOST_ROWS", 10_000)
    ring = pile(*RING)

    assert rays(ring).cell_mm > 4 * 22.9 / 512
    assert rays(ring).error_mm3 < 0.05 * rays(ring).volume_mm3


def test_too_many_crossings_are_counted_before_memory_is_taken(monkeypatch):
    # A million and more on one row of rays, though all the slivers together have next to no area.
    monkeypatch.setattr(dexels, "_MOST_CROSSINGS", 20_000)
    row = 100.5 * 20 / 512  # where a row of rays runs if the box reaches from 0 to 20
    z = np.random.default_rng(7).uniform(0, 20, 5_000)
    slivers = np.array([[0, row - 1e-6, 0], [20, row - 1e-6, 0], [20, row + 1e-6, 0]]) + z[:, None, None] * [0, 0, 1]
    corners = np.array([[[0.0, 0, 0], [0.1, 0, 0], [0, 0.1, 0]], [[20, 20, 20], [19.9, 20, 20], [20, 19.9, 20]]])
    found = rays(open_pile(np.concatenate([slivers, corners]) @ dexels._ASKEW))

    assert found.cell_mm == pytest.approx(2 * 20 / 512)
