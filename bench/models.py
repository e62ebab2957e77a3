"""Rings for the cases, made on the fly: the same geometry at any number of triangles, in every format."""

import io
import struct
import zipfile
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

FORMATS = ["stl", "stl_ascii", "obj", "ply", "off", "glb", "3mf"]


def ring(triangles: int) -> tuple[Floats, Integers]:
    """A torus with beads of noise on it: vertices (v, 3) in mm and faces (n, 3), closed, of about so many triangles."""
    across = max(3, round((triangles / 2 / 4) ** 0.5))
    around = 4 * across
    u, v = np.meshgrid(np.arange(around) / around, np.arange(across) / across, indexing="ij")
    angle, turn = 2 * np.pi * u, 2 * np.pi * v
    small = 1.2 + 0.15 * np.sin(23 * angle) * np.cos(3 * turn)
    out = 9.0 + small * np.cos(turn)
    vertices = np.stack([out * np.cos(angle), out * np.sin(angle), small * np.sin(turn)], axis=-1).reshape(-1, 3)
    return vertices, _faces(around, across)


def _faces(around: int, across: int) -> Integers:
    a = np.arange(around * across).reshape(around, across)
    b, d = np.roll(a, -1, axis=0), np.roll(a, -1, axis=1)
    c = np.roll(b, -1, axis=1)
    return np.concatenate([np.stack(one, axis=-1).reshape(-1, 3) for one in ((a, b, c), (a, c, d))])


def binary_stl(vertices: Floats, faces: Integers, *, name: str = "ring") -> bytes:
    """The file; another `name` gives other bytes, and so another design, of the same geometry."""
    records = np.zeros(len(faces), dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("unused", "<u2")])
    records["corners"] = vertices[faces]
    return name.encode().ljust(80, b"\0") + struct.pack("<I", len(faces)) + records.tobytes()


def exported(vertices: Floats, faces: Integers, file_type: str) -> bytes:
    """The ring in another format, as trimesh writes it."""
    import trimesh

    if file_type == "3mf":
        return _three_mf(vertices, faces)
    mesh: Any = trimesh.Trimesh(vertices, faces, process=False)
    content = mesh.export(file_type=file_type)
    return content.encode() if isinstance(content, str) else bytes(content)


def _three_mf(vertices: Floats, faces: Integers) -> bytes:
    corners = "".join(f'<vertex x="{x:.6f}" y="{y:.6f}" z="{z:.6f}"/>' for x, y, z in vertices.tolist())
    triangles = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in faces.tolist())
    mesh = f"<mesh><vertices>{corners}</vertices><triangles>{triangles}</triangles></mesh>"
    model = (
        '<?xml version="1.0" encoding="UTF-8"?><model unit="millimeter" xml:lang="en-US" '
        'xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"><resources>'
        f'<object id="1" type="model">{mesh}</object></resources><build><item objectid="1"/></build></model>'
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("3D/3dmodel.model", model)
    return packed.getvalue()


_CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Target="/3D/3dmodel.model" Id="rel0" '
    'Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>'
)
