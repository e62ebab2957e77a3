"""The host: a warm process that forks a child for every file. `python -m pricing.engine.host --parent PID`.

Importing the engine and loading its kernels takes longer than measuring most rings. A host does it once; a child is
forked in a few milliseconds, shares the host's memory, and is thrown away with whatever a stranger's file did to it.
The host itself never sees a byte of a file, starts no thread, has no network, and dies with its worker.

It talks with `pricing.hosting` over the socket on its standard input. Both speak in turn, so that no message ever runs
into the next:

    worker: a Job as JSON, with the two descriptors that become the child's standard output and standard error
    host:   {"child": 4711}      forked, in a process group of its own
    worker: "watch"
    host:   {"status": -9}       ended; not yet reaped, so that its number still names its group
    worker: "reap"               the group has been killed
    host:   {"reaped": 4711}
"""

import argparse
import ctypes
import gc
import json
import os
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

from pricing.engine.child import Job, examine, run
from pricing.engine.confinement import die_with_parent, on_one_core, renounce, yield_as_a_session

_MESSAGE_BYTES: Final = 65_536  # a job has some 500
Measure = Callable[[Job], int]

# A tetrahedron of the host's own: measured once, so that everything a child will use is there before it is forked.
_OWN_MODEL: Final = """solid own
facet normal 0 0 0 outer loop vertex 0 0 0 vertex 0 9 0 vertex 9 0 0 endloop endfacet
facet normal 0 0 0 outer loop vertex 0 0 0 vertex 9 0 0 vertex 0 0 9 endloop endfacet
facet normal 0 0 0 outer loop vertex 0 0 0 vertex 0 0 9 vertex 0 9 0 endloop endfacet
facet normal 0 0 0 outer loop vertex 9 0 0 vertex 0 9 0 vertex 0 0 9 endloop endfacet
endsolid own
"""


def main(arguments: list[str]) -> NoReturn:
    """Warm up and serve until the worker closes the socket or dies."""
    parser = argparse.ArgumentParser(prog="pricing.engine.host", description="Fork a measuring process per 3D model.")
    parser.add_argument("--parent", type=int, required=True)
    parent = parser.parse_args(arguments).parent
    renounce()
    die_with_parent(parent)
    yield_as_a_session()
    with on_one_core():
        warm_up()
    serve(run)


def warm_up() -> None:
    """Import the engine, load its kernels, measure the host's own model; then keep all that out of the collector."""
    from pricing.engine.compile import compile_all

    compile_all()
    with tempfile.TemporaryDirectory(prefix="karat-host-") as folder:
        model = Path(folder, "model")
        model.write_text(_OWN_MODEL)
        drawn = {"preview": str(Path(folder, "preview.png")), "model": str(Path(folder, "model.glb"))}
        job = Job(str(model), "", drawn, "yellow", len(_OWN_MODEL), 0, 0)
        for _ in examine(job):
            pass
    gc.collect()
    gc.freeze()  # a collection in the child would otherwise touch, and so copy, every page of the host
    _return_memory()


def _return_memory() -> None:
    """Give the system what is free: to a child an empty page costs less than a copy of one nobody uses (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def serve(measure: Measure) -> NoReturn:
    """Fork a child per job that comes over standard input, one at a time, until it is closed."""
    control = socket.socket(fileno=os.dup(0))
    _tell(control, {"ready": os.getpid()})
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _MESSAGE_BYTES, 2)
        if not message:
            sys.exit(0)
        child = _fork(Job.from_json(json.loads(message)), descriptors, control, measure)
        _tell(control, {"child": child})
        _expect(control, b"watch")
        _tell(control, {"status": _status_of(child)})
        _expect(control, b"reap")
        with suppress(ChildProcessError):
            os.waitpid(child, 0)
        _tell(control, {"reaped": child})


def _status_of(child: int) -> int:
    """Wait for the child's end, and leave it unreaped; negative: the signal."""
    if not hasattr(os, "waitid"):  # macOS before Python 3.13: its number is free a moment too soon
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert ended is not None  # noqa: S101  (only WNOHANG returns None)
    return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status


def _expect(control: socket.socket, word: bytes) -> None:
    if control.recv(_MESSAGE_BYTES) != word:  # the worker is gone, or lost the thread: it starts another host
        sys.exit(1)


def _tell(control: socket.socket, message: dict[str, int]) -> None:
    control.sendall(json.dumps(message).encode() + b"\n")


def _fork(job: Job, descriptors: list[int], control: socket.socket, measure: Measure) -> int:
    host = os.getpid()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _settle(job, descriptors, control, host)
            status = measure(job)
            sys.stdout.flush()
        except BaseException:  # noqa: BLE001  (nothing may return into the host's loop)
            traceback.print_exc()
        finally:
            os._exit(status)
    with suppress(ProcessLookupError, PermissionError):  # ended already, or did so itself
        os.setpgid(child, child)
    for descriptor in descriptors:
        os.close(descriptor)
    return child


def _settle(job: Job, descriptors: list[int], control: socket.socket, host: int) -> None:
    """The child's own group, outputs and folder; nothing of the host's is left open."""
    os.setpgid(0, 0)  # the host does the same: whoever comes first, the group is there before its number is told
    die_with_parent(host)
    control.close()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, standard in ((nothing, 0), *zip(descriptors, (1, 2), strict=True)):
        os.dup2(descriptor, standard)
        os.close(descriptor)
    folder = str(Path(job.model).parent)
    os.chdir(folder)
    tempfile.tempdir = folder  # so that nothing is left behind elsewhere


if __name__ == "__main__":
    main(sys.argv[1:])
