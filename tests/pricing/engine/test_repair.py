"""Mending what was damaged in a known way: the volume comes back, and the repairs are counted."""

import time

import numpy as np
import pytest

from pricing.engine.repair import mend
from pricing.engine.topology import survey
from tests.pricing.engine import jewels
from tests.pricing.engine.jewels import box, duplicated, flipped, holed, join, prong_ring, soup, turned, volume, welded

PIECE = prong_ring(6)


def repairs(mended):
    return {repair.code: repair.count for repair in mended.repairs}


def test_a_clean_mesh_is_returned_as_it_is():
    mended = mend(PIECE)

    assert (mended.mesh, mended.repairs, mended.open_edges) == (PIECE, (), 0)
    assert mended.mesh is PIECE


@pytest.mark.parametrize(
    ("damaged", "code"),
    [
        (flipped(PIECE), "turned_faces"),
        (duplicated(PIECE), "duplicate_faces"),
        (flipped(duplicated(PIECE)), "duplicate_faces"),
        (holed(PIECE, 20), "filled_holes"),
        (soup(PIECE), "merged_vertices"),
        (flipped(duplicated(holed(PIECE, 10))), "filled_holes"),
    ],
    ids=["flipped", "duplicated", "duplicated, flipped", "holed", "soup", "all at once"],
)
def test_a_damaged_piece_is_closed_again_with_its_volume(damaged, code):
    mended = mend(damaged)

    assert survey(mended.mesh).is_clean
    assert survey(mended.mesh).bodies == 7
    assert volume(mended.mesh) == pytest.approx(volume(PIECE), rel=1e-12)
    assert repairs(mended)[code] > 0


def test_repairs_are_counted():
    faces = len(PIECE.faces)
    doubled = duplicated(PIECE)

    assert repairs(mend(holed(PIECE, 20))) == {"filled_holes": 20}
    assert repairs(mend(doubled)) == {"duplicate_faces": len(doubled.faces) - faces}
    assert repairs(mend(soup(PIECE))) == {"merged_vertices": 3 * faces - len(PIECE.vertices)}
    assert repairs(mend(flipped(PIECE, 0.001))) == {"turned_faces": np.count_nonzero(np.any(
        flipped(PIECE, 0.001).faces != PIECE.faces, axis=1))}  # fmt: skip


def test_corners_that_nearly_meet_are_one():
    mended = mend(soup(PIECE, noise=1e-4))

    assert survey(mended.mesh).is_clean
    assert volume(mended.mesh) == pytest.approx(volume(PIECE), rel=1e-5)


def test_a_fine_mesh_is_not_merged_beyond_its_edges():
    # Edges of 0.004 mm on a piece of 20 mm: the piece's tolerance alone would fold them up.
    fine = jewels.moved(jewels.torus(0.1, 0.03, 96, 24), (20, 0, 0))
    mended = mend(holed(join(box(), fine), 5))

    assert repairs(mended) == {"filled_holes": 5}


def test_a_t_junction_splits_the_faces_beside_it():
    mended = mend(jewels.t_junction_box())

    assert (repairs(mended), survey(mended.mesh).is_clean) == ({"split_edges": 4}, True)
    assert volume(mended.mesh) == pytest.approx(8, rel=1e-14)


def test_boxes_that_touch_along_an_edge_come_apart():
    mended = mend(welded(join(box(), box(at=(1, 1, 0)))))

    assert (survey(mended.mesh).is_clean, survey(mended.mesh).bodies) == (True, 2)
    assert repairs(mended) == {"parted_edges": 1}


def test_a_wall_of_no_thickness_between_two_boxes_goes():
    mended = mend(welded(join(box(), box(at=(1, 0, 0)))))

    assert (repairs(mended), survey(mended.mesh).bodies, volume(mended.mesh)) == ({"duplicate_faces": 4}, 1, 2.0)


def test_a_file_with_both_sides_of_every_face_keeps_the_first():
    mended = mend(welded(join(PIECE, turned(PIECE))))

    assert repairs(mended) == {"duplicate_faces": len(PIECE.faces)}
    assert volume(mended.mesh) == pytest.approx(volume(PIECE), rel=1e-12)


def test_a_flat_hole_of_many_edges_is_filled_exactly():
    rod = jewels.cylinder(0.4, 4.0, 48)
    open_rod = rod.part(~np.all(rod.vertices[rod.faces][:, :, 2] > 1.9, axis=1))

    mended = mend(join(open_rod, box((20, 20, 1), (0, 0, -2))))

    assert repairs(mended) == {"filled_holes": 1}
    assert volume(mended.mesh) == pytest.approx(volume(rod) + 400, rel=1e-12)


def test_a_missing_side_stays_open_and_is_reported():
    mended = mend(box().part(np.arange(12) > 1))

    assert (repairs(mended), mended.open_edges) == ({}, 4)


def test_a_moebius_band_is_cut_open_not_followed_for_ever():
    count = 40
    low, high = np.arange(count), np.arange(count) + count
    after_low, after_high = np.append(low[1:], high[0]), np.append(high[1:], low[0])
    angle = np.arange(count) * 2 * np.pi / count
    rim = [np.stack([(5 + s * np.cos(angle / 2)) * np.cos(angle), (5 + s * np.cos(angle / 2)) * np.sin(angle),
                     s * np.sin(angle / 2)], axis=1) for s in (-1, 1)]  # fmt: skip
    faces = np.concatenate([np.stack([low, after_low, high], 1), np.stack([high, after_low, after_high], 1)])

    mended = mend(jewels.mesh(np.concatenate(rim), faces))

    assert survey(mended.mesh).turned_edges == 0
    assert mended.open_edges == 2 * count + 2


def test_what_cannot_be_closed_is_at_least_manifold_and_consistent():
    found = survey(mend(jewels.noise_soup(2000)).mesh)

    assert (found.nonmanifold_edges, found.turned_edges) == (0, 0)
    assert found.open_edges == mend(jewels.noise_soup(2000)).open_edges


@pytest.mark.parametrize("kind", ["soup", "one edge", "one point"])
def test_hostile_meshes_end_quickly(kind):
    count = 20_000
    spread = np.random.default_rng(2).normal(size=(count + 2, 3))
    around_one_edge = np.stack([np.zeros(count), np.ones(count), np.arange(count) + 2], axis=1)
    hostile = {
        "soup": jewels.noise_soup(count),
        "one edge": jewels.mesh(spread, around_one_edge),
        "one point": soup(jewels.mesh(spread * 1e-9, around_one_edge)),
    }[kind]
    started = time.perf_counter()

    mended = mend(hostile)

    assert time.perf_counter() - started < 5  # a generous bound: a quadratic step would take minutes
    assert survey(mended.mesh).nonmanifold_edges == 0
