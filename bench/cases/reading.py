"""Read a model, weld it, find volume, area and whether it is closed: the engine beside trimesh, format by format."""

import io
from functools import partial
from typing import Any

from bench.harness import Finding, Findings, medians
from bench.models import FORMATS, binary_stl, exported, ring
from pricing.engine.errors import ModelRefused
from pricing.engine.formats import Limits, read_model
from pricing.engine.topology import survey
from pricing.engine.volume import signed_and_area

_LARGE, _MIDDLE = 1_000_000, 200_000  # trimesh takes minutes over a million triangles of text
_LIMITS = Limits(max_bytes=1024 * 1024 * 1024)


def run() -> Findings:
    for name in FORMATS:
        triangles = _LARGE if name == "stl" else _MIDDLE
        vertices, faces = ring(triangles)
        content = binary_stl(vertices, faces) if name == "stl" else exported(vertices, faces, name)
        yield from _compared(name, content, triangles)


def _compared(name: str, content: bytes, triangles: int) -> Findings:
    file_type = name.partition("_")[0]
    try:
        _ours(content)  # also loads what is loaded once
    except ModelRefused as refused:
        yield Finding(f"{name}: the engine says {refused.code}")
        return
    took = medians(
        {
            "bytes": lambda: bytearray(content),
            "engine": partial(_ours, content),
            "trimesh": partial(_trimesh, content, file_type),
        },
        rounds=5,
        most_seconds=25,
    )
    label = f"{name}, {triangles // 1000} k triangles"
    least = 30 if name == "stl" else 10
    yield Finding(f"{label}: trimesh's time / the engine's", took["trimesh"] / took["engine"], at_least=least)
    most = 5 if name == "stl" else None
    yield Finding(f"{label}: the engine's time / copying its bytes", took["engine"] / took["bytes"], at_most=most)


def _ours(content: bytes) -> object:
    mesh = read_model(content, limits=_LIMITS).mesh
    return signed_and_area(mesh), survey(mesh).watertight


def _trimesh(content: bytes, file_type: str) -> object:
    import trimesh

    loaded: Any = trimesh.load(io.BytesIO(content), file_type=file_type, force="mesh")
    return loaded.volume, loaded.area, loaded.is_watertight
