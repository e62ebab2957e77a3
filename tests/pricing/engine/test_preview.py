"""The picture: there is a piece on it, in its colour, and it is the same every time."""

import io
import time

import numpy as np
import pytest
from PIL import Image

from pricing.engine.measurement import ThinPlace
from pricing.engine.mesh import Mesh
from pricing.engine.normals import corner_normals
from pricing.engine.preview import TINTS, render
from pricing.engine.raster import NOTHING, nearest_triangles
from tests.pricing.engine import jewels
from tests.pricing.engine.files import mesh_of as unwelded
from tests.pricing.engine.jewels import box, brilliant, moved
from tests.pricing.engine.shapes import cube as cube_triangles
from tests.pricing.engine.shapes import soup as mesh_of
from tests.pricing.engine.shapes import torus as torus_triangles


def cube(*args, **kwargs):
    return mesh_of(cube_triangles(*args, **kwargs))


def torus(*args, **kwargs):
    return mesh_of(torus_triangles(*args, **kwargs))


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), float)


def test_the_picture_is_a_png_of_the_asked_size_without_metadata():
    image = Image.open(io.BytesIO(render(torus(), size=120)))

    assert (image.format, image.size, image.info) == ("PNG", (120, 120), {})


def test_the_same_piece_gives_the_same_bytes():
    assert render(torus(), size=96) == render(torus(), size=96)


def test_the_piece_fills_the_frame_wherever_it_lies_and_however_large_it_is():
    small = render(cube(1.0), size=96)

    assert render(cube(1000.0, at=(512, -256, 64)), size=96) == small
    # A cube seen from its corner: the dark of the metal reaches most of the picture's height.
    rows = np.flatnonzero((pixels(small).min(axis=2) < 150).any(axis=1))
    assert rows[-1] - rows[0] > 60


@pytest.mark.parametrize(
    ("tint", "holds"),
    [
        ("yellow", lambda r, g, b: r > g > b and r - b > 40),
        ("rose", lambda r, g, b: r - g > 20 and r - b > 20),
        ("white", lambda r, g, b: max(r, g, b) - min(r, g, b) < 20),
        ("silver", lambda r, g, b: b >= r),
    ],
)
def test_an_alloy_has_its_colour(tint, holds):
    picture = pixels(render(torus(4.0, 3.9), size=96, tint=tint))

    assert holds(*picture[34:44, 30:66].mean(axis=(0, 1)))


def test_every_colour_of_an_alloy_has_a_tint():
    assert set(TINTS) == {"yellow", "rose", "white", "silver"}


def test_nearest_wins():
    square = np.array([[0, 0, 0], [8, 0, 0], [0, 8, 0], [8, 8, 0]], float)
    faces = np.array([[0, 1, 2], [3, 2, 1]], np.int32)
    buffer = nearest_triangles(
        np.concatenate([square + np.array([0, 0, 1]), square]), np.concatenate([faces, faces + 4]), 10
    )

    assert set(buffer.triangle[:8, :8].ravel()) == {0, 1}
    assert set(buffer.depth[:8, :8].ravel()) == {1.0}
    assert set(buffer.triangle[8:].ravel()) == {NOTHING}


def test_neighbouring_triangles_leave_no_cracks():
    piece = torus(3.0, 2.9, around=37, across=23)
    covered = nearest_triangles(piece.vertices * 15 + 100, piece.faces, 200).triangle != NOTHING

    rows, columns = np.indices(covered.shape) + 0.5
    distance = np.hypot(rows - 100, columns - 100) / 15
    assert covered[(distance > 0.3) & (distance < 5.7)].all()


def test_what_lies_outside_the_picture_is_left_out():
    far = np.array([[-50, -50, 0], [90, -50, 0], [-50, 90, 0], [200, 200, 0], [300, 200, 0], [200, 300, 0]], float)
    buffer = nearest_triangles(far, np.array([[0, 1, 2], [3, 4, 5]], np.int32), 10)

    assert set(buffer.triangle.ravel()) == {0}


