"""The partner's program: orders by API and listens to signed webhooks."""

import json
import threading
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
from standardwebhooks import Webhook, WebhookVerificationError
from typing_extensions import override

from examples.demo.people import WentWrong


class Partner:
    """A client of /api/v1/ with one key."""

    def __init__(self, base_url: str, key: str) -> None:
        self.api = f"{base_url}/api/v1"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {key}"

    def call(self, method: str, path: str, *, key: str = "", **sent: Any) -> dict[str, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        answer = self.session.request(method, f"{self.api}{path}", headers=headers, timeout=30, **sent)
        if not answer.ok:
            raise WentWrong(f"{method} {path} answered {answer.status_code}: {answer.text[:500]}")
        body: dict[str, Any] = answer.json()
        return body

    def listen(self, receiver: "Receiver") -> None:
        receiver.verify_with(self.call("POST", "/webhook_endpoints", json={"url": receiver.url})["secret"])

    def register(self, model: Path) -> str:
        with model.open("rb") as file:
            return str(self.call("POST", "/models", files={"file": (model.name, file)})["id"])

    def ask_price(self, model_id: str, key: str) -> str:
        ring = {"model_id": model_id, "kind": "ring", "alloy": "ag925", "finish": "polished", "size": "17"}
        return str(self.call("POST", "/quotes", key=key, json={"items": [ring]})["id"])

    def price_of(self, quote_id: str) -> str | None:
        quote = self.call("GET", f"/quotes/{quote_id}")
        if quote["status"] not in {"pricing", "priced"}:
            raise WentWrong(f"the partner's ring was refused: {quote['status']} {quote['items'][0]['reasons']}")
        return str(quote["price"]["gross"]["amount"]) if quote["status"] == "priced" else None

    def order(self, quote_id: str, reference: str, key: str) -> dict[str, Any]:
        ship_to = {
            "name": "A. Berg",
            "line1": "3 Harbour Road",
            "city": "Bergen",
            "postal_code": "5003",
            "country": "NO",
        }
        asked = {"quote_id": quote_id, "reference": reference, "ship_to": ship_to, "note": ""}
        return self.call("POST", "/orders", key=key, json=asked)

    def events_of(self, order_id: str) -> dict[str, datetime]:
        """What happened to an order, as the API tells it."""
        events = self.call("GET", f"/orders/{order_id}/events")["data"]
        return {one["data"]["status"]: datetime.fromisoformat(one["timestamp"]) for one in events}


@dataclass(slots=True)
class Receiver:
    """A web server of the partner's that takes webhooks and believes only signed ones."""

    events: list[dict[str, Any]] = field(default_factory=list)
    unsigned: int = 0
    _verifier: Webhook | None = None
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        if self._server is None:
            raise RuntimeError("the receiver isn't listening")
        return f"http://127.0.0.1:{self._server.server_address[1]}/hooks"

    def verify_with(self, secret: str) -> None:
        self._verifier = Webhook(secret)

    def take(self, body: bytes, headers: dict[str, str]) -> bool:
        try:
            if self._verifier is None:
                raise WebhookVerificationError
            self._verifier.verify(body, headers)
        except WebhookVerificationError:
            self.unsigned += 1
            return False
        self.events.append(json.loads(body))
        return True

    def statuses_of(self, order_id: str) -> list[str]:
        """The statuses told of an order, each once, in the order of their sequence."""
        told = {one["data"]["sequence"]: one["data"]["status"] for one in self.events if one["data"]["id"] == order_id}
        return [told[sequence] for sequence in sorted(told)]

    def __enter__(self) -> "Receiver":
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                taken = receiver.take(body, {name.lower(): value for name, value in self.headers.items()})
                self.send_response(204 if taken else 400)
                self.end_headers()

            @override
            def log_message(self, format: str, *args: Any) -> None:
                """Silence: the demo prints what matters."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
