"""Limits that a process sets on itself before it opens a stranger's file. Linux and other Unixes; harmless elsewhere.

Nothing here may import numpy: the command bounds itself before its buffers are born.
"""

import ctypes
import math
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38
_SESSION_NICE: Final = 10
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_OPEN_FILES: Final = 64  # importing numpy and Pillow needs a dozen
_FILE_BYTES: Final = 32 * 1024 * 1024  # a preview is below 1 MB

# One thread per process: two workers on two cores must not start four threads each, and each thread reserves memory.
ONE_THREAD: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
}


def confine(*, memory_bytes: int, cpu_seconds: int) -> None:
    """Bound this process's memory, processor time, files and core dumps; it can't raise them again.

    Memory and processor time count from now on: what a warm process maps and has used already is not the file's doing.
    Memory beyond the limit raises MemoryError; processor time beyond it sends SIGXCPU, a second later SIGKILL.
    A limit that is already stricter (a container's) stays.
    """
    if sys.platform == "win32":
        return
    import resource  # it does not exist on Windows

    memory, seconds = _mapped_bytes() + memory_bytes, math.ceil(time.process_time()) + cpu_seconds
    _lower(resource.RLIMIT_CORE, 0, 0)
    _lower(resource.RLIMIT_AS, memory, memory)
    _lower(resource.RLIMIT_CPU, seconds, seconds + 1)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES)
    _lower(resource.RLIMIT_FSIZE, _FILE_BYTES, _FILE_BYTES)


def _lower(kind: int, soft: int, hard: int) -> None:
    import resource

    _, old_hard = resource.getrlimit(kind)
    if old_hard != resource.RLIM_INFINITY:
        soft, hard = min(soft, old_hard), min(hard, old_hard)
    resource.setrlimit(kind, (soft, hard))


def _mapped_bytes() -> int:
    """The address space in use: Linux counts mapped libraries and machine code against RLIMIT_AS too."""
    if sys.platform != "linux":
        return 0
    pages = Path("/proc/self/statm").read_text().split()[0]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def memory_left() -> int | None:
    """How much more this process may map; None where nothing bounds it."""
    if sys.platform == "win32":
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else max(0, soft - _mapped_bytes())


def forgo_memory(size: int) -> None:
    """Have this process's bound on memory lowered by so much; where nothing bounds it, nothing does afterwards."""
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY:
        _lower(resource.RLIMIT_AS, max(0, soft - size), max(0, soft - size))


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent dies (Linux), so that no measuring outlives its worker."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)


def renounce() -> bool:
    """Give up what measuring never needs: new privileges and the network. True if there is no network any more (Linux).

    Who may not simply leave the network may still do so from a user namespace, unless the system forbids that too.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return 0 in (libc.unshare(flags) for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def yield_as_a_session() -> None:
    """Have this session yield the processor when this process does.

    Linux weighs sessions against each other before it looks into them (autogroups), so that a process at nice 19 in a
    session of its own takes half the processor from a web server in another. Elsewhere, and in a group of its own
    (a systemd service, a container), there is nothing to say. Not further than nice 10, a tenth of the weight: at 19 a
    host that is never idle would not measure anything within its deadline.
    """
    place = Path("/proc/self/autogroup")
    for _ in range(5):
        try:
            place.write_text(str(min(_SESSION_NICE, os.getpriority(os.PRIO_PROCESS, 0))))
        except BlockingIOError:  # the kernel takes one such wish every tenth of a second
            time.sleep(0.15)
        except OSError:
            return
        else:
            return


@contextmanager
def on_one_core() -> Iterator[None]:
    """Show libraries a single core for a while: those that start a thread per core (embree's TBB) then start none."""
    if sys.platform != "linux":
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
