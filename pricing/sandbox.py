"""Measures a file in a process of its own, with limits on memory and time, and survives whatever becomes of it.

A stranger's file is parsed by code that may run out of memory, loop, or crash inside a C library. None of that may
touch the worker: a child, forked by a warm host (`pricing.hosting`), gets a copy of the one file in a folder of its
own, an environment without the worker's secrets, no network, bounds on memory, processor time, file sizes and output,
and a deadline after which its whole process group is killed. Whatever it answers is taken as a stranger's word too
(`pricing.answers`). No Django here: ids and rows are the caller's business.
"""

import json
import math
import shutil
import signal
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pricing import hosting
from pricing.answers import told_format, told_measurement, told_params
from pricing.artefacts import ARTEFACTS, publish
from pricing.engine.child import STAGES, Job
from pricing.engine.errors import (
    EngineCrashed,
    EngineOutOfMemory,
    EngineTimeout,
    FileTooLarge,
    ModelRefused,
    refusal,
)
from pricing.engine.measurement import Measurement
from pricing.engine.version import ENGINE_VERSION
from pricing.hosting import Ending, HostGone

_MAX_ANSWER_LINES: Final = 1 + 2 * len(STAGES)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """What one file may cost. seconds bounds the wall clock and the processor time alike."""

    memory_bytes: int = 1_500_000_000
    seconds: float = 60
    max_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Measured:
    """A file's measurement, and the names of the artefacts that were asked for and are in their places."""

    measurement: Measurement
    format: str
    artefacts: frozenset[str]


def measure_file(
    path: Path,
    *,
    unit: str = "",
    artefacts: Mapping[str, Path] | None = None,
    tint: str = "yellow",
    progress: Progress | None = None,
    limits: SandboxLimits | None = None,
) -> Measured:
    """Measure the model at `path` in a child process; `artefacts` says where what it draws goes
    (`ARTEFACTS`: preview, model). `unit` is what somebody said it is; empty: the file's, else mm.

    `progress` is called with each stage (`STAGES`) as it begins. An artefact that fails does not lose the measurement.
    Raises ModelRefused: what the engine refuses, and EngineTimeout, EngineOutOfMemory, EngineCrashed. Raises OSError
    when `path` can't be read.
    """
    limits = limits or SandboxLimits()
    size = path.stat().st_size
    if size > limits.max_bytes:
        raise FileTooLarge(bytes=size, max_bytes=limits.max_bytes)
    places = artefacts or {}
    with tempfile.TemporaryDirectory(prefix="karat-measure-") as folder:
        written = {name: Path(folder, ARTEFACTS[name].filename) for name in places}
        job = _job(Path(folder, "model"), unit, written, tint=tint, limits=limits)
        shutil.copyfile(path, job.model)  # a copy, not a link: the child must not be able to change the original
        ending = _run(job, limits.seconds, progress)
        measurement, model_format = _read_answer(ending, limits)
        published = frozenset(name for name in places if publish(ARTEFACTS[name], written[name], places[name]))
    return Measured(measurement, model_format, published)


def _job(model: Path, unit: str, written: Mapping[str, Path], *, tint: str, limits: SandboxLimits) -> Job:
    return Job(
        model=str(model),
        unit=unit,
        artefacts={name: str(place) for name, place in written.items()},
        tint=tint,
        max_bytes=limits.max_bytes,
        memory_bytes=limits.memory_bytes,
        cpu_seconds=math.ceil(limits.seconds),
    )


def _run(job: Job, seconds: float, progress: Progress | None) -> Ending:
    def hear(line: bytes) -> None:
        stage = (_json_object(line) or {}).get("stage")
        if progress is not None and stage in STAGES:
            progress(stage)

    try:
        return hosting.run(job, seconds=seconds, hear=hear)
    except HostGone as gone:
        raise _crashed(Ending(complaint=str(gone).encode())) from gone


def _read_answer(ending: Ending, limits: SandboxLimits) -> tuple[Measurement, str]:
    """The measurement in the child's answer. A whole answer counts even if the child died later, over the picture."""
    answer = _the_answer(ending.answer)
    if answer is None:
        raise _failure(ending, limits)
    try:
        if "refused" in answer:
            raise refusal(str(answer["refused"]["code"]), told_params(answer["refused"]["params"]))
        if answer["engine_version"] != ENGINE_VERSION:
            raise ValueError(f"engine version {answer['engine_version']}")
        return told_measurement(answer["measurement"]), told_format(answer["format"])
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as nonsense:
        raise _crashed(ending) from nonsense


def _the_answer(output: bytes) -> dict[str, Any] | None:
    """The one line that is no stage; None when there is none, or more, or anything that is not a line of JSON."""
    *lines, unfinished = output.split(b"\n")
    told = [_json_object(line) for line in lines]
    if unfinished or None in told or len(told) > _MAX_ANSWER_LINES:
        return None
    answers = [one for one in told if one is not None and one.keys() != {"stage"}]
    return answers[0] if len(answers) == 1 else None


def _json_object(line: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _failure(ending: Ending, limits: SandboxLimits) -> ModelRefused:
    if ending.timed_out or ending.status == -signal.SIGXCPU:
        return EngineTimeout(seconds=limits.seconds)
    if b"MemoryError" in ending.complaint:  # it was too short of memory even to say so in JSON
        return EngineOutOfMemory()
    return _crashed(ending)


def _crashed(ending: Ending) -> EngineCrashed:
    """The refusal for the customer; the status and the end of the child's complaint as a note for the developer."""
    crashed = EngineCrashed()
    crashed.add_note(f"exit status {ending.status}: {ending.complaint.decode(errors='replace')[-1000:]}")
    return crashed
