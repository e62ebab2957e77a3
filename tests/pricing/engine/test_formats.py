"""Reading STL: the contents decide; whatever can't be read whole is refused by name. Other formats have their own
tests."""

import struct
import zipfile
from io import BytesIO

import numpy as np
import pytest

from pricing.engine.errors import (
    DamagedFile,
    EmptyFile,
    FalseTriangleCount,
    FileTooLarge,
    NotFinite,
    NoTriangles,
    TooBig,
    TooManyTriangles,
    UnknownFormat,
)
from pricing.engine.formats import Limits, read_model
from tests.pricing.engine.shapes import ascii_stl, binary_stl, cube, tetrahedron


def test_a_binary_file_gives_its_triangles():
    model = read_model(binary_stl(cube(2.0)))

    assert model.format == "stl-binary"
    assert model.mesh.vertices.dtype == np.float64
    assert np.array_equal(model.mesh.triangles(), cube(2.0))


def test_a_binary_file_may_begin_with_solid():
    model = read_model(binary_stl(cube(), header=b"solid facet normal 0 0 0"))

    assert model.format == "stl-binary"


def test_a_text_file_gives_its_triangles():
    model = read_model(ascii_stl(tetrahedron()))

    assert model.format == "stl-ascii"
    assert np.array_equal(model.mesh.triangles(), tetrahedron())


@pytest.mark.parametrize(
    "content",
    [
        ascii_stl(tetrahedron(), end="\r\n"),
        ascii_stl(tetrahedron(), end="\r"),
        ascii_stl(tetrahedron(), end="\r\n  \t"),
        ascii_stl(tetrahedron()).upper(),
        ascii_stl(tetrahedron()).replace(b"0.0", b"-.0e+00").replace(b"1.0", b"+10.0E-1"),
        ascii_stl(tetrahedron(), normal="nan nan nan"),
        ascii_stl(tetrahedron(), normal="-1.#IND inf 1e999"),
        ascii_stl(tetrahedron(), normal=""),
        ascii_stl(tetrahedron(), name="a facet of my vertex collection"),
        ascii_stl(tetrahedron(), name=""),
        b"\xef\xbb\xbf \n" + ascii_stl(tetrahedron()),
        ascii_stl(tetrahedron()).replace(b"\n", b"\n\n"),
        ascii_stl(tetrahedron()[:1], name="one") + ascii_stl(tetrahedron()[1:], name="two"),
        ascii_stl(tetrahedron(), name="кольцо"),
    ],
    ids=["crlf", "cr", "indented", "capitals", "exponents", "normal nan", "normal ind", "no normal", "named facet",
         "no name", "bom", "blank lines", "two solids", "named in Russian"],
)  # fmt: skip
def test_text_files_may_differ_in_what_does_not_matter(content):
    model = read_model(content)

    assert np.array_equal(model.mesh.triangles(), tetrahedron())


def zipped():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("ring.stl", binary_stl(cube()))
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><html><body>Please log in first</body></html>" * 5,
        b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(range(256)),
        zipped(),
        b"Dear jeweller, the ring should be a bit larger than the last one. " * 9,
        b"solid gold is what this ring should be made of. " * 9,
        np.random.default_rng(7).bytes(84 + 50 * 40),
        b"x",
        bytes(83),
    ],
    ids=["html", "png", "zip", "text", "text that begins with solid", "random", "one byte", "83 zeros"],
)
def test_a_file_that_is_no_model_is_refused(content):
    with pytest.raises(UnknownFormat):
        read_model(content)


@pytest.mark.parametrize("seed", range(60))
def test_random_bytes_are_never_taken_for_a_model(seed):
    random = np.random.default_rng(seed)

    with pytest.raises(UnknownFormat):
        read_model(random.bytes(int(random.integers(1, 3000))))


@pytest.mark.parametrize("content", [b"", b" \r\n\t", b"\n" * 5000])
def test_an_empty_file_is_refused(content):
    with pytest.raises(EmptyFile):
        read_model(content)


def test_a_file_over_the_limit_is_refused():
    content = binary_stl(cube())

    with pytest.raises(FileTooLarge) as refused:
        read_model(content, limits=Limits(max_bytes=len(content) - 1))

    assert refused.value.params == {"bytes": 684, "max_bytes": 683}


