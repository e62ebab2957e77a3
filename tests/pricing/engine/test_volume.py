"""The union, the two ways to a volume, and when they agree."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from pricing.engine import volume as module
from pricing.engine.dexels import dexel_volume
from pricing.engine.shells import CAVITY, OPEN, SOLID, STONE, sort_out
from pricing.engine.union import NoUnion, Union, unite
from pricing.engine.volume import metal_volume
from tests.pricing.engine.jewels import box, join
from tests.pricing.engine.piles import KNOWN, ball, block, inside_out, open_pile, pile, prong_ring
from tests.pricing.engine.shapes import torus


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_pile_has_its_volume_and_both_ways_agree(name):
    shells, truth, pieces = KNOWN[name]
    found = metal_volume(shells)

    assert found.volume_mm3 == pytest.approx(truth, rel=1e-12)
    assert found.dexel_mm3 == pytest.approx(truth, rel=2e-6)
    assert abs(found.volume_mm3 - truth) <= found.error_mm3 < 1e-4 * truth
    assert (found.agrees, found.solids) == (True, pieces)


@pytest.mark.parametrize("name", KNOWN)
def test_without_a_union_two_grids_give_the_same(name):
    shells, truth, pieces = KNOWN[name]
    found = metal_volume(shells, union_limit=0)

    assert found.volume_mm3 == pytest.approx(truth, rel=2e-6)
    assert (found.agrees, found.union_mm3, found.solids) == (True, None, pieces)


def test_signed_volume_and_area_are_told_beside_what_is_true():
    found = metal_volume(KNOWN["two blocks that overlap"][0])

    assert found.signed_mm3 == pytest.approx(176, rel=1e-12)
    assert found.area_mm2 == pytest.approx(240 - 30, rel=1e-12)
    assert found.is_union


def test_a_single_solid_needs_no_union():
    found = metal_volume(pile(torus(around=96, across=48)))

    assert found.union_mm3 is None
    assert found.volume_mm3 == found.signed_mm3
    assert not found.is_union


def test_a_prong_ring_is_the_same_in_both_ways_and_its_area_too():
    ring = pile(*prong_ring())
    exact, rays = metal_volume(ring), metal_volume(ring, union_limit=0)

    assert exact.signed_mm3 > 1.02 * exact.volume_mm3
    assert rays.volume_mm3 == pytest.approx(exact.union_mm3, rel=1e-4)
    assert abs(rays.volume_mm3 - exact.union_mm3) <= rays.error_mm3
    assert rays.area_mm2 == pytest.approx(exact.area_mm2, rel=1e-3)


def test_filigree_of_crossing_wires_is_the_same_in_both_ways():
    wires = [torus(8.0, 0.2, around=96, across=12) + np.array([4.0 * k, 0, 0]) for k in range(4)]
    filigree = pile(*wires)
    exact, rays = metal_volume(filigree), metal_volume(filigree, union_limit=0)

    assert rays.volume_mm3 == pytest.approx(exact.union_mm3, rel=1e-3)
    assert exact.solids == rays.solids == 1
    assert exact.agrees
    assert rays.agrees


def test_a_loose_bead_is_a_piece_of_its_own():
    ring = pile(*prong_ring(), ball(0.3, (0, 0, 0), around=16))

    assert metal_volume(ring).solids == 2
    assert metal_volume(ring, union_limit=0).solids == 2


def test_a_solid_that_lies_in_itself_is_not_priced_by_its_double_volume():
    # Welded to one shell, the same block twice is 160 mm3 to the union and 80 to the rays: a person decides.
    twice = np.concatenate([block((10, 4, 2)), block((10, 4, 2))])
    found = metal_volume(pile(twice))

    assert found.dexel_mm3 == pytest.approx(80, rel=1e-5)
    assert not found.agrees or found.volume_mm3 == pytest.approx(80, rel=1e-5)


def test_where_the_ways_differ_it_says_so_and_keeps_both(monkeypatch):
    monkeypatch.setattr(module, "unite", lambda shells, **_: Union(shells.mesh, 170.0, 210.0, (170.0,)))
    found = metal_volume(KNOWN["two blocks that overlap"][0])

    assert not found.agrees
    assert (found.union_mm3, round(found.dexel_mm3, 3)) == (170.0, 167.0)
    assert found.error_mm3 >= 3


def test_two_grids_that_differ_do_not_agree(monkeypatch):
    def drifting(scene, across=module.FINE // 2):
        found = dexel_volume(scene, across=across)
        return replace(found, volume_mm3=found.volume_mm3 * (1.02 if across == module.FINE else 1))

    monkeypatch.setattr(module, "dexel_volume", drifting)
    found = metal_volume(KNOWN["two blocks that overlap"][0], union_limit=0)

    assert not found.agrees
    assert found.error_mm3 >= 0.02 * 167


def test_a_small_hole_is_measured_by_rays_and_agrees():
    whole = torus(9.0, 1.0, around=192, across=96)
    found = metal_volume(open_pile(whole[5:]))

    assert found.volume_mm3 == pytest.approx(metal_volume(pile(whole)).volume_mm3, rel=1e-3)
    assert (found.union_mm3, found.agrees) == (None, True)


def test_a_box_without_its_lid_goes_to_a_person():
    assert not metal_volume(open_pile(block((4, 4, 4))[2:])).agrees


def test_a_stone_that_is_a_solid_after_all_is_metal():
    shells, _, _ = KNOWN["a stone in its seat"]
    solids = replace(shells, roles=np.zeros_like(shells.roles))

    assert metal_volume(solids).volume_mm3 == pytest.approx(68, rel=1e-12)


def test_nothing_but_stones_never_agrees():
    found = metal_volume(pile(block((2, 2, 2)), roles=[STONE]))

    assert (found.volume_mm3, found.solids, found.agrees) == (0.0, 0, False)


def test_the_union_leaves_a_closed_surface_without_what_is_buried():
    united = unite(KNOWN["a block in a block"][0])

    assert isinstance(united, Union)
    assert (united.volume_mm3, united.area_mm2, united.pieces) == (1000.0, 600.0, 1)
    assert len(united.mesh.faces) == 12


@pytest.mark.parametrize(
    ("shells", "limit", "reason"),
    [
        (pile(block((1, 1, 1)), roles=[OPEN]), 100, "open"),
        (pile(block((1, 1, 1)), roles=[STONE]), 100, "empty"),
        (pile(block((1, 1, 1))), 11, "too_many_triangles"),
        (pile(block((1, 1, 1))[1:]), 100, "NotManifold"),
    ],
)
def test_why_no_union_was_made_is_said(shells, limit, reason):
    assert unite(shells, limit=limit) == NoUnion(reason)


def test_a_cavity_is_cut_out_of_its_own_solid_only():
    # The second block fills half of the first one's cavity.
    shells = pile(
        block((10, 10, 10)),
        inside_out(block((4, 4, 4), (3, 3, 3))),
        block((2, 4, 4), (3, 3, 3)),
        roles=[SOLID, CAVITY, SOLID],
        container=[-1, 0, -1],
    )

    assert metal_volume(shells).volume_mm3 == pytest.approx(1000 - 64 + 32, rel=1e-12)


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_the_union_stays_on_one_thread():
    script = (
        "import os; from tests.pricing.engine.piles import *; from pricing.engine.union import unite\n"
        "unite(pile(*prong_ring(fineness=2))); print(len(os.listdir('/proc/self/task')))"
    )
    one = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    told = subprocess.run([sys.executable, "-c", script], env=one, capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "1"


def test_a_pile_of_bodies_is_measured_by_rays_for_a_union_would_take_forever():
    boxes = [box((10, 10, 10), (0.01 * k, 0, 0)) for k in range(40)]

    found = metal_volume(sort_out(join(*boxes)))

    assert not found.is_union
    assert found.signed_mm3 == pytest.approx(40_000)
    assert found.volume_mm3 == pytest.approx(1_039, rel=0.001)
    assert found.agrees
