"""Every format gives the same welded mesh in mm, whatever is odd but legal in the file."""

import base64
import json
import mmap
import random
import re

import numpy as np
import pytest
import rhino3dm

from pricing.engine.errors import ModelRefused, NoRenderMesh, StepNotInstalled, TooBig
from pricing.engine.formats import read_model, step
from pricing.engine.formats.welding import weld_corners
from pricing.engine.measure import measure
from pricing.engine.mesh import Mesh
from pricing.engine.topology import survey
from tests.pricing.engine.files import (
    FORMATS,
    MAKERS,
    gltf_document,
    mesh_3mf,
    mesh_of,
    model_3mf,
    obj,
    off,
    pack_glb,
    ply_ascii,
    ply_binary,
    rhino_bytes,
    rhino_mesh,
    rhino_model,
    step_box,
    step_sphere,
    zip_3mf,
)
from tests.pricing.engine.mutate import read_mutant, samples
from tests.pricing.engine.shapes import binary_stl, cube, torus

CUBE = mesh_of(cube())
QUARTER_TURN = "0 1 0 -1 0 0 0 0 1 10 0 0"  # x to y, y to -x, then 10 along x


def volume(mesh):
    a, b, c = np.moveaxis(mesh.triangles(), 1, 0)
    return np.einsum("ij,ij->", a, np.cross(b, c)) / 6


def box(mesh):
    return mesh.vertices.min(axis=0).tolist(), mesh.vertices.max(axis=0).tolist()


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_mesh(name):
    triangles = torus(around=30, across=20).astype(np.float32).astype(float)

    model = read_model(FORMATS[name](mesh_of(triangles)))

    assert model.format == name
    assert model.triangles == 1200
    assert model.mesh.vertices.shape == (600, 3)
    assert model.mesh.faces.shape == (1200, 3)
    assert np.allclose(model.mesh.triangles(), triangles, rtol=1e-15, atol=0)


@pytest.mark.parametrize("name", FORMATS)
def test_corners_are_numbered_in_the_order_of_the_file(name):
    faces = read_model(FORMATS[name](CUBE)).mesh.faces

    _, first = np.unique(faces, return_index=True)
    assert (np.diff(first) > 0).all()


@pytest.mark.parametrize("name", FORMATS)
def test_a_unit_that_is_given_wins(name):
    model = read_model(FORMATS[name](CUBE), unit="inch")

    assert (model.unit, model.unit_source) == ("inch", "given")
    assert np.ptp(model.mesh.vertices) == pytest.approx(25.4 * (0.001 if name == "glb" else 1))


@pytest.mark.parametrize(
    ("name", "unit", "source"),
    [("stl-binary", "mm", "assumed"), ("obj", "mm", "assumed"), ("3mf", "mm", "file"), ("glb", "m", "file"),
     ("3dm", "mm", "file")],
)  # fmt: skip
def test_a_model_tells_where_its_unit_comes_from(name, unit, source):
    model = read_model(FORMATS[name](CUBE))

    assert (model.unit, model.unit_source) == (unit, source)


def test_an_unknown_unit_is_the_callers_mistake():
    with pytest.raises(ValueError, match="parsec"):
        read_model(binary_stl(cube()), unit="parsec")


def test_the_bound_on_size_is_in_millimetres():
    read_model(binary_stl(cube(99.0)), unit="m")

    with pytest.raises(TooBig):
        read_model(binary_stl(cube(101.0)), unit="m")


