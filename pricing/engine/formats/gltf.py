"""glTF 2.0: GLB, and .gltf whose buffers are embedded. Lengths are in metres by the standard.

All meshes of the scene's nodes with their transforms; triangles, strips and fans; points and lines are no surface.
What is compressed, sparse, skinned or morphed is refused by name: read in part it would be another piece. No address
but an embedded `data:` is ever followed.
"""

import binascii
import json
import struct
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pricing.engine.errors import (
    DamagedPart,
    ExternalReference,
    FalseSize,
    NoTriangles,
    UnsupportedFeature,
)
from pricing.engine.formats.limits import Limits, check_count
from pricing.engine.formats.reading import Reading, checked_faces, head
from pricing.engine.formats.scene import MAX_PLACES, Matrix, Placed, assemble
from pricing.engine.mesh import Faces, Vertices

Json = dict[str, Any]

_MAGIC: Final = b"glTF"
_JSON_CHUNK, _BINARY_CHUNK = 0x4E4F534A, 0x004E4942
_MAX_VALUES: Final = 1_000_000  # JSON values: as Python objects they take up to a hundred times their bytes
_DTYPES: Final = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS: Final = {"SCALAR": 1, "VEC3": 3}
_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_NO_SURFACE: Final = range(4)  # points, lines, line loops and strips
_HARMLESS: Final = ("KHR_materials_", "KHR_texture_", "EXT_texture_", "KHR_mesh_quantization", "KHR_lights_punctual")


def read(content: memoryview, limits: Limits) -> Reading:
    """The surface, in metres. Raises what its parts deserve: DamagedPart, FalseSize, BadIndex, ExternalReference,
    UnsupportedFeature, NoTriangles, TooManyTriangles."""
    is_binary = head(content, 4) == _MAGIC
    text, binary = _chunks(content) if is_binary else (bytes(content), None)
    document = _Document(_json(text), binary)
    scene = document.scene(limits)
    if not scene:
        raise NoTriangles
    vertices, faces = assemble(scene, limits)
    return Reading("glb" if is_binary else "gltf", vertices, faces, unit="m")


def _chunks(content: memoryview) -> tuple[bytes, memoryview | None]:
    """The JSON of a GLB and its binary chunk."""
    if len(content) < 20:
        raise FalseSize(format="GLB", part="header", needed=20, present=len(content))
    _, version, length, json_length, kind = struct.unpack_from("<4sIIII", content)
    if version != 2:
        raise UnsupportedFeature(format="GLB", feature=f"version {version}")
    for part, needed in (("file", length), ("JSON", 20 + json_length)):
        if needed > len(content):
            raise FalseSize(format="GLB", part=part, needed=needed, present=len(content))
    if kind != _JSON_CHUNK or length < len(content):
        raise DamagedPart(format="GLB", part="header")
    return bytes(content[20 : 20 + json_length]), _binary_chunk(content, 20 + json_length)


def _binary_chunk(content: memoryview, at: int) -> memoryview | None:
    while at + 8 <= len(content):
        length, kind = struct.unpack_from("<II", content, at)
        if at + 8 + length > len(content):
            raise FalseSize(format="GLB", part="chunk", needed=at + 8 + length, present=len(content))
        if kind == _BINARY_CHUNK:
            return content[at + 8 : at + 8 + length]
        at += 8 + length
    return None


def _json(text: bytes) -> Json:
    if text.count(b",") + text.count(b"[") + text.count(b"{") > _MAX_VALUES:
        raise UnsupportedFeature(format="glTF", feature=f"more than {_MAX_VALUES} values")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise DamagedPart(format="glTF", part="JSON") from None
    if not isinstance(document, dict):
        raise DamagedPart(format="glTF", part="JSON")
    return document


