"""Files that were made to harm a reader, or that a careless one would misread: name -> (bytes, expected code)."""

import base64
import io
import json
import struct
import zipfile

import numpy as np

from tests.pricing.engine.files import (
    FORMATS,
    MAKERS,
    glb,
    gltf_document,
    mesh_3mf,
    mesh_of,
    model_3mf,
    obj,
    off,
    pack_glb,
    ply_ascii,
    ply_binary,
    rhino,
    three_mf,
    zip_3mf,
)
from tests.pricing.engine.shapes import ascii_stl, binary_stl, cube, torus

CUBE = mesh_of(cube())
PRODUCTION = f'xmlns:p="{MAKERS}/production/2015/06"'


def hostile_files():
    """All of them; built on demand, since some take a moment."""
    return {**_stl(), **_obj(), **_ply(), **_off(), **_zips(), **_three_mf(), **_gltf(), **_others()}


def _stl():
    nan = cube()
    nan[0, 0, 0] = np.nan
    return {
        "stl: four billion triangles announced": (binary_stl(cube(), announced=2**32 - 1), "false_triangle_count"),
        "stl: cut off": (binary_stl(cube())[:-7], "false_triangle_count"),
        "stl: not a number": (binary_stl(nan), "not_finite"),
        "stl: light years": (binary_stl(cube(1e30)), "too_big"),
        "stl: all corners in one place": (binary_stl(np.zeros((500, 3, 3))), "no_volume"),
        "stl: lines instead of triangles": (binary_stl(cube()[:, [0, 1, 1]]), "no_volume"),
        "stl text: endless number": (ascii_stl(cube()).replace(b"1.0", b"1" * 100_000, 1), "damaged_file"),
        "stl text: a facet within a facet": (ascii_stl(cube()).replace(b"outer", b"facet outer", 1), "damaged_file"),
        "stl text: a million facets begun": (b"solid x\n" + b"facet normal 0 0 0\n" * 1_000_000, "damaged_file"),
        "stl text: hexadecimal": (ascii_stl(cube()).replace(b"1.0", b"0x1p0", 1), "damaged_file"),
        "stl text: underscores in numbers": (ascii_stl(cube()).replace(b"1.0", b"1_0", 1), "damaged_file"),
    }


def _obj():
    text = obj(CUBE)
    return {
        "obj: corner beyond the vertices": (text + b"f 1 2 99999\n", "bad_index"),
        "obj: corner before the vertices": (text + b"f 1 2 -99\n", "bad_index"),
        "obj: corner zero": (text + b"f 0 1 2\n", "bad_index"),
        "obj: corner beyond 64 bits": (text + b"f 1 2 99999999999999999999999\n", "damaged_line"),
        "obj: corner beyond 32 bits": (text + b"f 1 2 4294967297\n", "bad_index"),
        "obj: a face of two corners": (text + b"f 1 2\n", "damaged_line"),
        "obj: a vertex of two numbers": (text + b"v 1 2\n", "damaged_line"),
        "obj: decimal commas": (text.replace(b"1.0", b"1,0", 1), "damaged_line"),
        "obj: infinite": (text.replace(b"1.0", b"inf", 1), "not_finite"),
        "obj: overflowing": (text.replace(b"1.0", b"1e999", 1), "not_finite"),
        "obj: a polygon of millions of corners": (text + b"f" + b" 1" * 5_500_000, "too_many_triangles"),
        "obj: only points": (b"v 0 0 0\n" * 1000, "no_triangles"),
        "obj: free-form surface": (text + b"surf 0 1 0 1 1 2 3 4\n", "unsupported_feature"),
        "obj: code instead of a face": (text + b"f `id` $(id) ;\n", "damaged_line"),
        "obj: one endless line": (text + b"f " + b"/" * 3_000_000, "damaged_line"),
    }


