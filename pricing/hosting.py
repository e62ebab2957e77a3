"""The worker's side of the warm host (`pricing.engine.host`): starts it, has it fork a child, watches, kills.

A host belongs to the thread that started it: the kernel ends it with that thread, so two threads never share one. It is
started with the first file and again whenever it is gone.
"""

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from pricing.engine.child import Job
from pricing.engine.confinement import ONE_THREAD

_SOURCE_ROOT: Final = Path(__file__).resolve().parents[1]
_START_SECONDS: Final = 45  # half a second with its kernels in the cache; compiling them takes longer
_GONE_SECONDS: Final = 20  # until the kernel has cleared away what was killed, on a machine with much else to do
_MAX_ANSWER_BYTES: Final = 4 * 1024 * 1024  # 7 kB, and a quarter of a kB for each stone: 15,000 of them
_PIECE_BYTES: Final = 65_536  # as much as a pipe holds
_MAX_COMPLAINT_BYTES: Final = 4_096
_CONTROL: Final = "control"

Hear = Callable[[bytes], None]


class HostGone(Exception):
    """The host died or never became ready; another one can be started."""


@dataclass(slots=True)
class Ending:
    """How a child ended: its output (bounded), its exit status (negative: the signal), whether time ran out."""

    answer: bytes = b""
    complaint: bytes = b""
    status: int = -signal.SIGKILL
    timed_out: bool = False

    @property
    def talks_too_much(self) -> bool:
        return len(self.answer) > _MAX_ANSWER_BYTES


def run(job: Job, *, seconds: float, hear: Hear) -> Ending:
    """Have this thread's host measure one file; `hear` gets each line of the answer as it comes. Raises HostGone.

    A host that died while it had nothing to do costs nothing: another one takes the job. One that dies over the job
    does not, for the file may be why.
    """
    host = _host_of_this_thread()
    try:
        child = (host or start()).fork(job)
    except HostGone:
        if host is None:
            raise
        child = start().fork(job)
    return child.watch(deadline=time.monotonic() + seconds, hear=hear)


def start() -> "_Host":
    """A new host for this thread, warm; the one it had is ended. Raises HostGone."""
    stop()
    host = _Host.start()
    _local.host = host
    return host


def stop() -> None:
    """End this thread's host, if it has one."""
    host = _host_of_this_thread()
    if host is not None:
        host.end()
        _local.host = None


def host_command() -> list[str]:
    """The command line of the host."""
    # -P: the working folder must not be searched for modules; -s: nor the user's own.
    return [sys.executable, "-P", "-s", "-m", "pricing.engine.host", "--parent", str(os.getpid())]


# A child meets all its memory for the first time: 16,000 pages of 4 kB for a ring of 100 k triangles, 3,500 with pages
# of 2 MB where they fit, 2,500 when what it frees stays its own up to a GB instead of being unmapped and met once more.
# Read by glibc alone; other C libraries pass over it.
_GB: Final = 1 << 30
_TUNABLES: Final = ":".join(
    f"glibc.malloc.{name}" for name in ("hugetlb=1", f"mmap_threshold={_GB}", f"trim_threshold={_GB}")
)
_MEMORY: Final = {"GLIBC_TUNABLES": _TUNABLES}


def host_environment() -> dict[str, str]:
    """All that the host and its children see of the world. Nothing of the worker's: it holds passwords and keys."""
    return {"PATH": os.defpath, "PYTHONPATH": str(_SOURCE_ROOT), "LC_ALL": "C.UTF-8", **ONE_THREAD, **_MEMORY}


_local = threading.local()


def _host_of_this_thread() -> "_Host | None":
    """A worker that was forked from a process with a host has a copy of the object, not a host."""
    host: _Host | None = getattr(_local, "host", None)
    return host if host is not None and host.owner == os.getpid() else None


def _start_process(control: socket.socket) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        host_command(),
        cwd="/",
        env=host_environment(),
        stdin=control.fileno(),
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # a terminal's Ctrl-C is for the worker, which ends it in order
    )