def test_a_curved_surface_is_smooth_and_an_edge_is_sharp():
    round_normals = corner_normals(torus(), np.arange(5))
    flat_normals = corner_normals(cube(), np.arange(12))

    assert not np.allclose(round_normals[:, 0], round_normals[:, 1])
    assert np.allclose(np.linalg.norm(round_normals, axis=2), 1)
    assert np.allclose(flat_normals[:, 0], flat_normals[:, 1])
    assert np.allclose(np.abs(flat_normals).max(axis=2), 1)


def test_a_ball_has_the_normals_of_a_ball():
    ball = jewels.icosphere(2.0, 4)
    normals = corner_normals(ball, np.arange(len(ball.faces)))

    assert np.abs(normals - ball.triangles() / 2.0).max() < 0.01


def test_triangles_without_area_and_flat_pieces_are_drawn_without_complaint():
    point = np.zeros((3, 3, 3))

    assert render(unwelded(np.concatenate([cube_triangles(), point])), size=48)
    assert render(unwelded(point), size=48)
    assert render(mesh_of(cube_triangles() * [1, 0, 1]), size=48)


def test_a_vertex_that_no_triangle_uses_moves_nothing():
    alone = cube()
    crowded = Mesh(np.concatenate([alone.vertices, [[900, 900, 900]]]), alone.faces)

    assert render(crowded, size=48) == render(alone, size=48)


def test_nothing_cannot_be_drawn():
    with pytest.raises(ValueError, match="nothing"):
        render(Mesh(np.zeros((0, 3)), np.zeros((0, 3), np.int32)))


def test_a_thin_place_is_marked_red_where_it_is():
    plate = box((10, 1, 10))
    bare, marked = (pixels(render(plate, size=240, thin=thin)) for thin in ((), [ThinPlace(0, -0.5, 0, 1.0)]))

    rows, columns = np.nonzero(np.abs(marked - bare).max(axis=2) > 0)
    assert 60 < len(rows) < 250  # a spot of some 9 pixels across
    assert (np.ptp(rows), np.ptp(columns)) < (14, 14)
    assert abs(rows.mean() - 120) < 20
    red, green, blue = marked[rows, columns].mean(axis=0)
    assert red > 1.5 * max(green, blue)


def test_a_thin_place_behind_thick_metal_shines_through_faintly():
    block = box((10, 10, 10))
    bare = pixels(render(block, size=240))
    front, back = (
        np.abs(pixels(render(block, size=240, thin=[ThinPlace(0, y, 0, 0.5)])) - bare).max() for y in (-5, 5)
    )

    assert 20 < back < 0.6 * front


def test_both_sides_of_a_thin_wall_show_its_mark():
    plate = box((10, 0.5, 10))
    bare = pixels(render(plate, size=240))
    front, back = (
        np.abs(pixels(render(plate, size=240, thin=[ThinPlace(0, y, 0, 0.5)])) - bare).max() for y in (-0.25, 0.25)
    )

    assert back > 0.8 * front


def test_stones_are_bright_and_cool_where_metal_is_gold():
    stone = moved(brilliant(6.0), (0, 0, 2))
    gold = pixels(render(stone, size=96))
    glass = pixels(render(box((0.1, 0.1, 0.1)), size=96, stones=stone))

    middle = (slice(30, 50), slice(38, 58))
    assert gold[middle].mean(axis=(0, 1))[2] < 180 < glass[middle].mean(axis=(0, 1))[2]
    assert (glass[middle].mean(axis=(0, 1))[2] - glass[middle].mean(axis=(0, 1))[0]) > 0
    assert glass[middle].std() > 5  # facets, not a blob


def test_a_hundred_thousand_triangles_take_a_moment():
    piece = torus(around=500, across=100)
    began = time.process_time()

    render(piece)

    assert time.process_time() - began < 0.6  # usually 0.13 s; the bound leaves room for a busy machine
