"""A light model for the browser: a GLB written afresh from the mesh, so that no stranger's byte reaches a browser.

Metal and stones are two primitives of one mesh, without textures, names of the customer or extras. Positions are 16-bit
whole numbers in steps of the piece's half extent / 32,767 (0.4 micrometres on a ring), normals 8-bit ones
(KHR_mesh_quantization); the node's scale and translation lead back to metres, y up, as glTF asks: a point x, y, z in mm
of the design is x, z, -y. A mesh of too many triangles is drawn coarser. The same mesh gives the same bytes.
"""

import json
import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pricing.engine.mesh import Mesh
from pricing.engine.normals import CREASE, corner_normals
from pricing.engine.numbering import number_alike
from pricing.engine.simplify import simplified

Floats = npt.NDArray[np.float64]

_STEPS: Final = 32_767
_COARSE_CREASE: Final = 60.0  # degrees: a coarser mesh has rougher curves
_METRES: Final = 0.001
_BYTE, _SHORT, _USHORT, _UINT = 5120, 5122, 5123, 5125  # glTF's component types
_ARRAY, _ELEMENTS = 34962, 34963  # … and what a buffer is for
_JSON, _BIN = 0x4E4F534A, 0x004E4942

_MATERIALS: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "metal",
        "pbrMetallicRoughness": {"baseColorFactor": [0.9, 0.88, 0.85, 1], "metallicFactor": 1, "roughnessFactor": 0.18},
        "doubleSided": True,
    },
    {
        "name": "stone",
        "pbrMetallicRoughness": {
            "baseColorFactor": [0.86, 0.95, 1, 0.55],
            "metallicFactor": 0,
            "roughnessFactor": 0.02,
        },
        "alphaMode": "BLEND",
    },
)


def encode(mesh: Mesh, *, stones: Mesh | None = None, most_triangles: int = 60_000) -> bytes:
    """The bytes of a GLB with so many triangles at most. Raises ValueError for no triangles."""
    if len(mesh.faces) == 0:
        raise ValueError("nothing to show")
    parts = _light(mesh, stones, most_triangles)
    coarse = len(parts[0].faces) < len(mesh.faces)
    used = np.concatenate([part.vertices[np.unique(part.faces)] for part in parts])
    frame = _Frame.around(used)
    file = _File([], [], [], 0)
    creases = (_COARSE_CREASE if coarse else CREASE, CREASE)
    primitives = [
        _primitive(file, part, frame, material=number, crease=creases[number]) for number, part in enumerate(parts)
    ]
    return _glb(file, primitives, frame)


def _light(mesh: Mesh, stones: Mesh | None, most_triangles: int) -> list[Mesh]:
    """Metal and stones, coarser if they must be; the stones' few facets before the metal's curves."""
    metal = mesh.for_kernels()
    if stones is None or len(stones.faces) == 0:
        return [simplified(metal, most_triangles)]
    cut = simplified(stones.for_kernels(), most_triangles // 2)
    return [simplified(metal, max(most_triangles - len(cut.faces), most_triangles // 2)), cut]


@dataclass(frozen=True, slots=True)
class _Frame:
    """From mm to whole steps around the middle of the piece."""

    middle: Floats
    step_mm: float

    @classmethod
    def around(cls, points: Floats) -> "_Frame":
        low, high = points.min(axis=0), points.max(axis=0)
        return cls((low + high) / 2, max(float((high - low).max()) / 2 / _STEPS, 1e-12))

    def steps(self, points: Floats) -> npt.NDArray[np.int16]:
        return _y_up(np.rint((points - self.middle) / self.step_mm)).astype(np.int16)

    def node(self) -> dict[str, Any]:
        x, y, z = (float(part) for part in _y_up(self.middle * _METRES))
        return {"mesh": 0, "scale": [self.step_mm * _METRES] * 3, "translation": [x, y, z]}


def _y_up(points: Floats) -> Floats:
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], axis=-1)


@dataclass(slots=True)
class _File:
    """What has been put into the binary part so far."""

    chunks: list[bytes]
    views: list[dict[str, Any]]
    accessors: list[dict[str, Any]]
    length: int

    def add(self, values: npt.NDArray[Any], target: int, stride: int | None, accessor: dict[str, Any]) -> int:
        """Append an array, padded to 4 bytes; the number of its accessor."""
        content = values.tobytes()
        view = {"buffer": 0, "byteOffset": self.length, "byteLength": len(content), "target": target}
        self.views.append(view if stride is None else {**view, "byteStride": stride})
        self.accessors.append({"bufferView": len(self.views) - 1, **accessor})
        content += b"\0" * (-len(content) % 4)
        self.chunks.append(content)
        self.length += len(content)
        return len(self.accessors) - 1


def _primitive(file: _File, mesh: Mesh, frame: _Frame, *, material: int, crease: float) -> dict[str, Any]:
    """Put one part into the file: a vertex for each normal that meets at a corner."""
    normals = corner_normals(mesh, np.arange(len(mesh.faces), dtype=np.int32), crease=crease).reshape(-1, 3)
    bytes_of = np.rint(_y_up(normals) * 127).astype(np.int8)
    packed = (bytes_of.astype(np.int64) + 128) @ np.array([1 << 16, 1 << 8, 1])
    numbers, firsts = number_alike((mesh.faces.reshape(-1).astype(np.int64) << 24) | packed)
    positions = _padded(frame.steps(mesh.vertices[mesh.faces.reshape(-1)[firsts]]))
    small = len(firsts) < 0xFFFF
    low, high = positions[:, :3].min(axis=0).tolist(), positions[:, :3].max(axis=0).tolist()
    vectors: dict[str, Any] = {"count": len(firsts), "type": "VEC3"}
    return {
        "attributes": {
            "POSITION": file.add(positions, _ARRAY, 8, {"componentType": _SHORT, **vectors, "min": low, "max": high}),
            "NORMAL": file.add(
                _padded(bytes_of[firsts]), _ARRAY, 4, {"componentType": _BYTE, "normalized": True, **vectors}
            ),
        },
        "indices": file.add(
            numbers.astype(np.uint16 if small else np.uint32),
            _ELEMENTS,
            None,
            {"componentType": _USHORT if small else _UINT, "count": len(numbers), "type": "SCALAR"},
        ),
        "material": material,
    }


def _padded(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Rows of three as rows of four: a graphics card reads vectors that begin at multiples of four bytes."""
    return np.concatenate([values, np.zeros((len(values), 1), values.dtype)], axis=1)


def _glb(file: _File, primitives: list[dict[str, Any]], frame: _Frame) -> bytes:
    described = {
        "asset": {"version": "2.0", "generator": "Karat"},
        "extensionsUsed": ["KHR_mesh_quantization"],
        "extensionsRequired": ["KHR_mesh_quantization"],
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [frame.node()],
        "meshes": [{"primitives": primitives}],
        "materials": list(_MATERIALS[: len(primitives)]),
        "accessors": file.accessors,
        "bufferViews": file.views,
        "buffers": [{"byteLength": file.length}],
    }
    words = json.dumps(described, separators=(",", ":"), allow_nan=False).encode()
    words += b" " * (-len(words) % 4)
    head = struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(words) + 8 + file.length)
    return b"".join(
        [head, struct.pack("<II", len(words), _JSON), words, struct.pack("<II", file.length, _BIN), *file.chunks]
    )