class _Document:
    """The parts of a document by their numbers; everything a stranger wrote is checked when it is looked up."""

    def __init__(self, document: Json, binary: memoryview | None) -> None:
        self._document, self._binary = document, binary
        self._buffers: dict[int, memoryview] = {}
        self._meshes: dict[int, list[tuple[Vertices, Faces]]] = {}
        version = _dictionary(document, "asset").get("version")
        if not isinstance(version, str) or not version.startswith("2."):
            raise UnsupportedFeature(format="glTF", feature=f"version {str(version)[:20]}")
        for name in _list(document, "extensionsRequired"):
            if not isinstance(name, str) or not name.startswith(_HARMLESS):
                raise UnsupportedFeature(format="glTF", feature=str(name)[:80])

    def scene(self, limits: Limits) -> list[Placed]:
        """Every surface with its place. A node has one parent: one that is met twice would multiply the scene."""
        placed: list[Placed] = []
        triangles = 0
        waiting = [(number, np.eye(4)) for number in self._roots()]
        seen: set[int] = set()
        while waiting:
            number, above = waiting.pop()
            if number in seen:
                raise DamagedPart(format="glTF", part=f"node {number}")
            seen.add(number)
            node = self._entry("nodes", number)
            with np.errstate(all="ignore"):
                matrix = above @ _local_matrix(node)
            surfaces = self._surfaces(node, limits)
            triangles += sum(len(faces) for _, faces in surfaces)
            check_count(max(triangles, 1), limits)  # now: nodes that share a mesh multiply it
            placed += [Placed(*surface, matrix) for surface in surfaces]
            if len(placed) > MAX_PLACES:
                raise UnsupportedFeature(format="glTF", feature=f"more than {MAX_PLACES} placed meshes")
            waiting += [(_whole(child, "children"), matrix) for child in _list(node, "children")]
        return placed

    def _roots(self) -> list[int]:
        if _list(self._document, "scenes"):
            scene = self._entry("scenes", _whole(self._document.get("scene", 0), "scene"))
            return [_whole(node, "scene") for node in _list(scene, "nodes")]
        nodes = [self._entry("nodes", number) for number in range(len(_list(self._document, "nodes")))]
        children = {child for node in nodes for child in _list(node, "children") if isinstance(child, int)}
        return [number for number in range(len(nodes)) if number not in children]

    def _surfaces(self, node: Json, limits: Limits) -> list[tuple[Vertices, Faces]]:
        if "mesh" not in node:
            return []
        for feature in ("skin", "weights"):
            if feature in node:
                raise UnsupportedFeature(format="glTF", feature=feature)
        _refuse_extensions(node, "EXT_mesh_gpu_instancing")
        number = _whole(node["mesh"], "mesh")
        if number not in self._meshes:
            mesh = self._entry("meshes", number)
            if any(_list(mesh, "weights")):
                raise UnsupportedFeature(format="glTF", feature="weights")
            surfaces = [self._primitive(_dictionary_of(primitive), limits) for primitive in _list(mesh, "primitives")]
            self._meshes[number] = [surface for surface in surfaces if surface is not None]
        return self._meshes[number]

    def _primitive(self, primitive: Json, limits: Limits) -> tuple[Vertices, Faces] | None:
        _refuse_extensions(primitive, "KHR_draco_mesh_compression")
        mode = _whole(primitive.get("mode", _TRIANGLES), "mode")
        if mode in _NO_SURFACE:
            return None
        position = self._accessor(_dictionary(primitive, "attributes").get("POSITION"), "VEC3")
        if "indices" in primitive:
            indices = self._accessor(primitive["indices"], "SCALAR").reshape(-1)
            if indices.dtype.kind != "u":
                raise DamagedPart(format="glTF", part="indices")
        else:
            indices = np.arange(len(position))
        check_count(max(len(indices) // 3, 1), limits)
        faces = checked_faces("glTF", _triangles(indices, mode), len(position))
        return (*_used(position, faces),) if len(faces) else None

    def _accessor(self, number: Any, kind: str) -> npt.NDArray[Any]:
        """Numbers as they lie in the buffer, (count, width)."""
        accessor = self._entry("accessors", _whole(number, "accessor"))
        if "sparse" in accessor:
            raise UnsupportedFeature(format="glTF", feature="sparse accessors")
        dtype = _DTYPES.get(_whole(accessor.get("componentType"), "componentType"))
        if dtype is None or accessor.get("type") != kind:
            raise DamagedPart(format="glTF", part=f"accessor {number}")
        view = self._entry("bufferViews", _whole(accessor.get("bufferView"), "bufferView"))
        _refuse_extensions(view, "EXT_meshopt_compression", "KHR_meshopt_compression")
        data = self._view(view)
        shape = (_whole(accessor.get("count"), "count"), _WIDTHS[kind])
        item = np.dtype(dtype)
        stride = _whole(view.get("byteStride", 0), "byteStride") or item.itemsize * shape[1]
        start = _whole(accessor.get("byteOffset", 0), "byteOffset")
        needed = start + (shape[0] - 1) * stride + item.itemsize * shape[1]
        if shape[0] < 1 or needed > len(data):
            raise FalseSize(format="glTF", part=f"accessor {number}", needed=needed, present=len(data))
        numbers = np.ndarray(shape, item, data, start, (stride, item.itemsize))
        return _normalized(numbers) if accessor.get("normalized") is True else numbers

    def _view(self, view: Json) -> memoryview:
        data = self._buffer(_whole(view.get("buffer"), "buffer"))
        start = _whole(view.get("byteOffset", 0), "byteOffset")
        stop = start + _whole(view.get("byteLength"), "byteLength")
        if stop > len(data):
            raise FalseSize(format="glTF", part="bufferView", needed=stop, present=len(data))
        return data[start:stop]

    def _buffer(self, number: int) -> memoryview:
        if number not in self._buffers:
            buffer = self._entry("buffers", number)
            if "uri" in buffer:
                self._buffers[number] = _embedded(buffer["uri"])
            elif number == 0 and self._binary is not None:
                self._buffers[number] = self._binary
            else:
                raise DamagedPart(format="glTF", part=f"buffer {number}")
        return self._buffers[number]

    def _entry(self, name: str, number: int) -> Json:
        entries = _list(self._document, name)
        if number >= len(entries):
            raise DamagedPart(format="glTF", part=f"{name} {number}")
        return _dictionary_of(entries[number])


def _embedded(address: Any) -> memoryview:
    """The bytes of a data: address. Raises ExternalReference for any other."""
    start, comma, data = str(address).partition(",")
    if not start.lower().startswith("data:") or not start.lower().endswith(";base64") or not comma:
        raise ExternalReference(format="glTF", name=str(address)[:80])
    try:
        return memoryview(binascii.a2b_base64(data, strict_mode=True))
    except ValueError:
        raise DamagedPart(format="glTF", part="data:") from None


def _triangles(indices: npt.NDArray[Any], mode: int) -> npt.NDArray[np.int64]:
    """Corners of triangles, (n, 3). Every second triangle of a strip runs the other way."""
    indices = indices.astype(np.int64)
    if mode == _TRIANGLES:
        if len(indices) % 3:
            raise DamagedPart(format="glTF", part="indices")
        return indices.reshape(-1, 3)
    if mode == _STRIP:
        strip = np.stack([indices[:-2], indices[1:-1], indices[2:]], axis=1)
        strip[1::2] = strip[1::2, [1, 0, 2]]
        return strip
    if mode == _FAN:
        return np.stack([np.broadcast_to(indices[:1], len(indices[2:])), indices[1:-1], indices[2:]], axis=1)
    raise DamagedPart(format="glTF", part=f"mode {mode}")


def _used(position: npt.NDArray[Any], faces: Faces) -> tuple[Vertices, Faces]:
    """The vertices that a primitive uses: many may share one long list."""
    with np.errstate(invalid="ignore"):  # a signalling NaN warns when widened; it is refused by name afterwards
        if len(position) <= 3 * len(faces):
            return position.astype(np.float64), faces
        used, numbers = np.unique(faces, return_inverse=True)
        return position[used].astype(np.float64), numbers.reshape(-1, 3).astype(np.int32)


def _normalized(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Whole numbers that stand for -1 … 1 or 0 … 1."""
    if numbers.dtype.kind == "f":
        return numbers
    return np.maximum(numbers / np.iinfo(numbers.dtype).max, -1.0)


def _local_matrix(node: Json) -> Matrix:
    """A node's own transform: a matrix column by column, or translation, rotation (a quaternion) and scale."""
    if "matrix" in node:
        return _floats(node, "matrix", [0.0] * 16).reshape(4, 4).T
    matrix = np.eye(4)
    with np.errstate(all="ignore"):
        matrix[:3, :3] = _rotation(_floats(node, "rotation", [0, 0, 0, 1])) * _floats(node, "scale", [1, 1, 1])
    matrix[:3, 3] = _floats(node, "translation", [0, 0, 0])
    return matrix


def _rotation(quaternion: npt.NDArray[np.float64]) -> Matrix:
    x, y, z, w = quaternion
    length = float(np.dot(quaternion, quaternion))
    if length == 0:
        raise DamagedPart(format="glTF", part="rotation")
    s = 2 / length
    return np.array(
        [
            [1 - s * (y * y + z * z), s * (x * y - z * w), s * (x * z + y * w)],
            [s * (x * y + z * w), 1 - s * (x * x + z * z), s * (y * z - x * w)],
            [s * (x * z - y * w), s * (y * z + x * w), 1 - s * (x * x + y * y)],
        ]
    )


def _floats(node: Json, name: str, usual: list[float]) -> npt.NDArray[np.float64]:
    values = node.get(name, usual)
    if not isinstance(values, list) or len(values) != len(usual):
        raise DamagedPart(format="glTF", part=name)
    if not all(isinstance(value, int | float) for value in values):
        raise DamagedPart(format="glTF", part=name)
    try:
        return np.array([float(value) for value in values])
    except OverflowError:
        raise DamagedPart(format="glTF", part=name) from None


def _refuse_extensions(holder: Json, *names: str) -> None:
    used = _dictionary(holder, "extensions") if "extensions" in holder else {}
    for name in names:
        if name in used:
            raise UnsupportedFeature(format="glTF", feature=name)


def _dictionary(holder: Json, name: str) -> Json:
    return _dictionary_of(holder.get(name), name)


def _dictionary_of(value: Any, name: str = "JSON") -> Json:
    if not isinstance(value, dict):
        raise DamagedPart(format="glTF", part=name)
    return value


def _list(holder: Json, name: str) -> list[Any]:
    value = holder.get(name, [])
    if not isinstance(value, list):
        raise DamagedPart(format="glTF", part=name)
    return value


def _whole(value: Any, name: str) -> int:
    """A number of 0 or more; a program may have written it as 3.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise DamagedPart(format="glTF", part=name)
    return value
