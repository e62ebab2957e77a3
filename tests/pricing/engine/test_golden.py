"""The golden corpus: pieces by formula whose truth is known, spoiled as files are, in every format that is read.

The truth is a formula or manifold3d's union of the parts before they were spoiled; the bounds are stated beside it.
"""

import pytest

from pricing.engine.formats import read_model
from pricing.engine.measure import measure
from tests.pricing.engine import jewels
from tests.pricing.engine.files import FORMATS
from tests.pricing.engine.shapes import model

EXACT, UNION, MENDED = 1e-12, 1e-6, 2e-3  # relative: formula, exact union, holes filled flat or noise welded


def united(parts):
    return jewels.join(*parts), jewels.union_volume(*parts)


def without_stones(parts, stones):
    return jewels.join(*parts), jewels.union_volume(*parts[:-stones])


PRONGS, PRONGS_MM3 = united(jewels.prong_ring_parts())
BEADS, BEADS_MM3 = united(jewels.bead_ring_parts(12))
FILIGREE, FILIGREE_MM3 = united(jewels.filigree_parts(6))
RING = jewels.plain_ring()
RING_MM3 = jewels.volume(RING)
HOLLOW = jewels.hollow_ring()

# name: (mesh, true volume of metal in mm3, relative bound, stones)
CORPUS = {
    "plain": (RING, RING_MM3, EXACT, 0),
    "prongs": (PRONGS, PRONGS_MM3, UNION, 0),
    "beads": (BEADS, BEADS_MM3, UNION, 0),
    "filigree": (FILIGREE, FILIGREE_MM3, UNION, 0),
    "hollow": (HOLLOW, jewels.volume(HOLLOW), EXACT, 0),
    "overlapping boxes": (jewels.overlapping_boxes(), 167.0, EXACT, 0),
    "box in box": (jewels.box_in_box(), 936.0, EXACT, 0),
    "box with island": (jewels.box_with_island(), 792.0, EXACT, 0),
    "rod through cavity": (jewels.rod_through_cavity(), 816.0, UNION, 0),
    "the same box twice": (jewels.join(jewels.box((4, 4, 5)), jewels.box((4, 4, 5))), 80.0, UNION, 0),
    "flipped": (jewels.flipped(PRONGS), PRONGS_MM3, UNION, 0),
    "duplicated": (jewels.duplicated(PRONGS), PRONGS_MM3, UNION, 0),
    "inverted shells": (
        jewels.some_inverted(jewels.prong_ring_parts(), [0, 2, 3]), PRONGS_MM3, UNION, 0,
    ),
    "soup": (jewels.soup(PRONGS), PRONGS_MM3, UNION, 0),
    "noisy soup": (jewels.soup(PRONGS, 1e-6), PRONGS_MM3, MENDED, 0),
    "holed": (jewels.holed(RING, 3), RING_MM3, MENDED, 0),
    "T-junctions": (jewels.t_junction_box(), 8.0, EXACT, 0),
}  # fmt: skip


@pytest.mark.parametrize("name", CORPUS)
def test_the_volume_of_metal_is_true(name):
    mesh, truth_mm3, bound, stones = CORPUS[name]

    found = measure(model(mesh))

    assert found.volume_agrees
    assert found.volume_mm3 == pytest.approx(truth_mm3, rel=bound)
    assert abs(found.second_volume_mm3 - truth_mm3) <= max(found.volume_error_mm3, bound * truth_mm3)
    assert len(found.stones) == stones


@pytest.mark.parametrize("cut", jewels.CUTS)
def test_a_set_stone_of_every_cut_is_no_metal(cut):
    parts = jewels.solitaire_parts(cut)
    found = measure(model(jewels.join(*parts)))

    assert [stone.cut for stone in found.stones] == [cut]
    gem = min(parts, key=lambda part: abs(jewels.volume(part) - found.stones[0].volume_mm3))
    assert found.volume_mm3 == pytest.approx(jewels.union_volume(*(p for p in parts if p is not gem)), rel=UNION)


@pytest.mark.parametrize("written", FORMATS)
@pytest.mark.parametrize("name", ["prongs", "overlapping boxes", "box in box", "flipped"])
def test_every_format_gives_the_same_volume(name, written):
    mesh, truth_mm3, _, _ = CORPUS[name]

    found = measure(read_model(FORMATS[written](mesh)))

    assert found.volume_mm3 == pytest.approx(truth_mm3, rel=1e-5)  # some formats keep float32
    assert found.triangles == len(mesh.faces)


def test_above_the_unions_limit_two_grids_are_within_a_thousandth():
    mesh = jewels.prong_ring(40, detail=4)
    truth_mm3 = jewels.union_volume(*jewels.prong_ring_parts(40, detail=4))

    found = measure(model(mesh))

    assert len(mesh.faces) > 200_000
    assert found.volume_agrees
    assert found.volume_mm3 == pytest.approx(truth_mm3, rel=1e-3)
