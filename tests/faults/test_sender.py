"""`manage.py worker webhooks`: a real process that sends, on a database of its own, to receivers that misbehave."""

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.factories.processes import wait_for
from tests.faults.cluster import Cluster

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

_PREPARE = """
from tests.factories.external_orders import make_endpoint, make_order, make_partner
for url in {urls}:
    partner = make_partner()
    make_endpoint(partner, url)
    for _ in range({orders}):
        make_order(partner)
"""
_LEASES_END = "UPDATE external_orders_webhookdelivery SET lease_until = '2026-01-01' WHERE lease_until IS NOT NULL"
_DELIVERED = "SELECT count(*) FROM external_orders_webhookdelivery WHERE status = 'delivered'"


@dataclass
class Receiver:
    """At /hangs it answers once it is let go; elsewhere with the next of its statuses, and then with 204."""

    url: str = ""
    arrived: list[tuple[str, str]] = field(default_factory=list)  # path, message
    statuses: list[int] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)

    def at(self, path: str) -> list[str]:
        return [message for arrived, message in self.arrived if arrived == path]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            told.arrived.append((self.path, self.headers["webhook-id"]))
            if self.path == "/hangs":
                told.let_go.wait(60)
            self.send_response(told.statuses.pop(0) if told.statuses else 204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    told.let_go.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def sender(tmp_path) -> Iterator[Cluster]:
    one = Cluster(tmp_path, "webhooks")
    yield one
    one.end()


def test_a_partner_whose_receiver_hangs_takes_a_share_and_the_others_get_theirs(sender, receiver) -> None:
    sender.shell(_PREPARE.format(urls=[f"{receiver.url}/hangs", f"{receiver.url}/well"], orders=6))

    sender.start(WEBHOOKS_AT_ONCE="8")

    wait_for(lambda: len(receiver.at("/well")) == 12, 60)  # two messages of each order
    assert not receiver.let_go.is_set()
    assert len(receiver.at("/hangs")) == 4


def test_a_first_retry_comes_by_itself_with_the_same_id(sender, receiver) -> None:
    receiver.statuses = [500]
    sender.shell(_PREPARE.format(urls=[f"{receiver.url}/well"], orders=1))

    sender.start()

    wait_for(lambda: sender.rows(_DELIVERED) == [(2,)], 60)
    messages = receiver.at("/well")
    assert (len(messages), len(set(messages))) == (3, 2)


def test_a_sender_that_was_killed_sends_again_and_one_that_is_stopped_ends_what_it_began(sender, receiver) -> None:
    sender.shell(_PREPARE.format(urls=[f"{receiver.url}/hangs"], orders=1))
    sender.start()
    wait_for(lambda: len(receiver.at("/hangs")) == 1, 60)
    os.kill(sender.main.pid, signal.SIGKILL)
    sender.main.wait(10)
    sender.log.close()
    sender.rows(_LEASES_END)

    sender.start()
    wait_for(lambda: len(receiver.at("/hangs")) == 2, 60)
    sender.main.terminate()
    receiver.let_go.set()

    assert sender.main.wait(timeout=30) == 0
    assert len(set(receiver.at("/hangs"))) == 1
    assert sender.rows(_DELIVERED) == [(1,)]
