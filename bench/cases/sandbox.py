"""Designs a second: the bare engine in one process, through the sandbox, and through two real workers and the queue."""

import multiprocessing
import os
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench.harness import Finding, Findings, medians, seconds
from bench.models import binary_stl, ring
from bench.system import System, postgresql_database, wait_for
from pricing import hosting
from pricing.engine.child import Job, examine
from pricing.engine.confinement import yield_as_a_session
from pricing.sandbox import measure_file

_TRIANGLES = int(os.environ.get("BENCH_TRIANGLES", "100000"))
_ROUNDS, _DESIGNS, _WARM = 3, 8, 4
_SECONDS_EACH = 60  # after so long no new round begins
_ASK = """
from pathlib import Path
from django.core.files.base import File
from config.demo.rates import seed_rates
from pricing.models import Alloy
from pricing.services.designs import store_design
from pricing.services.quotes import request_quote
if not Alloy.objects.exists():
    seed_rates()
for path in sorted(Path({folder!r}).iterdir()):
    with path.open("rb") as file:
        request_quote(design=store_design(upload=File(file)), alloy_code="ag925")
"""


def run() -> Findings:
    with tempfile.TemporaryDirectory(prefix="karat-bench-") as folder:
        path = Path(folder, "ring.stl")
        path.write_bytes(binary_stl(*ring(_TRIANGLES)))
        yield from _one_process(path)
        yield from _workers("SQLite", "", path)
        with postgresql_database() as address:
            if address:
                yield from _workers("PostgreSQL", address, path)


def _one_process(path: Path) -> Findings:
    picture = path.with_name("ring.png")
    measure_file(path, artefacts=_drawn(picture))  # starts the host
    took = medians(
        {
            "bare": lambda: _bare(str(path)),
            "sandbox": lambda: measure_file(path, artefacts=_drawn(picture)),
            "cold": lambda: _cold(path, picture),
        },
        rounds=7,
        most_seconds=40,
    )
    yield Finding(f"one ring of {_TRIANGLES // 1000} k triangles with its picture, bare engine", took["bare"], "s")
    yield Finding("designs/s through the sandbox / bare engine, one process", took["bare"] / took["sandbox"])
    yield Finding("designs/s with a host started for each / bare engine", took["bare"] / took["cold"])


def _as_a_worker() -> None:
    """Yield the processor as a worker's host does, so that a machine in use treats both alike."""
    os.setsid()
    os.nice(19)
    yield_as_a_session()


def _drawn(beside: str | Path) -> dict[str, Path]:
    """What a worker has drawn of each design: the picture and the model for the browser."""
    return {"preview": Path(f"{beside}.{os.getpid()}.png"), "model": Path(f"{beside}.{os.getpid()}.glb")}


def _bare(path: str) -> None:
    job = Job(path, "", {kind: str(at) for kind, at in _drawn(path).items()}, "yellow", 2**30, 0, 0)
    for _ in examine(job):
        pass


def _cold(path: Path, picture: Path) -> None:
    hosting.stop()
    measure_file(path, artefacts=_drawn(picture))


def _workers(database: str, address: str, path: Path) -> Findings:
    """Rounds of one bare process, two bare processes, and two workers over the queue, taking turns; all at nice 19."""
    bare, pair, queue = [], [], []
    paths = [str(path)] * _DESIGNS
    spawn = multiprocessing.get_context("spawn")
    with System(address) as system, ProcessPoolExecutor(2, spawn, initializer=_as_a_worker) as pool:
        list(pool.map(_bare, paths))  # both have imported the engine
        deadline = time.monotonic() + _SECONDS_EACH
        for turn in range(_ROUNDS):
            if turn and time.monotonic() > deadline:
                break
            bare.append(_DESIGNS / seconds(lambda: [pool.submit(_bare, one).result() for one in paths]))
            pair.append(_DESIGNS / seconds(lambda: list(pool.map(_bare, paths))))
            queue.append(_through_the_queue(system, path, turn))
    one, two, workers = (statistics.median(rates) for rates in (bare, pair, queue))
    yield Finding(f"{database}: designs/s by 2 workers / 2 x bare engine", workers / (2 * one), at_least=0.9)
    yield Finding(f"{database}: designs/s by 2 bare processes / 2 x bare engine (the machine)", two / (2 * one))
    yield Finding(f"{database}: designs/s by 2 workers / 2 bare processes", workers / two)


def _through_the_queue(system: System, path: Path, turn: int) -> float:
    """Designs a second from the first to the last that are priced, after the workers have warmed up."""
    count = _DESIGNS + _WARM
    before = len(_settled(system))
    ask(system, path, [f"turn {turn} design {number}" for number in range(count)])
    cluster = system.start_workers("pricing", 2)
    wait_for(lambda: len(_settled(system)) >= before + count, most_seconds=180)
    system.end(cluster)
    times = _settled(system)[before + _WARM - 1 :]
    return (len(times) - 1) / (times[-1] - times[0])


def ask(system: System, path: Path, names: list[str]) -> None:
    """Ask for the price of a ring once under each name: as many designs of the same geometry."""
    content = path.read_bytes()
    with tempfile.TemporaryDirectory(prefix="karat-bench-") as folder:
        for number, name in enumerate(names):
            Path(folder, f"{number:04}").write_bytes(name.encode().ljust(80, b"\0") + content[80:])
        system.python(_ASK.format(folder=folder))


def _settled(system: System) -> list[float]:
    return sorted(system.moments("SELECT settled_at FROM pricing_quote WHERE status = 'priced'"))
