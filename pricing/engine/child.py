"""What is done with one file, in a process of its own: read, measured, drawn, told line by line.

`pricing.engine.host` forks that process and calls `run`; `pricing.sandbox` reads what it writes on standard output, a
line of JSON at a time: stages as they begin, and one answer.

    {"stage": "reading"}
    {"stage": "measuring"}
    {"stage": "walls"}
    {"measurement": {…}, "format": "stl-binary", "engine_version": "2"}   or   {"refused": {"code": …, "params": {}}}
    {"stage": "drawing"}

The answer is written before anything is drawn, so that whatever happens to a picture, the measurement stands.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from pricing.engine.confinement import confine
from pricing.engine.errors import EngineOutOfMemory, FileTooLarge, ModelRefused
from pricing.engine.landlock import stay_within
from pricing.engine.version import ENGINE_VERSION

if TYPE_CHECKING:
    from pricing.engine.measure import Metal
    from pricing.engine.measurement import Walls

STAGES: Final = ("reading", "measuring", "walls", "drawing")


@dataclass(frozen=True, slots=True)
class Job:
    """One file to measure: where it lies, its unit if somebody said it, what to draw of it (names of artefacts →
    files), and what it may cost."""

    model: str
    unit: str
    artefacts: Mapping[str, str]
    tint: str
    max_bytes: int
    memory_bytes: int
    cpu_seconds: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Self:
        return cls(**told)


def run(job: Job) -> int:
    """Measure one file within its limits. 0: measured; 2: refused; both answered. Anything else: nothing to rely on."""
    confine(memory_bytes=job.memory_bytes, cpu_seconds=job.cpu_seconds)
    stay_within(Path(job.model).parent)
    try:
        for line in examine(job):
            _say(line)
    except ModelRefused as refused:
        return _refuse(refused)
    except MemoryError:
        return _refuse(EngineOutOfMemory())
    return 0


def examine(job: Job) -> Iterator[dict[str, object]]:
    """Everything that is found out about a file: stages and the answer, as they are told. Raises ModelRefused."""
    from pricing.engine.formats import Limits, read_model  # here, so that the sandbox can know Job without numpy
    from pricing.engine.measure import find_metal, measurement_of
    from pricing.engine.walls import measure_walls

    yield {"stage": "reading"}
    model = read_model(_content(job), unit=job.unit or None, limits=Limits(max_bytes=job.max_bytes))
    yield {"stage": "measuring"}
    metal = find_metal(model)
    yield {"stage": "walls"}
    walls = measure_walls(metal.surface, is_union=metal.volume.is_union)
    found = measurement_of(metal, walls)
    yield {"measurement": found.to_json(), "format": model.format, "engine_version": ENGINE_VERSION}
    if job.artefacts:
        yield {"stage": "drawing"}
        _draw(metal, walls, job)


def _draw(metal: "Metal", walls: "Walls", job: Job) -> None:
    """The picture, thin places marked by the usual limit (an alloy's own may differ), and the light model."""
    from pricing.engine.castability import CastingLimits
    from pricing.engine.preview import render
    from pricing.engine.web_model import encode

    if "preview" in job.artefacts:
        thin = walls.thinner_than(CastingLimits().wall_advice_mm)
        picture = render(metal.surface, tint=job.tint, thin=thin, stones=metal.stones)
        Path(job.artefacts["preview"]).write_bytes(picture)
    if "model" in job.artefacts:
        Path(job.artefacts["model"]).write_bytes(encode(metal.surface, stones=metal.stones))


def _content(job: Job) -> bytes:
    path = Path(job.model)
    size = path.stat().st_size
    if size > job.max_bytes:
        raise FileTooLarge(bytes=size, max_bytes=job.max_bytes)
    return path.read_bytes()


def _refuse(refused: ModelRefused) -> int:
    _say({"refused": refused.to_json()})
    return 2


def _say(line: Mapping[str, object]) -> None:
    print(json.dumps(line, allow_nan=False), flush=True)
