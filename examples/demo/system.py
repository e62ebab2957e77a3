"""A Karat of one's own: all its processes on a free port with a throw-away database, stopped and removed at the end."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 120
_STOP_SECONDS = 90


@dataclass(frozen=True, slots=True)
class System:
    """Where a running Karat answers, the process of its supervisor, and where it keeps its data and log."""

    base_url: str
    supervisor_pid: int
    var_dir: Path

    @property
    def log(self) -> str:
        return (self.var_dir / "log").read_text(errors="replace")


class NotStarted(Exception):
    """The system did not become ready; the text is the end of its log."""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(*, database_url: str = "", redis_url: str = "", **variables: str) -> Iterator[System]:
    """Start the whole system as `make run` does, wait until web and workers are ready, stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="karat-demo-", ignore_cleanup_errors=True) as folder:
        var_dir, port = Path(folder), free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
        environment |= {"VAR_DIR": folder, "PORT": str(port), "DATABASE_URL": database_url, "REDIS_URL": redis_url}
        with (var_dir / "log").open("wb") as log:
            command = [sys.executable, "manage.py", "run", "--pieces", "3"]  # the rings that it is about don't wait
            supervisor = subprocess.Popen(
                command, cwd=ROOT, env=environment | variables, stdout=log, stderr=log, start_new_session=True
            )
        system = System(f"http://127.0.0.1:{port}", supervisor.pid, var_dir)
        try:
            _wait_until_ready(system, supervisor)
            yield system
        finally:
            stop(supervisor)


def _wait_until_ready(system: System, supervisor: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and supervisor.poll() is None:
        if is_ready(system.base_url):
            return
        time.sleep(0.2)
    raise NotStarted(system.log[-3000:])


def is_ready(base_url: str) -> bool:
    """Whether a Karat answers there with its workers."""
    try:
        return requests.get(f"{base_url}/readyz", timeout=5).ok
    except requests.RequestException:
        return False


def stop(process: "subprocess.Popen[bytes]") -> int:
    """Ask a process that we started to end, and wait for it."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    return process.wait(timeout=_STOP_SECONDS)