def _ply():
    text, binary = ply_ascii(CUBE), ply_binary(CUBE)
    return {
        "ply: a trillion vertices": (_count(text, b"vertex", 10**12), "false_size"),
        "ply: a billion vertices, binary": (_count(binary, b"vertex", 10**9), "false_size"),
        "ply: a billion faces, binary": (_count(binary, b"face", 10**9), "false_size"),
        "ply: one face too many": (_count(binary, b"face", 13), "false_size"),
        "ply: one vertex too many": (_count(binary, b"vertex", 37), "damaged_part"),
        "ply: text that breaks off": (text[: len(text) - 9], "damaged_line"),
        "ply: a list of 255 in the last face": (binary[:-13] + b"\xff" + binary[-12:], "false_size"),
        "ply: index outside": (binary[:-4] + struct.pack("<i", 36), "bad_index"),
        "ply: negative index": (binary[:-4] + struct.pack("<i", -1), "bad_index"),
        "ply: negative index in text": (text.rstrip()[:-2] + b"-1\n", "bad_index"),
        "ply: negative list": (text.replace(b"3 0 1 2", b"-3 0 1 2"), "damaged_line"),
        "ply: no end of header": (text.replace(b"end_header", b"end_heather"), "damaged_part"),
        "ply: unknown type": (text.replace(b"double x", b"quadruple x"), "damaged_part"),
        "ply: corners as floats": (text.replace(b"uchar int", b"uchar float"), "damaged_part"),
        "ply: two x": (text.replace(b"double y", b"double x"), "damaged_part"),
        "ply: no z": (text.replace(b"property double z\n", b""), "damaged_part"),
        "ply: triangle strips": (text.replace(b"element face", b"element tristrips"), "unsupported_feature"),
        "ply: elements without properties": (
            b"ply\nformat ascii 1.0\nelement nothing 999999999999\nend_header\n",
            "false_size",
        ),
        "ply: a header without end": (b"ply\nformat ascii 1.0\n" + b"comment x\n" * 300_000, "damaged_part"),
        "ply: not a number": (ply_binary(mesh_of(cube() * np.nan)), "not_finite"),
    }


def _count(content, element, count):
    return content.replace(
        b"element %b %d" % (element, 36 if element == b"vertex" else 12), b"element %b %d" % (element, count)
    )


def _off():
    text = off(CUBE)
    return {
        "off: a billion vertices": (text.replace(b"36 12 0", b"999999999 12 0"), "false_size"),
        "off: a billion faces": (text.replace(b"36 12 0", b"36 999999999 0"), "damaged_line"),
        "off: no counts": (b"OFF\nnone\n", "damaged_line"),
        "off: index outside": (text.replace(b"3 0 1 2", b"3 0 1 36"), "bad_index"),
        "off: more corners than the file": (text.replace(b"3 0 1 2", b"99999999 0 1 2"), "damaged_line"),
        "off: one face too few": (text.replace(b"36 12 0", b"36 11 0"), "damaged_line"),
        "ply: one face too few": (_count(ply_binary(CUBE), b"face", 11), "damaged_part"),
        "ply: one face too few in text": (_count(ply_ascii(CUBE), b"face", 11), "damaged_line"),
        "off: no faces": (b"OFF\n1 0 0\n0 0 0\n", "no_triangles"),
        "off: four dimensions": (text.replace(b"OFF", b"4OFF"), "unsupported_feature"),
        "off: binary": (text.replace(b"OFF", b"OFF BINARY"), "unsupported_feature"),
        "off: comments without end": (b"OFF\n" + b"#" * 2_000_000, "damaged_line"),
    }


def _zips():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("3D/3dmodel.model", b" " * 50_000_000)
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(300):
            archive.writestr(f"3D/{number}.model", b"")
    crowd = io.BytesIO()
    with zipfile.ZipFile(crowd, "w") as archive:
        for number in range(6000):
            archive.writestr(f"3D/{number}.model", b"")
    whole = three_mf(CUBE)
    lying = bytearray(whole)
    for at in _places(whole, b"PK\x01\x02"):
        lying[at + 24 : at + 28] = struct.pack("<I", 300_000_000)
    locked = bytearray(whole)
    for at in _places(whole, b"PK\x01\x02"):
        locked[at + 8] |= 1
    return {
        "zip: fifty megabytes of blanks": (bomb.getvalue(), "archive_bomb"),
        "zip: 300 members": (many.getvalue(), "archive_bomb"),
        "zip: a directory of 6,000": (crowd.getvalue(), "archive_bomb"),
        "zip: a false size": (bytes(lying), "archive_bomb"),
        "zip: encrypted": (bytes(locked), "unsupported_feature"),
        "zip: cut off": (whole[:-30], "damaged_part"),
        "zip: a changed byte": (_changed(whole, whole.index(b"3D/3dmodel.model") + 60), "damaged_part"),
        "zip: an archive within": (zip_3mf(whole), "damaged_part"),
        "zip: no model in it": (_zip({"x.model.txt": b"hello"}), "external_reference"),
    }


def _zip(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def _places(content, mark):
    at = content.find(mark)
    while at >= 0:
        yield at
        at = content.find(mark, at + 1)


def _changed(content, at):
    return content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]


