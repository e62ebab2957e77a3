"""Stones recognised by shape and seat; what only looks like one isn't."""

import numpy as np
import pytest

from pricing.engine.measure import measure
from pricing.engine.repair import mend
from pricing.engine.shells import SOLID, STONE, sort_out
from tests.pricing.engine import jewels
from tests.pricing.engine.jewels import CUTS, box, brilliant, cabochon, capsule, cone, cylinder, join, moved, rotation
from tests.pricing.engine.shapes import model

SIZES = {
    "round": (6.5, 6.5), "princess": (5, 5), "emerald": (7, 5), "oval": (7, 5), "pear": (8, 5),
    "marquise": (8, 4), "cushion": (6, 6), "trillion": (4.94, 4.94), "baguette": (4, 2),
}  # fmt: skip


def seated(stone, size):
    """A stone on a plate of metal that its pavilion dips into."""
    low = stone.vertices[:, 2].min()
    return join(stone, box((size, size, size / 4), (0, 0, low)))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("cut", CUTS)
def test_a_stone_in_a_ring_is_found_named_and_sized(cut, seed):
    found = sort_out(moved(jewels.solitaire(cut), (3, -2, 1), rotation(seed)))

    (stone,) = found.stones
    assert found.roles.tolist() == [SOLID] * 6 + [STONE]
    assert (stone.shell, stone.cut) == (6, cut)
    assert (stone.length_mm, stone.width_mm) == pytest.approx(SIZES[cut], rel=5e-3)
    assert stone.depth_mm == pytest.approx(np.ptp(CUTS[cut]().vertices[:, 2]), rel=1e-9)
    assert stone.volume_mm3 == pytest.approx(jewels.volume(CUTS[cut]()), rel=1e-9)


def test_the_centre_of_a_stone_is_where_it_was_put():
    by, turn = (5.0, -7.0, 2.0), rotation(4)
    gem = brilliant(3.0)
    middle = (gem.vertices[:, 2].min() + gem.vertices[:, 2].max()) / 2

    (stone,) = sort_out(moved(seated(gem, 3.0), by, turn)).stones

    # Of two corners of the outline within a thousandth of its size one counts; which, the last bit of a sine decides.
    assert stone.centre_mm == pytest.approx(turn @ [0, 0, middle] + by, abs=3e-3)


@pytest.mark.parametrize("segments", [16, 24, 32, 64, 96])
@pytest.mark.parametrize("diameter", [0.8, 2.0, 15.0])
@pytest.mark.parametrize(("girdle", "culet"), [(0, 0), (0.03, 0), (0.03, 0.05)])
def test_brilliants_are_found_whatever_their_girdle_and_culet(segments, diameter, girdle, culet):
    gem = brilliant(diameter, segments, girdle=girdle, culet=culet)

    (stone,) = sort_out(moved(seated(gem, diameter), turn=rotation(segments))).stones

    assert (stone.cut, stone.width_mm) == ("round", pytest.approx(diameter, rel=2e-2))


def test_every_stone_of_an_eternity_ring_is_found():
    found = sort_out(jewels.eternity(20))

    assert [stone.cut for stone in found.stones] == ["round"] * 20
    assert found.roles.tolist() == [SOLID] * 41 + [STONE] * 20


@pytest.mark.parametrize("spoil", [jewels.soup, jewels.duplicated, jewels.flipped, lambda p: jewels.soup(p, 2e-5)])
def test_stones_of_a_damaged_file_are_found_once_it_is_mended(spoil):
    assert len(sort_out(mend(spoil(jewels.eternity(8))).mesh).stones) == 8


NOT_STONES = {
    "bead": jewels.sphere(2.5),
    "box": box((5, 5, 5)),
    "cabochon": cabochon(),
    "cone": cone(2.5, 4),
    "pyramid": cone(2.5, 4, 4),
    "tetrahedron": cone(2.5, 4, 3),
    "torus": jewels.torus(3, 1, 16, 8),
    "double cone": jewels.hull(
        np.vstack([np.pad(jewels.ellipse(5, 5, 16), ((0, 0), (0, 1))), [[0, 0, 2], [0, 0, -2]]])
    ),
    **{f"bead {a} x {r}": jewels.sphere(2.5, a, r) for a in range(3, 13) for r in (2, 3, 4, 6, 8)},
    **{f"ball {k}": jewels.icosphere(2.5, k) for k in range(4)},
    **{f"rod {a}": cylinder(2, 4, a) for a in range(3, 13)},
    **{f"disc {a}": cylinder(3, 1, a) for a in range(3, 13)},
    **{f"prong {a} x {r}": capsule(1, 3, a, r) for a in range(3, 13) for r in (1, 2, 3)},
    **{f"pill {a} x {r}": capsule(2, 0.5, a, r) for a in range(3, 13) for r in (1, 2, 3)},
    **{f"dome {a} x {r}": cabochon(5, 2, a, r) for a in range(3, 13) for r in (1, 2, 3)},
    **{f"pebble {k}": jewels.hull(np.random.default_rng(k).normal(size=(12 + k, 3)) * 2) for k in range(30)},
}


@pytest.mark.parametrize("shape", NOT_STONES)
def test_other_convex_shapes_in_metal_are_no_stones(shape):
    piece = join(NOT_STONES[shape], box((8, 8, 1), (0, 0, -2)))

    assert sort_out(moved(piece, turn=rotation(1))).stones == ()


def test_a_gem_without_metal_is_no_stone():
    gem = brilliant(3.0)

    assert sort_out(gem).stones == ()
    assert sort_out(join(gem, moved(gem, (5, 0, 0)))).stones == ()


def test_a_gem_buried_in_metal_is_no_stone():
    assert sort_out(join(box((12, 12, 12)), brilliant(3.0))).roles.tolist() == [SOLID, SOLID]


@pytest.mark.parametrize(("gap", "stones"), [(0.2, 1), (0.9, 1), (1.2, 0)])
def test_a_gem_is_a_stone_only_near_metal(gap, stones):
    gem = brilliant(3.0)
    plate = box((4, 4, 1), (0, 0, gem.vertices[:, 2].min() - gap - 0.5))

    assert len(sort_out(join(gem, plate)).stones) == stones


@pytest.mark.parametrize("stone_first", [False, True])
def test_a_stone_is_no_metal_in_a_seat_that_was_cut_with_it(stone_first):
    *metal, stone = jewels.solitaire_parts("princess")
    seat = jewels.cut_by(metal, stone)

    parts = [stone, seat] if stone_first else [seat, stone]
    found = measure(model(jewels.welded(join(*parts))))

    assert [(gem.cut, gem.length_mm) for gem in found.stones] == [("princess", pytest.approx(5, rel=1e-3))]
    assert found.volume_mm3 == pytest.approx(jewels.volume(seat), rel=1e-4)
    assert found.volume_agrees
