"""Webhooks from commit to attempt, one dead partner among ten, and how many a second: a real sender, real receivers."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from typing_extensions import override

from bench.harness import Finding, Findings, percentile
from bench.system import System, postgresql_database, wait_for

_PARTNERS, _ORDERS, _EVENTS, _A_SECOND = 10, 3, 300, 20
_BACKLOG = 8  # changes of each of a partner's orders that wait when the sender starts
_ONE_PARTNER = 4  # times as many, when all are one partner's
_PREPARE = """
from tests.factories.external_orders import make_endpoint, make_order, make_partner
for url in {urls}:
    partner = make_partner()
    for _ in range({orders}):
        make_order(partner)
    make_endpoint(partner, url)
"""
_CHANGE = """
import random, time
from datetime import date, timedelta
from external_orders.models import ExternalOrder
from external_orders.services.statuses import change_promise
orders = list(ExternalOrder.objects.filter(partner__endpoints__isnull=False).values_list("pk", flat=True))
begun = time.monotonic()
for number in range({events}):
    order_id = random.choice(orders) if {a_second} else orders[number % len(orders)]
    change_promise(order_id=order_id, promised_on=date(2030, 1, 1) + timedelta(days=number), reason="bench")
    if {a_second}:
        time.sleep(max(0, begun + number / {a_second} - time.monotonic()))
"""


class Receiver:
    """Notes when each message came and how old its news was; at /hangs it takes fifteen seconds."""

    def __init__(self) -> None:
        self.ages_ms: list[float] = []
        self.arrived: list[float] = []

    @contextmanager
    def listening(self) -> Iterator[str]:
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                news = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path == "/hangs":
                    time.sleep(15)
                    return
                told.arrived.append(time.monotonic())
                told.ages_ms.append((time.time() - datetime.fromisoformat(news["timestamp"]).timestamp()) * 1000)
                self.send_response(204)
                self.end_headers()

            @override
            def log_message(self, *args: object) -> None:
                """Silence."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()


def run() -> Findings:
    healthy = _ages(is_one_dead=False)
    beside = _ages(is_one_dead=True)
    yield Finding(f"commit to attempt, {_PARTNERS} partners, {_A_SECOND} events/s: p50", percentile(healthy, 0.5), "ms")
    yield Finding("the same: p99", percentile(healthy, 0.99), "ms")
    yield Finding("the nine others' beside a partner that hangs: p50", percentile(beside, 0.5), "ms")
    yield Finding("the same: p99", percentile(beside, 0.99), "ms")
    ratio = percentile(beside, 0.99) / percentile(healthy, 0.99)
    yield Finding("the others' p99 beside a partner that hangs / with all ten well", ratio, at_most=1.5)
    yield Finding(f"a backlog of {_PARTNERS} partners", _deliveries_a_second(_PARTNERS), "/s", at_least=50)
    yield Finding("a backlog of one partner", _deliveries_a_second(1), "/s", at_least=7)


@contextmanager
def _system(urls: list[str]) -> Iterator[System]:
    with postgresql_database() as address, System(address or "") as system:
        system.python(_PREPARE.format(urls=urls, orders=_ORDERS))
        yield system


def _ages(*, is_one_dead: bool) -> list[float]:
    """How old the news was on arrival at the receivers that answer, in milliseconds."""
    receiver = Receiver()
    with receiver.listening() as url:
        urls = [f"{url}/{number}" for number in range(_PARTNERS - 1)]
        with _system([*urls, f"{url}/hangs" if is_one_dead else f"{url}/last"]) as system:
            sender = system.start_workers("webhooks", 1)
            system.python(_CHANGE.format(events=_EVENTS, a_second=_A_SECOND))
            time.sleep(2)
            system.end(sender)
    return receiver.ages_ms


def _deliveries_a_second(partners: int) -> float:
    receiver = Receiver()
    changes = partners * _ORDERS * _BACKLOG * (_ONE_PARTNER if partners == 1 else 1)
    with receiver.listening() as url, _system([f"{url}/{number}" for number in range(partners)]) as system:
        system.python(_CHANGE.format(events=changes, a_second=0))
        sender = system.start_workers("webhooks", 1)
        wait_for(lambda: len(receiver.arrived) >= changes, most_seconds=120)
        system.end(sender)
    return (len(receiver.arrived) - 1) / (receiver.arrived[-1] - receiver.arrived[0])
