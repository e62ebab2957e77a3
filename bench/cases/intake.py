"""Orders by the partner API while `pricing` is saturated, and orders a second beside DRF's defaults and pgbench."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import local

import psycopg
import requests

from bench.cases.sandbox import ask
from bench.harness import Finding, Findings, percentile
from bench.models import binary_stl, ring
from bench.system import ROOT, System, free_port, postgresql_database, signal_all, wait_for

_PACE, _SECONDS, _CALLERS, _MOST = 50, 6, 16, 400
_SHIP_TO = {"name": "A. Berg", "line1": "Storgata 1", "city": "Oslo", "postal_code": "0150", "country": "NO"}
_PREPARE = """
import json
from external_orders.models import ExternalQuote, ExternalQuoteItem
from pricing.services.quotes import reissue_quote
from tests.factories.external_orders import make_endpoint, make_key, make_partner, make_quote
partner = make_partner()
make_endpoint(partner, "http://127.0.0.1:9/")
first = make_quote(partner).items.get()
def copy():
    quote = ExternalQuote.objects.create(partner=partner)
    row = reissue_quote(quote_id=first.quote_id)
    ExternalQuoteItem.objects.create(external_quote=quote, rank=1, model=first.model, quote=row)
    return quote.public_id
print(json.dumps([make_key(partner), *[copy() for _ in range({quotes})]]))
"""
_SETTLED = "SELECT settled_at FROM pricing_quote WHERE status = 'priced'"
# What one order writes, and how many rows of it.
_ROWS = {
    "pricing_quotelog": 1,
    "external_orders_externalorder": 1,
    "external_orders_externalorderitem": 1,
    "external_orders_externalorderlog": 2,
    "external_orders_event": 2,
    "external_orders_webhookdelivery": 2,
    "external_orders_idempotencyrecord": 1,
    "mes_workorder": 1,
    "mes_workorderlog": 1,
    "mes_operation": 7,
    "mes_operationlog": 1,
    "django_q_ormq": 1,
}
_of_this_thread = local()


def run() -> Findings:
    with postgresql_database() as address:
        if not address:
            yield Finding("needs PostgreSQL: DATABASE_URL")
            return
        yield from _measured(address)


def _measured(address: str) -> Findings:
    with System(address) as system:
        key, *quotes = json.loads(system.python(_PREPARE.format(quotes=2 * _PACE * _SECONDS + _MOST)).splitlines()[-1])
        system.start_web(API_REQUESTS_PER_SECOND="10000", API_BURST="10000")
        api = f"http://127.0.0.1:{system.port}/api/v1/orders"
        paced, most = quotes[: 2 * _PACE * _SECONDS], quotes[2 * _PACE * _SECONDS :]
        ours = _a_second(api, [_order(key, one) for one in most])
        idle, busy = _beside_pricing(system, api, [_order(key, one) for one in paced])
        plain = _drf_defaults(address)
        inserts = _pgbench(address)
    yield Finding(f"POST order at {_PACE}/s, pricing idle: p50", percentile(idle, 0.5), "ms")
    yield Finding("the same: p99", percentile(idle, 0.99), "ms")
    yield Finding("pricing saturated: p50", percentile(busy, 0.5), "ms")
    yield Finding("the same: p99", percentile(busy, 0.99), "ms")
    yield Finding("p99 saturated / idle", percentile(busy, 0.99) / percentile(idle, 0.99), at_most=1.2)
    yield Finding(f"orders/s, {_CALLERS} callers", ours, "/s")
    yield Finding("DRF with its defaults, one bare insert", plain, "/s")
    yield Finding("orders/s / DRF's defaults", ours / plain, at_least=3)
    if inserts is not None:
        yield Finding("the same inserts by pgbench, without constraints", inserts, "/s")
        yield Finding("orders/s / pgbench", ours / inserts)


Request = tuple[dict[str, str], dict[str, object]]


def _order(key: str, quote_id: str) -> Request:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": quote_id}
    return headers, {"quote_id": quote_id, "reference": quote_id, "ship_to": _SHIP_TO}


def _post(url: str, request: Request) -> float:
    """The milliseconds that one request took; every caller keeps his connection."""
    if not hasattr(_of_this_thread, "session"):
        _of_this_thread.session = requests.Session()
        _of_this_thread.session.trust_env = False
    headers, body = request
    begun = time.perf_counter()
    answer = _of_this_thread.session.post(url, json=body, headers=headers, timeout=60)
    answer.raise_for_status()
    return (time.perf_counter() - begun) * 1000


def _beside_pricing(system: System, url: str, asked: Sequence[Request]) -> tuple[list[float], list[float]]:
    """Milliseconds with the pricing workers stopped, and with twice as many as cores at work on real designs."""
    workers = 2 * (os.cpu_count() or 2)
    with tempfile.TemporaryDirectory(prefix="karat-bench-") as folder:
        path = Path(folder, "ring.stl")
        path.write_bytes(binary_stl(*ring(50_000)))
        before = len(system.moments(_SETTLED))
        ask(system, path, [f"design {number}" for number in range(20 * workers)])
        cluster = system.start_workers("pricing", workers)
        wait_for(lambda: len(system.moments(_SETTLED)) > before, most_seconds=120)
        signal_all(cluster, signal.SIGSTOP)
        half = len(asked) // 2
        idle = _paced(url, asked[:half])
        signal_all(cluster, signal.SIGCONT)
        busy = _paced(url, asked[half:])
        system.end(cluster)
    return idle, busy


def _paced(url: str, asked: Sequence[Request]) -> list[float]:
    """When they come at a pace, whatever the answers take."""
    with ThreadPoolExecutor(_CALLERS) as callers:
        begun, sent = time.perf_counter(), []
        for number, request in enumerate(asked):
            time.sleep(max(0.0, begun + number / _PACE - time.perf_counter()))
            sent.append(callers.submit(_post, url, request))
        return [one.result() for one in sent]


def _a_second(url: str, asked: Sequence[Request]) -> float:
    """When every caller sends the next as soon as the last is answered; after a few to warm up."""
    with ThreadPoolExecutor(_CALLERS) as callers:
        list(callers.map(lambda one: _post(url, one), asked[:40]))
        begun = time.perf_counter()
        list(callers.map(lambda one: _post(url, one), asked[40:]))
        return (len(asked) - 40) / (time.perf_counter() - begun)


def _drf_defaults(address: str) -> float:
    with psycopg.connect(address, autocommit=True) as database:
        database.execute(
            "CREATE TABLE bench_order (id bigserial PRIMARY KEY, reference varchar(64), note varchar(300))"
        )
    with _plain_project(address) as url:
        return _a_second(url, [({}, {"reference": f"PO-{number}", "note": "bench"}) for number in range(_MOST)])


@contextmanager
def _plain_project(address: str) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "bench.drf_defaults:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--worker-class", "gthread", "--threads", "4", "--log-level", "warning"]
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": address})
    url = f"http://127.0.0.1:{port}/orders"
    try:
        wait_for(lambda: _answers(url))
        yield url
    finally:
        System.end(server)


def _answers(url: str) -> bool:
    try:
        return requests.options(url, timeout=10).ok
    except requests.RequestException:
        return False


def _pgbench(address: str) -> float | None:
    """Transactions a second that write rows as one order does, copied from the last order's, into tables of the same
    columns without constraints and with a primary key; None without pgbench.
    """
    program = shutil.which("pgbench") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/pgbench")), None)
    if program is None:
        return None
    script = ["BEGIN;"]
    with psycopg.connect(address, autocommit=True) as database, tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        for table, rows in _ROWS.items():
            database.execute(f"CREATE TABLE bench_{table} (LIKE {table})".encode())
            database.execute(f"CREATE TABLE last_{table} AS SELECT * FROM {table} LIMIT {rows}".encode())  # noqa: S608  (names of our own)
            database.execute(f"CREATE INDEX ON bench_{table} (id)".encode())
            script.append(f"INSERT INTO bench_{table} SELECT * FROM last_{table};")  # noqa: S608
        file.write("\n".join([*script, "COMMIT;"]))
        file.flush()
        command = [program, "-n", "-M", "prepared", "-c", str(_CALLERS), "-j", "2", "-T", "5", "-f", file.name, address]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(next(line for line in told.splitlines() if line.startswith("tps")).split()[2])
