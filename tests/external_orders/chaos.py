"""Many changes while senders are killed, PostgreSQL crashes and the receiver fails, hangs and resets.

`python -m tests.external_orders.chaos --changes 10000` makes a PostgreSQL server of its own (SQLite in a temporary
folder where PostgreSQL isn't installed) and ends 0 only if nothing was lost, every repetition carried its first
message's id and body, and no order's news overtook each other. `tests/external_orders/test_chaos.py` runs it small.

The clock is fast: what waits for its next attempt is made due at once, for three days don't fit into a test.
"""

import argparse
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from typing_extensions import override

from config.env import BASE_DIR
from tests.faults.postgresql import OwnServer, own_server

# Runs in a process of its own, on the private database: changes orders, and lets time pass.
_DRIVER = """
import json, os, random, time
from datetime import date, timedelta
from pathlib import Path
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from external_orders.models import Event, WebhookDelivery, WebhookEndpoint
from external_orders.services.statuses import change_promise
from tests.factories.external_orders import make_endpoint, make_order, make_partner

changes, url, killed = int(os.environ["CHANGES"]), os.environ["RECEIVER"], Path(os.environ["KILLED"])
orders = []
for number in range(4):
    partner = make_partner()
    make_endpoint(partner, url)
    orders += [make_order(partner).pk for _ in range(4)]
print("ready", flush=True)

def again(call):
    while True:
        try:
            return call()
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(0.2)

def tick():
    now = timezone.now()
    if killed.exists():
        killed.unlink()
        WebhookDelivery.objects.filter(lease_until__isnull=False).update(lease_until=now - timedelta(seconds=1))
    WebhookEndpoint.objects.filter(paused_until__isnull=False).update(paused_until=None)
    WebhookDelivery.objects.filter(status="pending", next_at__gt=now).update(next_at=now)

chance = random.Random(1)
for number in range(changes):
    order_id, day = chance.choice(orders), date(2030, 1, 1) + timedelta(days=number)
    again(lambda: change_promise(order_id=order_id, promised_on=day, reason="chaos"))
    if number % 25 == 0:
        again(tick)
deadline = time.monotonic() + 120 + changes / 10
while again(WebhookDelivery.objects.filter(status="pending").count) and time.monotonic() < deadline:
    again(tick)
    time.sleep(0.3)
statuses = dict(again(lambda: list(WebhookDelivery.objects.values_list("message_id", "status"))))
unnumbered = again(Event.objects.filter(feed_number=None).count)
print(json.dumps({"statuses": statuses, "unnumbered": unnumbered, "events": again(Event.objects.count)}))
"""


@dataclass
class Receiver:
    """Takes most messages, fails some, hangs on some, resets some; remembers all it saw."""

    chance: random.Random = field(default_factory=lambda: random.Random(2))
    arrived: list[tuple[str, str]] = field(default_factory=list)  # message id, body: every attempt that got here
    taken: list[tuple[str, str]] = field(default_factory=list)  # those it answered with success
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fate(self) -> str:
        with self.lock:
            return self.chance.choices(["take", "fail", "reset", "hang"], weights=[76, 12, 8, 4])[0]

    @contextmanager
    def listening(self) -> Iterator[str]:
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                message = self.headers["webhook-id"]
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length).decode()
                if len(body.encode()) < length:  # its sender was killed half-way: no message arrived
                    self.close_connection = True
                    return
                fate = told.fate()
                with told.lock:
                    told.arrived.append((message, body))
                    if fate in {"take", "hang"}:
                        told.taken.append((message, body))
                self._answer(fate)

            def _answer(self, fate: str) -> None:
                if fate == "reset":
                    no_goodbye = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_goodbye)
                    self.close_connection = True
                    return
                time.sleep(1 if fate == "hang" else 0)
                self.send_response(500 if fate == "fail" else 204)
                self.end_headers()

            @override
            def log_message(self, *args: Any) -> None:
                """Silence."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hooks"
        finally:
            server.shutdown()
            server.server_close()


@dataclass(frozen=True)
class Report:
    """What came of it; `broken` names every promise that wasn't kept."""

    events: int
    attempts: int
    repetitions: int
    kills: int
    crashes: int
    seconds: float
    broken: list[str]