@pytest.mark.parametrize("name", ["stl-binary", "obj", "3mf"])
def test_a_mapped_file_can_be_closed_after_it_was_read_or_refused(name, tmp_path):
    whole = FORMATS[name](CUBE)
    for content in (whole, whole[: len(whole) // 2]):
        (tmp_path / "model").write_bytes(content)
        with (tmp_path / "model").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            try:
                model = read_model(mapped)
            except ModelRefused as refused:
                model = refused

    assert isinstance(model, ModelRefused)


# --- welding


def test_minus_zero_is_zero_and_points_and_lines_are_dropped():
    triangles = np.concatenate([cube(), [[[5, 5, 5]] * 3], [[[0, 0, 0], [-0.0, 0, 0], [1, 0, 0]]]])
    triangles[3][triangles[3] == 0] = -0.0

    for write in (lambda: binary_stl(triangles), lambda: obj(mesh_of(triangles))):
        model = read_model(write())

        assert model.triangles == 14
        assert model.mesh.vertices.shape == (8, 3)
        assert model.mesh.faces.shape == (12, 3)


def test_a_vertex_that_no_face_uses_is_left_out_whatever_it_is():
    model = read_model(b"v nan 0 0\nv 1e9 0 0\n" + obj(CUBE).replace(b"f ", b"g x\nf -36 -35 -34\n#", 1))

    assert np.abs(model.mesh.vertices).max() == 1


@pytest.mark.parametrize("dtype", [np.uint32, np.uint64])
def test_welding_agrees_with_sorting(dtype):
    bits = np.random.default_rng(2).integers(0, 12, (5000, 3, 3)).astype(dtype)

    keys, numbers = weld_corners(bits)

    assert np.array_equal(keys[numbers], bits)
    assert len(keys) == len(np.unique(bits.reshape(-1, 3), axis=0))


def test_coordinates_that_collide_in_the_table_are_sorted_instead(monkeypatch):
    bits = np.random.default_rng(2).integers(0, 9, (5000, 3, 3)).astype(np.uint32)
    expected = weld_corners(bits)
    monkeypatch.setattr("pricing.engine.formats.welding._number", lambda *_: (-1, 0))

    keys, numbers = weld_corners(bits)

    assert np.array_equal(keys, expected[0])
    assert np.array_equal(numbers, expected[1])


def test_coordinates_chosen_to_collide_take_no_longer():
    bits = _colliding(40_000)

    keys, numbers = weld_corners(bits.reshape(-1, 1, 3))

    assert len(keys) == len(bits)
    assert np.array_equal(numbers.ravel(), np.arange(len(bits)))


def _colliding(count):
    """Points whose hashes are all alike: the third coordinate is solved for, as a stranger could."""
    mask, first, second, third = 2**64 - 1, 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
    points = np.zeros((count, 3), np.uint64)
    for index in range(count):
        mixed = (index + 1) * first & mask
        mixed = (mixed ^ (mixed >> 29)) * second & mask
        wanted = 12345 * pow(third, -1, 2**64) & mask
        points[index] = index + 1, 0, (wanted - (mixed ^ (mixed >> 32))) & mask
    return points


# --- OBJ, PLY, OFF


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\n", b"\r"),
        lambda text: b"\xef\xbb\xbf# made by a test\n\n" + text,
        lambda text: text.replace(b"\n", b"  # why not\n"),
        lambda text: re.sub(rb"^(v .*)$", rb"\1 1.0 0.5 0.5 0.5", text, flags=re.MULTILINE),
        lambda text: re.sub(rb"^f (\d+) (\d+) (\d+)$", rb"f \1/7 \2//9 \3/1/2", text, flags=re.MULTILINE),
        lambda text: text.replace(b"f ", b"vn 0 0 1\nvt 0 0\ns off\nusemtl gold\nf "),
        lambda text: text.replace(b"v ", b"v\t  "),
        lambda text: re.sub(rb"^f (\d+) ", rb"f \1 \\\n ", text, flags=re.MULTILINE),
        lambda text: re.sub(rb"^f .*$", lambda m: b"f %d %d %d" % tuple(int(n) - 37 for n in m[0].split()[1:]), text,
                            flags=re.MULTILINE),
        lambda text: text.rstrip(),
    ],
    ids=["crlf", "cr", "bom", "comments", "colours", "slashes", "other words", "tabs", "continued", "negative",
         "no end"],
)  # fmt: skip
def test_obj_files_may_differ_in_what_does_not_matter(change):
    model = read_model(change(obj(CUBE)))

    assert model.format == "obj"
    assert np.array_equal(model.mesh.triangles(), cube())


