"""Reading by a large library that was not made for strangers' files: in a forked process of its own, with a deadline.

Such a library may search a damaged file for hours or crash, and would take the measuring with it. The fork inherits
every limit that this process has set on itself, reads, and hands back arrays as plain bytes, or a refusal; what it
says is checked as a stranger's word. However it ends, it is killed and reaped before anything else happens.

A bound on memory holds for each process by itself, so that two would have twice as much. Of what is left to this
process the fork gets three quarters, and this one keeps the rest, for the answer, as long as the fork lives.

    {"format": "3dm", "unit": "mm", "exact_volume": null, "vertices": 8, "faces": 12}     blanks up to 4096 bytes
    vertices, 8 x 3 float64; faces, 12 x 3 int32                  or, alone: {"refused": {"code": …, "params": {}}}
"""

import json
import os
import select
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NoReturn

import numpy as np

from pricing.engine.confinement import die_with_parent, forgo_memory, memory_left
from pricing.engine.errors import EngineCrashed, EngineOutOfMemory, EngineTimeout, ModelRefused, refusal
from pricing.engine.formats.limits import Limits, check_count
from pricing.engine.formats.reading import Reading, check_vertices, checked_faces
from pricing.engine.units import MILLIMETRES

_HEAD: Final = 4096
_PART: Final = 1024 * 1024
_KEPT: Final = 4  # a quarter of the memory that is left
_PATIENCE: Final = 6  # seconds of the wall's clock for each of the processor's: the machine may be busy
_VERTEX: Final = np.dtype((np.float64, 3))
_FACE: Final = np.dtype((np.int32, 3))


def read_apart(
    read: Callable[[], Reading], limits: Limits, *, seconds: int, if_broken: ModelRefused, if_slow: ModelRefused
) -> Reading:
    """What `read` returns or refuses, in a process of its own with `seconds` of the processor.

    Raises `if_broken` when the library crashes and `if_slow` when it takes longer; EngineTimeout when only the machine
    was too slow, EngineCrashed when somebody else killed the process, EngineOutOfMemory when both together had no room
    for what it takes. A bug in `read` is raised as RuntimeError, with its traceback.
    """
    if not hasattr(os, "fork"):  # Windows, where nobody serves strangers
        return read()
    kept, room = _kept(limits)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        _work(read, theirs, seconds, kept, room)
    os.close(theirs)
    try:
        answer = _hear(ours, seconds * _PATIENCE, room)
    finally:
        os.close(ours)
        status = _end(child)
    if answer is None:
        raise EngineTimeout(seconds=seconds * _PATIENCE)
    if not answer:
        raise _cause(status, if_broken=if_broken, if_slow=if_slow)
    return _understood(answer, limits)


def _kept(limits: Limits) -> tuple[int, int]:
    """The memory that the child has to leave to its caller, and the longest answer that fits into it: a bytearray
    takes an eighth more than it holds, and a part more while it is heard."""
    longest = _HEAD + limits.max_vertices * _VERTEX.itemsize + limits.max_triangles * _FACE.itemsize
    left = memory_left()
    if left is None:
        return 0, longest
    kept = min(left // _KEPT, longest + longest // 8 + 2 * _PART)
    return kept, max(_HEAD, (kept - 2 * _PART) // 9 * 8)


def _work(read: Callable[[], Reading], pipe: int, seconds: int, kept: int, room: int) -> NoReturn:
    """The child's life."""
    status = 1
    try:
        _settle(seconds)
        forgo_memory(kept)
        with os.fdopen(pipe, "wb") as answer:
            for part in _told(read, room):
                answer.write(part)
        status = 0
    finally:
        os._exit(status)  # nothing may return into the caller's code


def _settle(seconds: int) -> None:
    """Die with the caller, be silent (libraries print), and end at the processor's deadline."""
    import resource  # where there is a fork, there is this

    die_with_parent(os.getppid())
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = seconds if hard == resource.RLIM_INFINITY else min(seconds, hard)  # it begins at 0 in a fork
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _told(read: Callable[[], Reading], room: int) -> list[bytes | memoryview]:
    try:
        reading = read()
    except ModelRefused as refused:
        return [_head(refused=refused.to_json())]
    except MemoryError:
        return [_head(refused=EngineOutOfMemory().to_json())]
    except Exception:  # noqa: BLE001  (told to the caller, who raises it)
        return [_head(bug=traceback.format_exc()[-_HEAD // 4 :])]
    head = _head(
        format=reading.format,
        unit=reading.unit,
        exact_volume=reading.exact_volume,
        vertices=len(reading.vertices),
        faces=len(reading.faces),
    )
    if _HEAD + reading.vertices.nbytes + reading.faces.nbytes > room:
        return [_head(refused=EngineOutOfMemory().to_json())]
    return [head, np.ascontiguousarray(reading.vertices).data, np.ascontiguousarray(reading.faces).data]


def _head(**told: object) -> bytes:
    return json.dumps(told).encode().ljust(_HEAD)


def _hear(pipe: int, seconds: float, longest: int) -> bytearray | None:
    """Everything that comes through the pipe; None when its end does not come in time."""
    answer, deadline = bytearray(), time.monotonic() + seconds
    waiting = select.poll()
    waiting.register(pipe, select.POLLIN)
    while (left := deadline - time.monotonic()) > 0 and waiting.poll(left * 1000):
        part = os.read(pipe, _PART)
        if not part:
            return answer
        answer += part
        if len(answer) > longest:
            raise EngineCrashed
    return None


def _end(child: int) -> int:
    """Kill and reap. A process that ended by itself keeps its own status; negative: the signal."""
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _understood(answer: bytearray, limits: Limits) -> Reading:
    try:
        told = json.loads(answer[:_HEAD])
        if "bug" in told:
            raise RuntimeError(told["bug"])
        if "refused" in told:
            raise refusal(str(told["refused"]["code"]), told["refused"]["params"])
        return _reading(told, answer, limits)
    except (KeyError, TypeError, ValueError) as nonsense:
        raise EngineCrashed from nonsense


def _reading(told: dict[str, Any], answer: bytearray, limits: Limits) -> Reading:
    check_count(told["faces"], limits)
    check_vertices(told["vertices"], limits)
    vertices = np.frombuffer(answer, np.float64, 3 * told["vertices"], _HEAD).reshape(-1, 3)
    faces = np.frombuffer(answer, np.int32, 3 * told["faces"], _HEAD + vertices.nbytes).reshape(-1, 3)
    kind, unit, volume = str(told["format"]), told["unit"], told["exact_volume"]
    if unit is not None and unit not in MILLIMETRES:
        raise ValueError(unit)
    exact = None if volume is None else float(volume)
    return Reading(kind, vertices, checked_faces(kind, faces, len(vertices)), unit=unit, exact_volume=exact)


def _cause(status: int, *, if_broken: ModelRefused, if_slow: ModelRefused) -> ModelRefused:
    """Why it ended without a word."""
    if status == -signal.SIGKILL:
        return EngineCrashed()
    return if_slow if status == -signal.SIGXCPU else if_broken
