"""Surveying meshes whose edges are known."""

import numpy as np
import pytest

from pricing.engine.topology import Survey, survey
from tests.pricing.engine.jewels import box, flipped, join, mesh, noise_soup, prong_ring, shuffled, soup, torus, welded


def test_a_closed_body_has_two_agreeing_faces_at_every_edge():
    assert survey(box()) == Survey(0, 0, 0, bodies=1, watertight=True)


def test_a_missing_face_leaves_its_three_edges_open():
    found = survey(torus().part(np.arange(len(torus().faces)) != 40))

    assert (found.open_edges, found.turned_edges, found.watertight) == (3, 0, False)


def test_a_turned_face_is_walked_twice_in_one_direction_on_its_three_edges():
    faces = torus().faces.copy()
    faces[7] = faces[7, ::-1]

    found = survey(mesh(torus().vertices, faces))

    assert (found.turned_edges, found.open_edges, found.watertight) == (3, 0, False)


def test_two_boxes_that_touch_along_an_edge_are_one_watertight_body():
    found = survey(welded(join(box(), box(at=(1, 1, 0)))))

    assert found == Survey(open_edges=0, nonmanifold_edges=1, turned_edges=0, bodies=1, watertight=True)


def test_boxes_that_share_a_vertex_are_one_body():
    assert survey(welded(join(box(), box(at=(1, 1, 1))))).bodies == 1


def test_bodies_are_counted_by_connected_surface():
    assert survey(prong_ring(6)).bodies == 7


def test_every_triangle_of_a_soup_is_a_body_with_three_open_edges():
    assert survey(soup(box())) == Survey(36, 0, 0, bodies=12, watertight=False)


def test_nothing_is_not_watertight():
    assert survey(mesh(np.zeros((0, 3)), np.zeros((0, 3)))) == Survey(0, 0, 0, bodies=0, watertight=False)


def test_a_long_chain_of_triangles_is_one_body():
    numbers = np.random.default_rng(3).permutation(20_002)
    strip = np.stack([numbers[:-2], numbers[1:-1], numbers[2:]], axis=1)

    assert survey(mesh(np.zeros((20_002, 3)), strip)).bodies == 1


def test_a_vertex_with_a_hundred_thousand_faces_is_surveyed():
    # Its bucket is sorted by a heap; insertion would take minutes.
    hub = np.random.default_rng(1).permutation(np.arange(1, 100_001))
    fan = np.stack([np.zeros(100_000), hub, np.roll(hub, -1)], axis=1)

    found = survey(mesh(np.zeros((100_001, 3)), fan))

    assert found == Survey(open_edges=100_000, nonmanifold_edges=0, turned_edges=0, bodies=1, watertight=False)


@pytest.mark.parametrize("piece", [flipped(prong_ring(3)), noise_soup(3000), torus()], ids=["flipped", "soup", "torus"])
def test_the_order_of_faces_and_vertices_changes_nothing(piece):
    assert survey(shuffled(piece)) == survey(piece)