QUADS = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
CORNERS = [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]


def quads_ply(lists, order):
    header = f"ply\r\nformat {order} 1.0\r\nelement note 2\r\nproperty list uchar short words\r\nelement vertex 8\r\n"
    header += "property uchar red\r\nproperty float z\r\nproperty double y\r\nproperty int x\r\nelement face 6\r\n"
    header += f"property float quality\r\nproperty list {lists} vertex_index\r\nproperty list uint8 double more\r\n"
    return header.encode() + b"end_header\r\n"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("lists", "types"), [("uchar int", "u1 i4"), ("uint ushort", "u4 u2"), ("int8 uint8", "i1 u1")]
)
def test_a_binary_ply_may_have_any_properties_in_any_order(order, lists, types):
    def packed(values, *kinds):
        return b"".join(
            np.array(v, np.dtype(kind).newbyteorder(order)).tobytes() for v, kind in zip(values, kinds, strict=True)
        )

    count, item = types.split()
    body = packed([1, 7, 2, [7, 8]], "u1", "i2", "u1", "i2")
    body += b"".join(packed([9, z, y, x], "u1", "f4", "f8", "i4") for x, y, z in CORNERS)
    body += b"".join(packed([0.5, 4, quad, 1, 3.5], "f4", count, item, "u1", "f8") for quad in QUADS)

    model = read_model(quads_ply(lists, f"binary_{'little' if order == '<' else 'big'}_endian") + body)

    assert model.triangles == 12
    assert np.array_equal(model.mesh.triangles(), cube())


def test_a_text_ply_may_have_any_properties_in_any_order():
    body = ["1 7", "2 7 8", *(f"9 {z} {y} {x}" for x, y, z in CORNERS)]
    body += [f"0.5 4 {' '.join(map(str, quad))} 1 3.5" for quad in QUADS]

    model = read_model(quads_ply("uchar int", "ascii") + "\r\n".join(body).encode())

    assert np.array_equal(model.mesh.triangles(), cube())


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("number", ["float32", "float64"])
@pytest.mark.parametrize("index", ["uint8", "int16", "uint32"])
def test_a_binary_ply_may_use_any_types(order, number, index):
    model = read_model(ply_binary(CUBE, order=order, number=number, index=index))

    assert np.array_equal(model.mesh.triangles(), cube())


@pytest.mark.parametrize(
    "content",
    [
        off(CUBE).replace(b"\n", b"\r\n"),
        b"# made by a test\n" + off(CUBE).replace(b"\n", b"\n# remark\n"),
        off(CUBE).replace(b"OFF\n", b"OFF "),
        off(CUBE).replace(b"OFF", b"COFF").replace(b".0\n", b".0 255 255 0 255\n"),
        ("OFF\n8 6 0\n" + "".join(f"{x} {y} {z}\n" for x, y, z in CORNERS)
         + "".join(f"4 {' '.join(map(str, quad))} 0.5 0.5 0.5\n" for quad in QUADS)).encode(),
    ],
    ids=["crlf", "comments", "one line", "colours", "quads"],
)  # fmt: skip
def test_off_files_may_differ_in_what_does_not_matter(content):
    model = read_model(content)

    assert model.format == "off"
    assert np.array_equal(model.mesh.triangles(), cube())


# --- 3MF


@pytest.mark.parametrize(
    ("unit", "millimetres"),
    [("micron", 0.001), ("millimeter", 1), ("centimeter", 10), ("inch", 25.4), ("foot", 304.8), ("meter", 1000)],
)
def test_a_3mf_is_read_in_its_unit(unit, millimetres):
    model = read_model(zip_3mf(model_3mf(mesh_3mf(CUBE), unit=unit)))

    assert np.ptp(model.mesh.vertices) == millimetres
    assert model.unit_source == "file"