@dataclass(slots=True)
class _Host:
    process: subprocess.Popen[bytes]
    control: socket.socket
    owner: int = field(default_factory=os.getpid)

    @classmethod
    def start(cls) -> Self:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                process = _start_process(theirs)
        except OSError as error:
            ours.close()
            raise HostGone("the host can't be started") from error
        host = cls(process, ours)
        try:
            host.hear(_START_SECONDS)
        except HostGone:
            host.end()
            raise
        return host

    def fork(self, job: Job) -> "_Child":
        answer, answer_end = os.pipe()
        complaint, complaint_end = os.pipe()
        try:
            message = json.dumps(job.to_json()).encode()
            socket.send_fds(self.control, [message], [answer_end, complaint_end])
            process_id = int(self.hear(_GONE_SECONDS)["child"])
            self.control.sendall(b"watch")
        except (OSError, HostGone) as gone:
            os.close(answer)
            os.close(complaint)
            raise HostGone("the host died before it had forked") from gone
        finally:
            os.close(answer_end)
            os.close(complaint_end)
        return _Child(self, process_id, answer, complaint)

    def hear(self, seconds: float) -> dict[str, Any]:
        """The host's next message. Raises HostGone when it dies or stays silent."""
        self.control.settimeout(seconds)
        try:
            message = self.control.recv(4096)
            told: dict[str, Any] = json.loads(message)
        except (OSError, ValueError) as gone:
            raise HostGone("the host is silent" if isinstance(gone, TimeoutError) else "the host died") from gone
        return told

    def end(self) -> None:
        self.control.close()
        if self.owner == os.getpid():
            self.process.kill()
            self.process.wait()

    __del__ = end


@dataclass(slots=True)
class _Child:
    host: _Host
    process_id: int
    answer: int
    complaint: int
    ending: Ending = field(default_factory=Ending)

    def watch(self, *, deadline: float, hear: Hear) -> Ending:
        """Listen until the child has ended, time runs out or it talks too much; then nothing of its group is left."""
        try:
            ended = self._listen(deadline, hear)
            self.ending.timed_out = not ended and not self.ending.talks_too_much
        finally:
            self._kill_group()
            os.close(self.answer)
            os.close(self.complaint)
        self._part()
        return self.ending

    def _listen(self, deadline: float, hear: Hear) -> bool:
        """Whether the child has ended by itself (or its host has died, and it with it)."""
        with selectors.DefaultSelector() as selector:
            for source, name in ((self.answer, "answer"), (self.complaint, "complaint")):
                selector.register(source, selectors.EVENT_READ, name)
            selector.register(self.host.control, selectors.EVENT_READ, _CONTROL)
            while time.monotonic() < deadline and not self.ending.talks_too_much:
                ready = {key.data: key.fd for key, _ in selector.select(max(0.0, deadline - time.monotonic()))}
                for name in ready.keys() - {_CONTROL}:
                    if not self._take(name, ready[name], hear):
                        selector.unregister(ready[name])
                if ready.keys() == {_CONTROL}:  # and nothing more to read: whatever it said before its end was heard
                    return True
        return False

    def _take(self, name: str, source: int, hear: Hear) -> bytes:
        piece = os.read(source, _PIECE_BYTES)
        if name == "complaint":  # its end says what went wrong
            self.ending.complaint = (self.ending.complaint + piece)[-_MAX_COMPLAINT_BYTES:]
            return piece
        _, begun = _lines(self.ending.answer)
        self.ending.answer += piece
        for line in _lines(begun + piece)[0]:
            hear(line)
        return piece

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError, PermissionError):  # nobody left; macOS says so in the second way
            os.killpg(self.process_id, signal.SIGKILL)

    def _part(self) -> None:
        """Take the exit status and have the child reaped. A host that died over it, or lost the thread, is replaced."""
        try:
            self.ending.status = int(self.host.hear(_GONE_SECONDS)["status"])
            self.host.control.sendall(b"reap")
            self.host.hear(_GONE_SECONDS)
        except (OSError, HostGone):
            self.host.end()


def _lines(text: bytes) -> tuple[list[bytes], bytes]:
    """Whole lines, and what has begun after the last of them."""
    *whole, begun = text.split(b"\n")
    return whole, begun
