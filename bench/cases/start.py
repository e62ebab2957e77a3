"""How long a worker takes to be ready: the engine's import with its kernels from the cache, and the whole command."""

import subprocess
import sys
import time
from statistics import median

from bench.harness import Finding, Findings, medians
from bench.system import System
from pricing import hosting

_IMPORT = "from pricing.engine.compile import compile_all; compile_all()"


def run() -> Findings:
    hosting.start()  # compiles what was not compiled yet
    took = medians(
        {
            "python": lambda: _python("pass"),
            "numpy": lambda: _python("import numpy"),
            "engine": lambda: _python(_IMPORT),
            "host": hosting.start,
        },
        rounds=7,
    )
    hosting.stop()
    yield Finding("an empty Python", took["python"], "s")
    yield Finding("Python with numpy", took["numpy"], "s")
    yield Finding("Python with the engine and its kernels", took["engine"], "s", at_most=1.5)
    yield Finding("a warm host, until it can fork (once per worker)", took["host"], "s", at_most=1.5)
    yield from _commands()


def _commands() -> Findings:
    """The whole command: Django, django-q2, the cluster's processes."""
    with System() as system:
        started = [_start(system) for _ in range(5)]
    yield Finding(
        "manage.py worker pricing, until its workers are ready", median(ready for ready, _ in started), "s", at_most=1.5
    )
    yield Finding("manage.py worker pricing, from SIGTERM to its end", median(ended for _, ended in started), "s")


def _start(system: System) -> tuple[float, float]:
    begun = time.perf_counter()
    cluster = system.start_workers("pricing", 1)
    ready = time.perf_counter()
    system.end(cluster)
    return ready - begun, time.perf_counter() - ready


def _python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)
