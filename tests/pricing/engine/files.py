"""Writers for tests: one surface in every format that the engine reads, each in the plainest way that is legal."""

import base64
import io
import json
import struct
import zipfile
from collections.abc import Callable

import numpy as np
import rhino3dm

from pricing.engine.mesh import Mesh
from tests.pricing.engine.shapes import ascii_stl, binary_stl

PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAKERS = "http://schemas.microsoft.com/3dmanufacturing"
MODEL_3MF = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<model unit="{unit}" xml:lang="en-US" {extra} '
    f'xmlns="{MAKERS}/core/2015/02">'
    "<resources>{resources}</resources><build>{build}</build></model>"
)
RELATIONS_3MF = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Target="/3D/3dmodel.model" Id="rel0" Type="{MAKERS}/2013/01/3dmodel"/></Relationships>'
)
TYPES_3MF = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>'
)


def mesh_of(triangles):
    """A mesh from triangles, (n, 3, 3), that share nothing."""
    triangles = np.asarray(triangles, float)
    return Mesh(triangles.reshape(-1, 3), np.arange(3 * len(triangles), dtype=np.int32).reshape(-1, 3))


def obj(mesh):
    lines = ["mtllib ring.mtl", "o piece"]
    lines += [f"v {x!r} {y!r} {z!r}" for x, y, z in mesh.vertices.tolist()]
    lines += [f"f {a + 1} {b + 1} {c + 1}" for a, b, c in mesh.faces.tolist()]
    return "\n".join([*lines, ""]).encode()


def ply_ascii(mesh):
    lines = _ply_header(mesh, "ascii", "double", "int")
    lines += [f"{x!r} {y!r} {z!r}" for x, y, z in mesh.vertices.tolist()]
    lines += [f"3 {a} {b} {c}" for a, b, c in mesh.faces.tolist()]
    return "\n".join([*lines, ""]).encode()


def ply_binary(mesh, *, order="<", number="float64", index="int32"):
    """order: < or >. number and index: names that numpy and PLY share."""
    name = "binary_little_endian" if order == "<" else "binary_big_endian"
    head = "\n".join([*_ply_header(mesh, name, number, index), ""]).encode()
    faces = np.zeros(len(mesh.faces), [("count", "u1"), ("corners", np.dtype(index).newbyteorder(order), 3)])
    faces["count"], faces["corners"] = 3, mesh.faces
    return head + mesh.vertices.astype(np.dtype(number).newbyteorder(order)).tobytes() + faces.tobytes()


def _ply_header(mesh, form, number, index):
    return [
        "ply", f"format {form} 1.0", "comment made by a test", f"element vertex {len(mesh.vertices)}",
        *(f"property {number} {axis}" for axis in "xyz"), f"element face {len(mesh.faces)}",
        f"property list uchar {index} vertex_indices", "end_header",
    ]  # fmt: skip


def off(mesh):
    lines = ["OFF", f"{len(mesh.vertices)} {len(mesh.faces)} 0"]
    lines += [f"{x!r} {y!r} {z!r}" for x, y, z in mesh.vertices.tolist()]
    lines += [f"3 {a} {b} {c}" for a, b, c in mesh.faces.tolist()]
    return "\n".join([*lines, ""]).encode()


def mesh_3mf(mesh, number=1):
    """An object that is a mesh."""
    vertices = "".join(f'<vertex x="{x!r}" y="{y!r}" z="{z!r}"/>' for x, y, z in mesh.vertices.tolist())
    triangles = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in mesh.faces.tolist())
    return (
        f'<object id="{number}" type="model"><mesh><vertices>{vertices}</vertices>'
        f"<triangles>{triangles}</triangles></mesh></object>"
    )


def model_3mf(resources, build='<item objectid="1"/>', *, unit="millimeter", extra=""):
    return MODEL_3MF.format(resources=resources, build=build, unit=unit, extra=extra)


