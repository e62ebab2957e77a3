"""Shells set right and told apart, on pieces whose nesting is known."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.engine.columns import height_at, passes
from pricing.engine.repair import mend
from pricing.engine.shells import CAVITY, OPEN, SOLID, STONE, as_metal, sort_out
from tests.pricing.engine import jewels
from tests.pricing.engine.jewels import box, join, moved, rotation, shuffled, some_inverted, turned, volume


def boxes():
    """A cube of 10, in it a cavity of 6, in that a solid of 2."""
    return [box((10, 10, 10)), turned(box((6, 6, 6))), box((2, 2, 2))]


@pytest.mark.parametrize(
    ("piece", "roles", "container", "signed"),
    [
        (jewels.box_in_box(), [SOLID, CAVITY], [-1, 0], 936),
        (jewels.box_with_island(), [SOLID, CAVITY, SOLID], [-1, 0, -1], 792),
        (jewels.rod_through_cavity(), [SOLID, CAVITY, SOLID], [-1, 0, -1], 832),
        (jewels.overlapping_boxes(), [SOLID, SOLID], [-1, -1], 176),
        (join(box((10, 10, 10)), box((4, 4, 4))), [SOLID, SOLID], [-1, -1], 1064),
    ],
    ids=["cavity", "island", "rod", "overlap", "box in box"],
)
@pytest.mark.parametrize("inside_out", [False, True], ids=["", "inside out"])
def test_nested_boxes_get_their_roles(piece, roles, container, signed, inside_out):
    found = sort_out(turned(piece) if inside_out else piece)

    assert (found.roles.tolist(), found.container.tolist()) == (roles, container)
    assert volume(found.mesh) == pytest.approx(signed)
    assert found.turned_shells == (len(roles) if inside_out else 0)


def test_an_inverted_island_is_set_right():
    outer, cavity, island = boxes()

    found = sort_out(join(outer, cavity, turned(island)))

    assert (found.roles.tolist(), found.turned_shells, volume(found.mesh)) == ([SOLID, CAVITY, SOLID], 1, 792)


def test_an_inverted_rod_through_a_cavity_is_set_right():
    found = sort_out(join(box((10, 10, 10)), turned(box((6, 6, 6))), turned(box((2, 2, 12)))))

    assert (found.roles.tolist(), found.turned_shells, volume(found.mesh)) == ([SOLID, CAVITY, SOLID], 1, 832)


def test_the_container_of_a_cavity_is_the_innermost_solid():
    found = sort_out(join(box((20, 20, 20)), box((10, 10, 10)), turned(box((4, 4, 4)))))

    assert found.container.tolist() == [-1, -1, 1]


@pytest.mark.parametrize("which", [{1, 3}, {0}, {0, 1, 2, 3, 4, 5, 6}], ids=["prongs", "band", "all"])
def test_inverted_shells_of_a_ring_are_set_right(which):
    parts = jewels.prong_ring_parts(6)

    found = sort_out(some_inverted(parts, which))

    assert (found.roles.tolist(), found.turned_shells) == ([SOLID] * 7, len(which))
    assert volume(found.mesh) == pytest.approx(sum(volume(part) for part in parts), rel=1e-12)


def test_a_hollow_ring_has_a_cavity():
    found = sort_out(jewels.hollow_ring())

    assert (found.roles.tolist(), found.container.tolist()) == ([SOLID, CAVITY], [-1, 0])


def test_a_box_and_its_negative_are_two_solids():
    assert volume(sort_out(join(box(), turned(box()))).mesh) == 2.0


def test_a_shell_that_stays_open_is_open():
    lidless = box((2, 2, 2)).part(np.arange(12) > 1)

    assert sort_out(join(box((2, 2, 2), (9, 0, 0)), lidless)).roles.tolist() == [SOLID, OPEN]


def test_faces_are_numbered_by_shell():
    found = sort_out(join(box(), box(at=(3, 0, 0))))

    assert found.shell.tolist() == [0] * 12 + [1] * 12


def test_nothing_has_no_shells():
    found = sort_out(jewels.mesh(np.zeros((0, 3)), np.zeros((0, 3))))

    assert (len(found.roles), found.stones) == (0, ())


def test_rays_through_edges_and_vertices_are_counted_once():
    # Grids of boxes in line: rays from one meet edges, corners and walls of the others exactly.
    grid = [box(at=(2.0 * x, 2.0 * y, 2.0 * z)) for x in range(4) for y in range(4) for z in range(4)]
    inverted = set(range(0, 64, 3))

    found = sort_out(
        join(box((20, 20, 20), (30, 0, 0)), *[turned(b) if k in inverted else b for k, b in enumerate(grid)])
    )

    assert (found.roles.tolist(), found.turned_shells) == ([SOLID] * 65, len(inverted))


SCENES = [
    jewels.rod_through_cavity(),
    some_inverted(jewels.prong_ring_parts(5), {2, 4}),
    jewels.solitaire("emerald"),
    jewels.hollow_ring(48, 12),
]


@settings(max_examples=30, deadline=None)
@given(scene=st.sampled_from(SCENES), seed=st.integers(0, 10**6), scale=st.floats(0.5, 2), by=st.floats(-500, 500))
def test_moving_turning_scaling_and_reordering_change_no_role(scene, seed, scale, by):
    before = sort_out(scene)

    after = sort_out(shuffled(moved(scene, (by, -by, by / 3), rotation(seed), scale), seed))

    assert sorted(after.roles.tolist()) == sorted(before.roles.tolist())
    assert after.turned_shells == before.turned_shells
    assert [stone.cut for stone in after.stones] == [stone.cut for stone in before.stones]
    assert volume(after.mesh) == pytest.approx(volume(before.mesh) * scale**3, rel=1e-6)


def test_stones_become_metal_when_the_customer_says_so():
    found = sort_out(jewels.solitaire())

    metal = as_metal(found)

    assert np.count_nonzero(found.roles == STONE) == 1
    assert (np.count_nonzero(metal.roles == STONE), metal.stones) == (0, ())
    assert np.array_equal(metal.mesh.faces, found.mesh.faces)


def test_a_soup_of_random_triangles_ends_quickly():
    mended = mend(jewels.noise_soup(20_000))
    started = time.perf_counter()

    found = sort_out(mended.mesh)

    assert time.perf_counter() - started < 5
    assert np.count_nonzero(found.roles == OPEN) > 19_000


@pytest.mark.parametrize("inside_out", [False, True], ids=["dust", "dust inside out"])
def test_a_dust_of_many_shells_ends_quickly(inside_out):
    grain = jewels.cone(0.1, 0.2, 3)
    places = np.random.default_rng(5).uniform(-10, 10, (20_000, 1, 3))
    faces = (grain.faces + len(grain.vertices) * np.arange(20_000)[:, None, None]).reshape(-1, 3)
    dust = jewels.mesh((grain.vertices + places).reshape(-1, 3), faces)
    inverted = np.arange(len(faces)) // len(grain.faces) % 2 == 1
    started = time.perf_counter()

    found = sort_out(turned(dust) if inside_out else jewels.mesh(dust.vertices, np.where(
        inverted[:, None], dust.faces[:, ::-1], dust.faces)))  # fmt: skip

    assert time.perf_counter() - started < 5
    assert len(found.roles) == 20_000


@pytest.mark.parametrize("x", [-0.5, 0.0, 0.25, 0.5])
@pytest.mark.parametrize("y", [-0.5, 0.0, 0.25, 0.5])
def test_a_line_through_edges_and_vertices_meets_the_top_of_a_box_once(x, y):
    fine = jewels.subdivided(box((2, 2, 2)), 2)
    met = [(passes(t, x, y), height_at(t, x, y)) for t in fine.triangles()]

    assert sum(way for way, z in met if z > 0) == 1
    assert sum(way for way, z in met if z < 0) == -1
