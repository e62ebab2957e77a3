"""The p99 of light pages while twice as many pricing workers as cores are busy, beside when they stand still."""

import http.client
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from bench.cases.sandbox import ask
from bench.harness import Finding, Findings, percentile
from bench.models import binary_stl, ring
from bench.system import System, signal_all, wait_for

_TURNS, _SECONDS = 3, 3.0
_PAGES = ["/healthz", "/catalogue/"]
_SETTLED = "SELECT settled_at FROM pricing_quote WHERE status = 'priced'"


def run() -> Findings:
    workers = 2 * (os.cpu_count() or 2)
    with System() as system, tempfile.TemporaryDirectory(prefix="karat-bench-") as folder:
        path = Path(folder, "ring.stl")
        path.write_bytes(binary_stl(*ring(50_000)))
        system.manage("seed", "--pieces", "3")
        ask(system, path, [f"design {number}" for number in range(30 * workers)])
        system.start_web()
        cluster = system.start_workers("pricing", workers)
        wait_for(lambda: bool(system.moments(_SETTLED)), most_seconds=120)
        times = _taking_turns(system, cluster)
    for page in _PAGES:
        busy, idle = (percentile(times[page, state], 0.99) for state in ("busy", "idle"))
        yield Finding(f"{page}: p99 with {workers} busy workers / with none", busy / idle, at_most=1.2)
        yield Finding(f"{page}: p99 with none", 1000 * idle, "ms")
        busy, idle = (percentile(times[page, state], 0.5) for state in ("busy", "idle"))
        yield Finding(f"{page}: median with {workers} busy workers / with none", busy / idle)


def _taking_turns(system: System, cluster: subprocess.Popen[bytes]) -> dict[tuple[str, str], list[float]]:
    """Busy and idle in turn: the workers are stopped and go on, in the middle of whatever they do."""
    times: dict[tuple[str, str], list[float]] = {(page, state): [] for page in _PAGES for state in ("busy", "idle")}
    for _ in range(_TURNS):
        for state, number in (("idle", signal.SIGSTOP), ("busy", signal.SIGCONT)):
            signal_all(cluster, number)
            for page in _PAGES:
                times[page, state] += _visit(system.port, page, _SECONDS)
    return times


def _visit(port: int, page: str, for_seconds: float) -> list[float]:
    """How long each of a visitor's requests took, one after the other over one connection."""
    taken: list[float] = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    deadline = time.monotonic() + for_seconds
    while time.monotonic() < deadline:
        begun = time.perf_counter()
        connection.request("GET", page)
        connection.getresponse().read()
        taken.append(time.perf_counter() - begun)
        time.sleep(0.002)
    connection.close()
    return taken
