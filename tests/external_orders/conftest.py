"""A partner with his key, and a receiver of webhooks that listens on a real port."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client

from external_orders.models import Partner
from tests.factories.external_orders import make_key, make_partner


class Caller:
    """A partner's program: sends JSON with its key."""

    def __init__(self, plain: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {plain}"})

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=headers)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        return self._send("post", path, body, headers if key is None else {"Idempotency-Key": key, **headers})

    def patch(self, path: str, body: Any) -> Any:
        return self._send("patch", path, body, {})

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1/{path}")

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        sent = {} if body is None else body
        send = getattr(self.client, method)
        return send(f"/api/v1/{path}", sent, content_type="application/json", headers=headers)


@pytest.fixture
def partner(db: None) -> Partner:
    return make_partner()


@pytest.fixture
def api(partner: Partner) -> Caller:
    return Caller(make_key(partner))


@pytest.fixture
def caller_of() -> Callable[..., Caller]:
    return lambda partner, **asked: Caller(make_key(partner, **asked))


@dataclass
class Receiver:
    """What arrived, and what is answered: a status, headers, and how long it drips."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    drip_seconds: float = 0
    received: list[tuple[dict[str, str], str]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A real HTTP server on a free port."""
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told.received.append((dict(self.headers.items()), body))
            if told.drip_seconds:
                self._drip()
                return
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        def _drip(self) -> None:
            ends = time.monotonic() + told.drip_seconds
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while time.monotonic() < ends:
                    self.wfile.write(b"a")
                    self.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
    thread.join()
