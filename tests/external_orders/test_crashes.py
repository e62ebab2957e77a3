"""The web dies by kill -9 around the commit of an order; the partner sends the same request again."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from django.conf import settings

from config.env import BASE_DIR, read_environment
from tests.factories.external_orders import SHIP_TO
from tests.faults.postgresql import own_database

pytestmark = [pytest.mark.system]

_PREPARE = """
import json
from tests.factories.external_orders import make_key, make_partner, make_quote
partner = make_partner()
print(json.dumps({"key": make_key(partner), "quotes": [make_quote(partner).public_id for _ in range(2)]}))
"""


@dataclass
class Web:
    """A gunicorn with one worker, on a database of its own."""

    url: str
    crash_file: Path
    key: str
    quotes: list[str]

    def call(self, method: str, path: str, **sent: object) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}", **sent.pop("headers", {})}
        return requests.request(method, f"{self.url}/api/v1/{path}", headers=headers, timeout=20, **sent)

    def order(self, quote_id: str) -> requests.Response:
        body = {"quote_id": quote_id, "reference": f"PO-{quote_id}", "ship_to": SHIP_TO}
        return self.call("POST", "orders", json=body, headers={"Idempotency-Key": quote_id})

    def order_until_answered(self, quote_id: str) -> requests.Response:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                answer = self.order(quote_id)
            except requests.ConnectionError:
                time.sleep(0.2)
                continue
            if answer.status_code not in {409, 503}:
                return answer
            time.sleep(0.2)
        raise AssertionError("no answer")


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Iterator[dict[str, str]]:
    """The variables of a database for this module alone: of this pass's kind."""
    server = read_environment().database_url if settings.POSTGRESQL else ""
    with own_database(tmp_path_factory.mktemp("web"), server) as variables:
        yield variables


@pytest.fixture(scope="module")
def web(database: dict[str, str]) -> Iterator[Web]:
    crash_file = Path(database["VAR_DIR"]) / "crash"
    environment = {**os.environ, **database, "CRASH_FILE": str(crash_file)}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings.local"

    def manage(*arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=BASE_DIR, env=environment, check=True, capture_output=True, text=True).stdout

    manage("migrate", "-v0")
    manage("createcachetable")
    made = json.loads(manage("shell", "-v0", "-c", _PREPARE).strip().splitlines()[-1])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "tests.external_orders.crashing:application", "-w", "1"]
    server = subprocess.Popen(
        [*command, "-b", f"127.0.0.1:{port}", "--log-level", "critical"], cwd=BASE_DIR, env=environment
    )
    one = Web(f"http://127.0.0.1:{port}", crash_file, **made)
    _wait_for(one)
    yield one
    server.terminate()
    server.wait(timeout=20)


def _wait_for(web: Web) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if web.call("GET", "me").ok:
                return
        except requests.ConnectionError:
            time.sleep(0.2)
    raise AssertionError("the web didn't start")


@pytest.mark.parametrize(
    ("point", "number", "is_replayed"), [("before_commit", 0, "false"), ("after_commit", 1, "true")]
)
def test_the_web_dies_around_the_commit_and_the_retry_converges(
    web: Web, point: str, number: int, is_replayed: str
) -> None:
    quote_id = web.quotes[number]
    web.crash_file.write_text(point)

    with pytest.raises(requests.ConnectionError):
        web.order(quote_id)
    retried = web.order_until_answered(quote_id)
    again = web.order(quote_id)

    assert not web.crash_file.exists()
    assert (retried.status_code, retried.headers["Idempotent-Replayed"]) == (201, is_replayed)
    assert again.content == retried.content
    found = web.call("GET", "orders", params={"reference": f"PO-{quote_id}"}).json()["data"]
    assert [one["id"] for one in found] == [retried.json()["id"]]
    events = web.call("GET", f"orders/{found[0]['id']}/events").json()["data"]
    assert [one["data"]["sequence"] for one in events] == [1, 2]
