"""The model for the browser: read back by another program it is the piece, small, and nothing else."""

import io
import json
import struct

import numpy as np
import pytest
import trimesh

from pricing.engine.mesh import Mesh
from pricing.engine.numbering import number_alike
from pricing.engine.simplify import simplified
from pricing.engine.web_model import encode
from tests.pricing.engine.jewels import (
    box,
    brilliant,
    icosphere,
    join,
    moved,
    noise_soup,
    plain_ring,
    prong_ring,
    soup,
    torus,
    volume,
    welded,
)


def read_back(content):
    """Points in mm, z up, and the faces of each primitive, by trimesh."""
    scene = trimesh.load(io.BytesIO(content), file_type="glb")
    parts = []
    for name in scene.graph.nodes_geometry:
        transform, geometry = scene.graph[name]
        points = trimesh.transform_points(scene.geometry[geometry].vertices, transform) * 1000
        parts.append((points @ np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]]), scene.geometry[geometry]))
    return parts


def described(content):
    length = struct.unpack("<I", content[12:16])[0]
    return json.loads(content[20 : 20 + length])


def test_a_piece_comes_back_as_large_and_where_it_was():
    piece = moved(welded(plain_ring()), (5, -3, 100))

    [(points, back)] = read_back(encode(piece))

    assert len(back.faces) == len(piece.faces)
    # Half a step of 19.6 mm / 2 / 32,767 on each side.
    assert np.abs(points.min(axis=0) - piece.vertices.min(axis=0)).max() < 2e-4
    assert np.abs(points.max(axis=0) - piece.vertices.max(axis=0)).max() < 2e-4
    assert volume(Mesh(points, back.faces.astype(np.int32))) == pytest.approx(volume(piece), rel=1e-4)


def test_a_cube_has_sharp_edges_and_a_ball_is_smooth():
    [(_, cube)] = read_back(encode(box()))
    [(points, ball)] = read_back(encode(icosphere(1.0, 4)))

    assert (len(cube.vertices), len(cube.faces)) == (24, 12)
    normals = ball.vertex_normals @ np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])
    assert len(ball.vertices) == len(icosphere(1.0, 4).vertices)
    assert np.einsum("ij,ij->i", normals, points).min() > 0.99


def test_stones_are_a_part_of_their_own():
    metal, stone = welded(torus()), moved(brilliant(3.0), (0, 0, 20))

    (_, ring), (points, gem) = read_back(encode(metal, stones=stone))

    assert (len(ring.faces), len(gem.faces)) == (len(metal.faces), len(stone.faces))
    assert points[:, 2].min() > 15
    assert [part["name"] for part in described(encode(metal, stones=stone))["materials"]] == ["metal", "stone"]


def test_the_file_holds_what_the_standard_asks_and_nothing_of_the_customer():
    content = encode(prong_ring(), stones=brilliant(2.0))
    magic, version, length = struct.unpack("<4sII", content[:12])
    told = described(content)

    assert (magic, version, length) == (b"glTF", 2, len(content))
    assert len(content) % 4 == 0
    assert told["asset"] == {"version": "2.0", "generator": "Karat"}
    assert {"extras", "images", "textures", "cameras"} & set(told) == set()
    for view in told["bufferViews"]:
        assert view["byteOffset"] % 4 == 0
        assert view["byteOffset"] + view["byteLength"] <= told["buffers"][0]["byteLength"]
    for accessor in told["accessors"]:
        view = told["bufferViews"][accessor["bufferView"]]
        size = view.get("byteStride", {5123: 2, 5125: 4}.get(accessor["componentType"]))
        assert accessor["count"] * size == view["byteLength"]


def test_the_same_piece_gives_the_same_bytes():
    assert encode(prong_ring(), stones=brilliant()) == encode(prong_ring(), stones=brilliant())


def test_a_piece_of_many_vertices_has_wide_indices():
    piece = welded(torus(9, 1, 400, 180))

    [(_, back)] = read_back(encode(piece, most_triangles=200_000))

    assert len(back.vertices) == len(piece.vertices) == 72_000
    assert back.is_watertight


def test_a_large_piece_becomes_coarser_and_stays_itself():
    piece = welded(plain_ring(600, 150))

    [(points, back)] = read_back(encode(piece, most_triangles=20_000))

    assert 8_000 < len(back.faces) <= 20_000
    assert volume(Mesh(points, back.faces.astype(np.int32))) == pytest.approx(volume(piece), rel=0.005)
    assert np.abs(points.max(axis=0) - piece.vertices.max(axis=0)).max() < 0.05


def test_a_coarser_cube_keeps_its_edges():
    cube = welded(box((10, 10, 10)))
    for _ in range(6):
        cube = _split(cube)

    coarse = simplified(cube, 5_000)

    assert 0 < len(coarse.faces) <= 5_000 < len(cube.faces)
    assert np.abs(np.abs(coarse.vertices).max(axis=1) - 5).max() < 0.01  # every vertex lies on the cube's surface
    assert volume(coarse) == pytest.approx(1000, rel=0.002)


def _split(mesh):
    a, b, c = np.moveaxis(mesh.triangles(), 1, 0)
    ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
    triangles = np.concatenate([np.stack(part, 1) for part in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))])
    return welded(Mesh(triangles.reshape(-1, 3), np.arange(3 * len(triangles), dtype=np.int32).reshape(-1, 3)))


def test_wires_that_cross_are_not_glued_together():
    wire = torus(9, 0.3, 400, 60)
    near = join(wire, moved(wire, (0, 0, 0.61)))

    assert bodies_of(near) == bodies_of(simplified(near, 6_000)) == 2


def bodies_of(mesh):
    """How many sets of connected vertices the triangles make."""
    least = np.arange(len(mesh.vertices))
    while True:
        before = least.copy()
        np.minimum.at(least, mesh.faces, least[mesh.faces].min(axis=1, keepdims=True).repeat(3, axis=1))
        if np.array_equal(before, least):
            return len(np.unique(least[mesh.faces]))


@pytest.mark.parametrize(
    "tangle",
    [noise_soup(20_000), soup(torus(9, 1, 200, 50), noise=0.01), Mesh(np.zeros((9_000, 3)), noise_soup(5_000).faces)],
    ids=["random triangles", "loose triangles", "a point"],
)
def test_whatever_it_is_it_becomes_small(tangle):
    assert 0 < len(simplified(tangle, 1_000).faces) <= 1_000
    assert len(encode(tangle, most_triangles=1_000)) < 100_000


def test_nothing_cannot_be_shown():
    with pytest.raises(ValueError, match="nothing"):
        encode(Mesh(np.zeros((0, 3)), np.zeros((0, 3), np.int32)))


def test_equal_keys_have_equal_numbers_in_order_of_first_appearance():
    numbers, firsts = number_alike(np.array([7, -7, 7, 1 << 62, -7, 0], np.int64))

    assert numbers.tolist() == [0, 1, 0, 2, 1, 3]
    assert firsts.tolist() == [0, 1, 3, 5]
    assert [len(part) for part in number_alike(np.zeros(0, np.int64))] == [0, 0]