def zip_3mf(model, **others):
    """A package of one root model and further members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES_3MF)
        archive.writestr("_rels/.rels", RELATIONS_3MF)
        archive.writestr("3D/3dmodel.model", model)
        for name, content in others.items():
            archive.writestr(name, content)
    return file.getvalue()


def three_mf(mesh):
    return zip_3mf(model_3mf(mesh_3mf(mesh)))


def gltf_document(mesh, **changes):
    """JSON and buffer of one mesh in one node; coordinates are written as they are, float32."""
    positions, indices = mesh.vertices.astype("<f4").tobytes(), mesh.faces.astype("<u4").tobytes()
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": len(mesh.vertices), "type": "VEC3"},
            {"bufferView": 1, "componentType": 5125, "count": 3 * len(mesh.faces), "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteLength": len(positions)},
            {"buffer": 0, "byteOffset": len(positions), "byteLength": len(indices)},
        ],
        "buffers": [{"byteLength": len(positions) + len(indices)}],
    }
    return {**document, **changes}, positions + indices


def pack_glb(document, binary):
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    length = 12 + 8 + len(text) + 8 + len(binary)
    head = struct.pack("<4sII", b"glTF", 2, length)
    return (
        head + struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    )


def glb(mesh):
    """Millimetres that a node turns into the metres which glTF asks for: equal to the mesh but for the last bit."""
    document, binary = gltf_document(mesh, nodes=[{"mesh": 0, "scale": [0.001, 0.001, 0.001]}])
    return pack_glb(document, binary)


def rhino_model(*geometry, unit=rhino3dm.UnitSystem.Millimeters):
    file = rhino3dm.File3dm()
    file.Settings.ModelUnitSystem = unit
    for thing in geometry:
        file.Objects.Add(thing)
    return file


def rhino_mesh(mesh):
    drawn = rhino3dm.Mesh()
    for x, y, z in mesh.vertices.tolist():
        drawn.Vertices.Add(x, y, z)
    for a, b, c in mesh.faces.tolist():
        drawn.Faces.AddFace(a, b, c)
    return drawn


def rhino_bytes(file):
    return base64.b64decode(file.Encode())


def rhino(mesh):
    return rhino_bytes(rhino_model(rhino_mesh(mesh)))


def step(shape, unit="MM"):
    """A solid of Open CASCADE, whose lengths are mm, written in a unit: MM, CM, M, INCH, FT or UM."""
    from OCP import Interface, Message, STEPControl  # most tests need not wait a second for it

    messenger = Message.Message.DefaultMessenger_s()
    for printer in list(messenger.Printers()):
        messenger.RemovePrinter(printer)
    writer, file = STEPControl.STEPControl_Writer(), io.BytesIO()
    Interface.Interface_Static.SetCVal_s("write.step.unit", unit)
    writer.Transfer(shape, STEPControl.STEPControl_StepModelType.STEPControl_AsIs)
    writer.WriteStream(file)
    return file.getvalue()


def step_box(x, y, z, unit="MM"):
    from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox

    return step(BRepPrimAPI_MakeBox(float(x), float(y), float(z)).Shape(), unit)


def step_sphere(radius, unit="MM"):
    from OCP.BRepPrimAPI import BRepPrimAPI_MakeSphere

    return step(BRepPrimAPI_MakeSphere(float(radius)).Shape(), unit)


def step_cylinder(radius=1, height=2, unit="MM"):
    from OCP.BRepPrimAPI import BRepPrimAPI_MakeCylinder

    return step(BRepPrimAPI_MakeCylinder(float(radius), float(height)).Shape(), unit)


FORMATS: dict[str, Callable[[Mesh], bytes]] = {
    "stl-binary": lambda mesh: binary_stl(mesh.triangles()),
    "stl-ascii": lambda mesh: ascii_stl(mesh.triangles()),
    "obj": obj,
    "ply-binary": ply_binary,
    "ply-ascii": ply_ascii,
    "off": off,
    "3mf": three_mf,
    "glb": glb,
    "3dm": rhino,
}