def _three_mf():
    plain = model_3mf(mesh_3mf(CUBE))
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    entities = plain.replace("?>", f'?><!DOCTYPE model [<!ENTITY l0 "ha">{laughs}]>', 1)
    outside = plain.replace("?>", '?><!DOCTYPE model SYSTEM "file:///etc/passwd">', 1)
    levels = "".join(
        f'<object id="{n}"><components>{f"""<component objectid="{n - 1}"/>""" * 10}</components></object>'
        for n in range(2, 20)
    )
    ring = '<object id="1"><components><component objectid="2"/></components></object>'
    ring += '<object id="2"><components><component objectid="1"/></components></object>'
    chain = "".join(
        f'<object id="{n}"><components><component objectid="{n - 1}"/></components></object>' for n in range(2, 2000)
    )
    far = '<item objectid="1" p:path="http://127.0.0.1:1/ring.model"/>'
    near = '<item objectid="1" p:path="/../../etc/passwd"/>'
    files = {
        "3mf: a billion laughs": (entities, "unsafe_xml"),
        "3mf: an entity from a file": (outside, "unsafe_xml"),
        "3mf: a document type in UTF-16": (entities.encode("utf-16"), "unsafe_xml"),
        "3mf: components that multiply": (
            model_3mf(mesh_3mf(CUBE) + levels, '<item objectid="19"/>'),
            "too_many_triangles",
        ),
        "3mf: components in a ring": (model_3mf(ring), "damaged_part"),
        "3mf: a chain of 2,000 components": (
            model_3mf(mesh_3mf(CUBE) + chain, '<item objectid="1999"/>'),
            "damaged_part",
        ),
        "3mf: a part on another host": (model_3mf(mesh_3mf(CUBE), far, extra=PRODUCTION), "external_reference"),
        "3mf: a part outside the archive": (model_3mf(mesh_3mf(CUBE), near, extra=PRODUCTION), "external_reference"),
        "3mf: an object that is missing": (model_3mf(mesh_3mf(CUBE), '<item objectid="7"/>'), "damaged_part"),
        "3mf: nothing built": (model_3mf(mesh_3mf(CUBE), ""), "no_triangles"),
        "3mf: index outside": (plain.replace('v1="0"', 'v1="36"', 1), "bad_index"),
        "3mf: half an index": (plain.replace('v1="0"', 'v1="0.5"', 1), "damaged_part"),
        "3mf: no index": (plain.replace('v1="0"', "", 1), "damaged_part"),
        "3mf: a number that is none": (plain.replace('x="1.0"', 'x="&#49;"', 1), "damaged_part"),
        "3mf: not a number": (plain.replace('x="1.0"', 'x="nan"', 1), "damaged_part"),
        "3mf: turned to infinity": (
            model_3mf(mesh_3mf(CUBE), '<item objectid="1" transform="1e308 0 0 0 1e308 0 0 0 1e308 1e308 1 1"/>'),
            "not_finite",
        ),
        "3mf: eleven numbers in a transform": (
            model_3mf(mesh_3mf(CUBE), '<item objectid="1" transform="1 0 0 0 1 0 0 0 1 0 0"/>'),
            "damaged_part",
        ),
        "3mf: parsecs": (model_3mf(mesh_3mf(CUBE), unit="parsec"), "damaged_part"),
        "3mf: an extension that is required": (
            model_3mf(mesh_3mf(CUBE), extra=f'xmlns:b="{MAKERS}/beamlattice/2017/02" requiredextensions="b"'),
            "unsupported_feature",
        ),
        "3mf: a list without end": (plain.replace("</vertices>", ""), "damaged_part"),
        "3mf: two lists for one object": (plain.replace("<triangles>", "<vertices/><triangles>", 1), "damaged_part"),
        "3mf: a mesh without object": (
            plain.replace("<object", "<thing").replace("</object", "</thing"),
            "damaged_part",
        ),
        "3mf: no XML": ("ring " * 1000, "damaged_part"),
        "3mf: cut off": (plain[: len(plain) // 2], "damaged_part"),
        "3mf: five million empty elements": (
            plain.replace("<resources>", "<resources>" + "<a/>" * 8_500_000),
            "archive_bomb",
        ),
    }
    return {name: (zip_3mf(model), code) for name, (model, code) in files.items()}


def _gltf():
    document, binary = gltf_document(CUBE)
    files = {
        "a buffer of another host": (
            _with(document, "buffers", 0, uri="http://127.0.0.1:1/ring.bin"),
            "external_reference",
        ),
        "a buffer of a file": (_with(document, "buffers", 0, uri="../../etc/passwd"), "external_reference"),
        "compressed by Draco": (
            {**document, "extensionsRequired": ["KHR_draco_mesh_compression"]},
            "unsupported_feature",
        ),
        "compressed by meshopt": (
            _with(document, "bufferViews", 0, extensions={"EXT_meshopt_compression": {}}),
            "unsupported_feature",
        ),
        "sparse": (_with(document, "accessors", 0, sparse={"count": 1}), "unsupported_feature"),
        "a billion vertices": (_with(document, "accessors", 0, count=10**9), "false_size"),
        "no vertices": (_with(document, "accessors", 0, count=0), "false_size"),
        "a view beyond the buffer": (_with(document, "bufferViews", 0, byteLength=2**40), "false_size"),
        "a view that begins beyond it": (_with(document, "bufferViews", 1, byteOffset=2**52), "false_size"),
        "a negative offset": (_with(document, "bufferViews", 0, byteOffset=-4), "damaged_part"),
        "a stride beyond the view": (_with(document, "bufferViews", 0, byteStride=2**31), "false_size"),
        "a node that is its own child": (_with(document, "nodes", 0, children=[0]), "damaged_part"),
        "a node that is missing": ({**document, "scenes": [{"nodes": [5]}]}, "damaged_part"),
        "a scene of text": ({**document, "scenes": "all"}, "damaged_part"),
        "numbers that are texts": (_with(document, "accessors", 0, count="12"), "damaged_part"),
        "a matrix of fifteen": (_with(document, "nodes", 0, matrix=[1] * 15), "damaged_part"),
        "no rotation": (_with(document, "nodes", 0, rotation=[0, 0, 0, 0]), "damaged_part"),
        "an infinite scale": (_with(document, "nodes", 0, scale=[1e400, 1, 1]), "not_finite"),
        "a skin": (_with(document, "nodes", 0, skin=0), "unsupported_feature"),
        "only lines": (
            _with(document, "meshes", 0, primitives=[{"attributes": {"POSITION": 0}, "mode": 1}]),
            "no_triangles",
        ),
        "version 1": ({**document, "asset": {"version": "1.0"}}, "unsupported_feature"),
        "a mesh half a million times": (
            {
                **_with(document, "meshes", 0, primitives=document["meshes"][0]["primitives"] * 25),
                "nodes": [{"mesh": 0}] * 20_000,
                "scenes": [{"nodes": list(range(20_000))}],
            },
            "unsupported_feature",
        ),
    }
    bent = np.frombuffer(binary, np.uint8).copy()
    bent[-4:] = 255
    whole = glb(CUBE)
    embedded = _with(
        document, "buffers", 0, uri="data:application/octet-stream;base64," + base64.b64encode(binary).decode()
    )
    return {
        **{f"glb: {name}": (pack_glb(content, binary), code) for name, (content, code) in files.items()},
        "glb: a large mesh a thousand times": (pack_glb(*_crowd()), "too_many_triangles"),
        "glb: index outside": (pack_glb(document, bent.tobytes()), "bad_index"),
        "glb: cut off": (whole[:-100], "false_size"),
        "glb: a chunk beyond the file": (whole[:12] + b"\xff\xff\xff\x7f" + whole[16:], "false_size"),
        "glb: only a head": (whole[:12], "false_size"),
        "glb: brackets without end": (pack_raw(b"[" * 900_000), "damaged_part"),
        "glb: a number of a million digits": (pack_raw(b'{"asset":' + b"9" * 1_000_000 + b"}"), "damaged_part"),
        "glb: two million empty lists": (pack_raw(b'{"asset":[' + b"[]," * 2_000_000 + b"[]]}"), "unsupported_feature"),
        "gltf: a neighbouring file": (
            json.dumps(_with(document, "buffers", 0, uri="ring.bin")).encode(),
            "external_reference",
        ),
        "gltf: damaged base64": (json.dumps(embedded).encode().replace(b"base64,", b"base64,!"), "damaged_part"),
    }


def _crowd():
    return gltf_document(
        mesh_of(torus(around=60, across=50)), nodes=[{"mesh": 0}] * 1000, scenes=[{"nodes": list(range(1000))}]
    )


def pack_raw(text):
    """A GLB of any JSON text."""
    return struct.pack("<4sIIII", b"glTF", 2, 20 + len(text), len(text), 0x4E4F534A) + text


def _with(document, name, number, **changes):
    """The document with one entry changed."""
    entries = list(document[name])
    entries[number] = {**entries[number], **changes}
    return {**document, name: entries}


def _others():
    ring = rhino(CUBE)
    return {
        "nothing": (b"", "empty_file"),
        "blanks": (b" \n" * 100_000, "empty_file"),
        "rhino: only its head": (ring[:200], "damaged_part"),
        "rhino: cut off": (ring[: len(ring) // 2], "damaged_part"),
        "rhino: nothing in it": (b"3D Geometry File Format " + bytes(1000), "damaged_part"),
        "step: nothing in it": (b"ISO-10303-21;\nHEADER;\n", "damaged_part"),
        "a web page": (b"<!DOCTYPE html><script>alert(1)</script>" * 50, "unknown_format"),
        "a program": (b"\x7fELF\x02\x01\x01" + bytes(5000), "unknown_format"),
        "random": (np.random.default_rng(3).bytes(100_000), "unknown_format"),
    }


__all__ = ["CUBE", "FORMATS", "hostile_files"]