def test_components_and_items_are_moved():
    pair = f'<object id="2"><components><component objectid="1"/><component objectid="1" transform="{QUARTER_TURN}"/>'
    pair += "</components></object>"
    build = '<item objectid="2" transform="2 0 0 0 2 0 0 0 2 0 0 5"/><item objectid="1"/>'

    model = read_model(zip_3mf(model_3mf(mesh_3mf(CUBE) + pair, build)))

    assert model.triangles == 36
    assert volume(model.mesh) == pytest.approx(8 + 8 + 1)
    assert box(model.mesh) == ([0, 0, 0], [20, 2, 7])


def test_a_mirrored_component_stays_right_side_out():
    model = read_model(zip_3mf(model_3mf(mesh_3mf(CUBE), '<item objectid="1" transform="-1 0 0 0 1 0 0 0 1 0 0 0"/>')))

    assert volume(model.mesh) == 1
    assert box(model.mesh) == ([-1, 0, 0], [0, 1, 1])


def test_a_part_of_the_same_archive_is_read():
    extra = f'xmlns:p="{MAKERS}/production/2015/06" requiredextensions="p"'
    root = '<object id="5"><components><component objectid="1" p:path="/3D/Objects/a.model"/></components></object>'

    model = read_model(
        zip_3mf(model_3mf(root, '<item objectid="5"/>', extra=extra),
                **{"3D/Objects/a.model": model_3mf(mesh_3mf(CUBE), "")})
    )  # fmt: skip

    assert np.array_equal(model.mesh.triangles(), cube())


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace("<", "\r\n <").replace("\r\n <?xml", "<?xml", 1),
        lambda xml: xml.replace("<mesh>", "<!-- <vertices> --><mesh>"),
        lambda xml: re.sub(r"<(/?)(\w)", r"<\1c:\2", xml).replace("xmlns=", "xmlns:c="),
        lambda xml: xml.replace('"', "'").replace("<?xml version='1.0' encoding='UTF-8'?>", ""),
        lambda xml: re.sub(r"<vertex x=(\S+) y=(\S+) z=(\S+)/>", r"<vertex z=\3 hue='#ff' y = \2 x=\1 ></vertex>", xml),
        lambda xml: xml.replace('"/></triangles>', '" pid="1" p1="0"/></triangles>'),
        lambda xml: xml.encode("utf-16"),
        lambda xml: "\ufeff" + xml,
        lambda xml: xml.replace("<resources>", '<metadata name="Title">vertices &amp; triangles</metadata><resources>'),
    ],
    ids=["lines", "comment", "prefix", "quotes", "order", "properties", "utf-16", "bom", "metadata"],
)  # fmt: skip
def test_3mf_files_may_differ_in_what_does_not_matter(change):
    model = read_model(zip_3mf(change(model_3mf(mesh_3mf(CUBE)))))

    assert np.array_equal(model.mesh.triangles(), cube())


def test_supports_are_not_the_piece():
    support = mesh_3mf(CUBE, 2).replace('type="model"', 'type="support"')

    model = read_model(zip_3mf(model_3mf(mesh_3mf(CUBE) + support, '<item objectid="1"/><item objectid="2"/>')))

    assert model.triangles == 12


# --- glTF