class Sender:
    """A real sender of webhooks, which can be killed and started again."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment, self.log = environment, folder / "worker.log"
        self.start()

    def start(self) -> None:
        self.log.write_bytes(b"")
        command = [sys.executable, "manage.py", "worker", "webhooks"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=BASE_DIR, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 60
        while b"are ready" not in self.log.read_bytes():
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=20)

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()


def run(
    *, changes: int, kills: int, folder: Path, variables: dict[str, str], server: OwnServer | None = None
) -> Report:
    """Change, break and count. `variables` name the private database; it is migrated here. A server crashes as often as
    the sender is killed.
    """
    began = time.monotonic()
    receiver = Receiver()
    killed = folder / "killed"
    with receiver.listening() as url:
        environment = {**os.environ, **variables, "CHANGES": str(changes), "RECEIVER": url, "KILLED": str(killed)}
        environment["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
        for arguments in (["migrate", "-v0"], ["createcachetable"]):
            subprocess.run([sys.executable, "manage.py", *arguments], cwd=BASE_DIR, env=environment, check=True)
        driver = _start_driver(environment)
        sender = Sender(environment, folder)
        try:
            _break(kills, receiver, sender, killed, server)
            told, _ = driver.communicate(timeout=300 + changes / 5)
        finally:
            sender.end()
            driver.kill()
    crashes = kills if server else 0
    return _judge(receiver, json.loads(told.strip().splitlines()[-1]), kills, crashes, time.monotonic() - began)


def _start_driver(environment: dict[str, str]) -> "subprocess.Popen[str]":
    driver = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v0", "-c", _DRIVER],
        cwd=BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert driver.stdout is not None
    while driver.stdout.readline().strip() != "ready":
        assert driver.poll() is None
    return driver


def _break(kills: int, receiver: Receiver, sender: Sender, killed: Path, server: OwnServer | None) -> None:
    """Each time when some more messages have arrived: the sender dies, then the database under the next one."""
    for _ in range(kills):
        _wait_for_more(receiver)
        sender.kill()
        killed.touch()
        sender.start()
        if server is not None:
            _wait_for_more(receiver)
            server.crash()
            time.sleep(0.5)
            server.start()
            killed.touch()  # an answer that couldn't be written in time is as good as lost


def _wait_for_more(receiver: Receiver) -> None:
    wanted, deadline = len(receiver.arrived) + 20, time.monotonic() + 30
    while len(receiver.arrived) < wanted and time.monotonic() < deadline:
        time.sleep(0.02)


def _judge(receiver: Receiver, end: dict[str, Any], kills: int, crashes: int, seconds: float) -> Report:
    broken = [f"{message} is {status}" for message, status in end["statuses"].items() if status != "delivered"]
    broken += [f"{message} never arrived" for message in end["statuses"].keys() - {one for one, _ in receiver.taken}]
    bodies: dict[str, set[str]] = {}
    for message, body in receiver.arrived:
        bodies.setdefault(message, set()).add(body)
    broken += [f"{message} came with two bodies" for message, told in bodies.items() if len(told) > 1]
    broken += [] if not end["unnumbered"] else [f"{end['unnumbered']} events are not in the feed"]
    broken += _overtaken(receiver)
    attempts, messages = len(receiver.arrived), len(bodies)
    return Report(end["events"], attempts, attempts - messages, kills, crashes, round(seconds, 1), broken)


def _overtaken(receiver: Receiver) -> list[str]:
    """Orders of which a message was taken for the first time after a newer one."""
    newest: dict[str, int] = {}
    seen: set[str] = set()
    broken = []
    for message, body in receiver.taken:
        told = json.loads(body)["data"]
        if message in seen or "sequence" not in told:
            continue
        seen.add(message)
        if told["sequence"] < newest.get(told["id"], 0):
            broken.append(f"{told['id']} {told['sequence']} came after {newest[told['id']]}")
        newest[told["id"]] = max(told["sequence"], newest.get(told["id"], 0))
    return broken


def private(folder: Path, server: OwnServer | None) -> dict[str, str]:
    """The variables of a database that nobody else uses: this server's, or SQLite in the folder."""
    return {"VAR_DIR": str(folder), "DATABASE_URL": server.url if server else "", "REDIS_URL": ""}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=10)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, own_server() as server:
        folder = Path(name)
        variables = private(folder, server)
        report = run(changes=asked.changes, kills=asked.kills, folder=folder, variables=variables, server=server)
    print(report)
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