@pytest.mark.parametrize(
    ("content", "announced", "present"),
    [
        (binary_stl(cube(), announced=4_294_967_295), 4_294_967_295, 12),
        (binary_stl(cube(), announced=11), 11, 12),
        (binary_stl(cube(), announced=0), 0, 12),
        (binary_stl(cube())[:-1], 12, 11),
        (binary_stl(cube()) + b"\0", 12, 12),
        (binary_stl(cube())[:84], 12, 0),
        (b"solid exported by a program".ljust(80) + struct.pack("<I", 4_000_000_000), 4_000_000_000, 0),
        (binary_stl(cube(), header=b"solid facet", announced=13), 13, 12),
        (binary_stl(cube(), header="кольцо".encode("cp1251"), announced=13), 13, 12),
    ],
)
def test_a_false_count_is_refused_with_both_numbers(content, announced, present):
    with pytest.raises(FalseTriangleCount) as refused:
        read_model(content)

    assert refused.value.params == {"announced": announced, "present": present}


@pytest.mark.parametrize("content", [binary_stl(cube()[:0]), ascii_stl([]), b"solid\nendsolid"])
def test_a_model_without_triangles_is_refused(content):
    with pytest.raises(NoTriangles):
        read_model(content)


@pytest.mark.parametrize("write", [binary_stl, ascii_stl])
def test_more_triangles_than_allowed_are_refused(write):
    with pytest.raises(TooManyTriangles) as refused:
        read_model(write(cube()), limits=Limits(max_triangles=11))

    assert refused.value.params == {"triangles": 12, "max_triangles": 11}


@pytest.mark.parametrize("write", [binary_stl, ascii_stl])
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_a_coordinate_that_is_no_number_is_refused(write, number):
    triangles = cube()
    triangles[5, 1, 2] = number

    with pytest.raises(NotFinite) as refused:
        read_model(write(triangles))

    assert refused.value.params == {"triangle": 6}


def test_a_signalling_nan_is_refused_without_a_warning():
    content = bytearray(binary_stl(cube()))
    content[96:100] = struct.pack("<I", 0x7FA00001)

    with pytest.raises(NotFinite):
        read_model(bytes(content))


def test_a_number_in_a_text_file_that_overflows_is_refused():
    with pytest.raises(NotFinite):
        read_model(ascii_stl(tetrahedron()).replace(b"1.0", b"1e999"))


@pytest.mark.parametrize("write", [binary_stl, ascii_stl])
def test_a_model_farther_than_100_metres_is_refused(write):
    read_model(write(cube(at=(99_999.0, 0, 0))))

    with pytest.raises(TooBig):
        read_model(write(cube(at=(0, -100_001.0, 0))))


@pytest.mark.parametrize(
    ("change", "triangle"),
    [
        (lambda text: text[: len(text) // 3], 2),
        (lambda text: text[: text.rindex(b"facet normal")], 3),
        (lambda text: text[: text.rindex(b"endsolid")], 4),
        (lambda text: text.replace(b"endfacet", b"", 1), 1),
        (lambda text: text.replace(b"endloop", b"vertex 1 1 1\nendloop", 1), 1),
        (lambda text: text.replace(b"vertex 0.0 0.0 0.0\n", b"", 1), 1),
        (lambda text: text.replace(b"vertex 0.0 0.0 0.0", b"vertex 0,0 0,0 0,0", 1), 1),
        (lambda text: text.replace(b"vertex 0.0 0.0 0.0", b"vertex 0.0 0.0", 1), 1),
        (lambda text: text.replace(b"1.0", b"1" * 41, 1), 1),
    ],
    ids=[
        "cut off",
        "cut between facets",
        "no endsolid",
        "no endfacet",
        "four corners",
        "two corners",
        "commas",
        "two numbers",
        "endless number",
    ],
)
def test_a_damaged_text_file_is_refused_with_the_place(change, triangle):
    with pytest.raises(DamagedFile) as refused:
        read_model(change(ascii_stl(tetrahedron())))

    assert refused.value.params == {"triangle": triangle}


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "filling", [b" " * 2_000_000, b"facet normal " * 150_000, b"x" * 2_000_000, b"vertex 1 " * 200_000]
)
def test_a_hostile_text_file_takes_no_longer_than_its_size(filling):
    with pytest.raises((DamagedFile, UnknownFormat, NoTriangles)):
        read_model(b"solid\nfacet normal 0 0 0 outer loop vertex " + filling)