def test_nodes_pass_their_transforms_on():
    document, binary = gltf_document(
        CUBE,
        nodes=[
            {"children": [1, 2], "translation": [10, 0, 0], "scale": [2, 2, 2]},
            {"mesh": 0, "rotation": [0, 0, 0.5**0.5, 0.5**0.5]},
            {"mesh": 0, "matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, 0, 0, 0, 5, 1]},
        ],
    )

    model = read_model(pack_glb(document, binary))

    assert model.triangles == 24
    assert volume(model.mesh) == pytest.approx(16e9)
    assert np.allclose(box(model.mesh), ([8000, 0, 0], [12000, 2000, 10000]), atol=1e-9)


def test_without_a_scene_all_roots_are_read():
    document, binary = gltf_document(
        CUBE, nodes=[{"mesh": 0}, {"children": [0]}, {"mesh": 0, "translation": [3, 0, 0]}]
    )
    del document["scene"], document["scenes"]

    assert read_model(pack_glb(document, binary)).triangles == 24


@pytest.mark.parametrize(("code", "dtype"), [(5121, "<u1"), (5123, "<u2"), (5125, "<u4")])
def test_indices_may_have_any_width(code, dtype):
    document, binary = gltf_document(CUBE)
    positions, indices = binary[: len(CUBE.vertices) * 12], CUBE.faces.astype(dtype).tobytes()
    document["accessors"][1]["componentType"] = code
    document["bufferViews"][1]["byteLength"] = len(indices)

    model = read_model(pack_glb(document, positions + indices), unit="mm")

    assert np.array_equal(model.mesh.triangles(), cube())


def test_strips_and_fans_become_triangles():
    square = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], "<f4")
    for mode, order, expected in (
        (5, [0, 1, 2, 3], [[0, 1, 2], [2, 1, 3]]),
        (6, [0, 1, 3, 2], [[0, 1, 3], [0, 3, 2]]),
    ):
        mesh = Mesh(square.astype(float)[order], np.zeros((0, 3), np.int32))
        document, binary = gltf_document(mesh)
        document["meshes"] = [{"primitives": [{"attributes": {"POSITION": 0}, "mode": mode}]}]

        found = read_model(pack_glb(document, binary), unit="mm").mesh.triangles()

        assert np.array_equal(found, square[np.array(expected)])


def test_interleaved_and_quantized_positions_are_read():
    steps = np.zeros(36, [("position", "<i2", 3), ("other", "<i2", 5)])
    steps["position"] = CUBE.vertices * 32767
    document, _ = gltf_document(CUBE, extensionsRequired=["KHR_mesh_quantization"])
    document["accessors"][0].update(componentType=5122, normalized=True)
    document["bufferViews"] = [{"buffer": 0, "byteLength": 576, "byteStride": 16}]
    document["buffers"] = [{"byteLength": 576}]
    document["meshes"] = [{"primitives": [{"attributes": {"POSITION": 0}}]}]

    model = read_model(pack_glb(document, steps.tobytes()), unit="mm")

    assert np.array_equal(model.mesh.triangles(), cube())


def test_a_gltf_with_an_embedded_buffer_is_read():
    document, binary = gltf_document(CUBE)
    document["buffers"][0]["uri"] = "data:application/octet-stream;base64," + base64.b64encode(binary).decode()

    model = read_model(json.dumps(document, indent=1).encode())

    assert model.format == "gltf"
    assert np.array_equal(model.mesh.triangles(), cube(1000.0))


# --- Rhino


def test_a_rhino_block_is_placed_and_its_definition_is_not():
    file = rhino_model(unit=rhino3dm.UnitSystem.Centimeters)
    number = file.InstanceDefinitions.Add(
        "stone", "", "", "", rhino3dm.Point3d(0, 0, 0), (rhino_mesh(CUBE),), (rhino3dm.ObjectAttributes(),)
    )
    definition = file.InstanceDefinitions.FindIndex(number)
    for x in (0.0, 5.0):
        file.Objects.Add(rhino3dm.InstanceReference(definition.Id, rhino3dm.Transform.Translation(x, 0, 0)))

    model = read_model(rhino_bytes(file))

    assert (model.triangles, model.unit, model.unit_source) == (24, "cm", "file")
    assert box(model.mesh) == ([0, 0, 0], [60, 10, 10])


def test_rhino_surfaces_without_meshes_are_told():
    sphere = rhino3dm.Brep.CreateFromSphere(rhino3dm.Sphere(rhino3dm.Point3d(0, 0, 0), 1.0))

    for things in ([sphere], [rhino_mesh(CUBE), sphere]):
        with pytest.raises(NoRenderMesh) as refused:
            read_model(rhino_bytes(rhino_model(*things)))

        assert refused.value.params == {"objects": 1}


def test_what_rhino_hides_is_not_read():
    file = rhino_model(rhino_mesh(CUBE))
    hidden = rhino3dm.ObjectAttributes()
    hidden.Visible = False
    file.Objects.AddMesh(rhino_mesh(mesh_of(cube(3.0))), hidden)

    assert read_model(rhino_bytes(file)).triangles == 12


def test_rhino_quads_become_triangles():
    drawn = rhino3dm.Mesh()
    for corner in CORNERS:
        drawn.Vertices.Add(*corner)
    for quad in QUADS:
        drawn.Faces.AddFace(*quad)

    model = read_model(rhino_bytes(rhino_model(drawn)))

    assert model.triangles == 12
    assert volume(model.mesh) == pytest.approx(1)


# --- STEP


def test_step_is_refused_by_name_where_its_reader_is_not_installed(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(step, "import_module", missing)

    with pytest.raises(StepNotInstalled):
        read_model(b"ISO-10303-21;\nHEADER;\nENDSEC;\n")


def test_a_step_solid_has_its_exact_volume_and_size():
    model = read_model(step_box(1, 2, 3))

    assert (model.format, model.triangles, model.unit, model.unit_source) == ("step", 12, "mm", "file")
    assert box(model.mesh) == ([0, 0, 0], [1, 2, 3])
    assert model.exact_volume_mm3 == pytest.approx(6, rel=1e-12)


def test_the_facets_of_a_step_sphere_are_fine_and_its_volume_exact():
    model = read_model(step_sphere(5))

    exact = 4 / 3 * np.pi * 125
    assert model.exact_volume_mm3 == pytest.approx(exact, rel=1e-9)
    assert exact * 0.998 < volume(model.mesh) < exact
    assert np.linalg.norm(model.mesh.vertices, axis=1) == pytest.approx(5)
    assert survey(model.mesh).watertight
    assert measure(model).volume_mm3 == model.exact_volume_mm3


@pytest.mark.parametrize(("written", "unit"), [("INCH", "inch"), ("CM", "cm"), ("M", "m"), ("FT", "foot")])
def test_a_step_file_in_any_unit_is_the_same_piece(written, unit):
    model = read_model(step_box(1, 2, 3, written))

    assert (model.unit, model.unit_source) == (unit, "file")
    assert model.mesh.vertices.max(axis=0) == pytest.approx([1, 2, 3])
    assert model.exact_volume_mm3 == pytest.approx(6)


def test_a_given_unit_wins_over_that_of_a_step_file():
    model = read_model(step_box(1, 2, 3, "INCH"), unit="mm")

    assert (model.unit, model.unit_source) == ("mm", "given")
    assert model.exact_volume_mm3 == pytest.approx(6 / 25.4**3)


# --- mutants


MUTANTS = dict.fromkeys(FORMATS, 400) | {"3dm": 100, "step": 40}


@pytest.mark.parametrize(("name", "seeds"), MUTANTS.items())
def test_a_damaged_file_is_read_or_refused(name, seeds):
    content = samples()[name]

    outcomes = {read_mutant(name, content, seed) for seed in range(seeds)}

    assert "read" in outcomes
    assert len(outcomes) >= 3


def test_a_mutant_is_the_same_for_the_same_seed():
    random.seed(1)
    first = [read_mutant("obj", samples()["obj"], seed) for seed in range(30)]
    random.seed(2)

    assert [read_mutant("obj", samples()["obj"], seed) for seed in range(30)] == first


def test_text_formats_keep_the_last_bit():
    mesh = mesh_of(torus(around=7, across=5) / 3)

    for write in (obj, off, ply_ascii, lambda mesh: zip_3mf(model_3mf(mesh_3mf(mesh)))):
        assert np.array_equal(read_model(write(mesh)).mesh.triangles(), mesh.triangles())
