"""A small client of the partner API: what a partner's own program would have, and no more.

It repeats what may be repeated (a broken connection, 409 in progress, 429, 5xx) with the same Idempotency-Key, waits as
it is told to, and stops at what a repetition can't mend.
"""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

_REPEATED = {429, 500, 502, 503, 504}
_ATTEMPTS = 8
_LONGEST_PAUSE_S = 30


class Refused(Exception):
    """The API said no: `code` says why and never changes, `problem` is the whole document."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.code: str = problem["code"]
        self.problem = problem
        super().__init__(f"{problem['status']} {self.code}: {problem['title']} {problem['errors'] or ''}")


@dataclass
class Client:
    """`api` is the address up to /v1, `key` what the workshop gave you."""

    api: str
    key: str
    sleep: Callable[[float], None] = time.sleep
    session: requests.Session = field(default_factory=requests.Session)

    def upload(self, path: Path) -> dict[str, Any]:
        """Send a model; the same file again is the same model."""
        content = path.read_bytes()
        return self._call("POST", "/models", files={"file": (path.name, content)})

    def quote(self, items: list[dict[str, Any]], *, key: str) -> dict[str, Any]:
        """Ask for a price and wait for it. `key` is yours: the same for a repetition, a new one for a new question."""
        asked = self._call("POST", "/quotes", json={"items": items}, key=key)
        while asked["status"] == "pricing":
            asked = self._call("GET", f"/quotes/{asked['id']}", headers={"Prefer": "wait=10"})
        return asked

    def order(self, quote_id: str, reference: str, ship_to: dict[str, str]) -> dict[str, Any]:
        """Order what was quoted. The reference makes the key, so that even a restarted program orders once."""
        body = {"quote_id": quote_id, "reference": reference, "ship_to": ship_to}
        return self._call("POST", "/orders", json=body, key=f"order-{reference}")

    def cancel(self, order_id: str) -> dict[str, Any]:
        return self._call("POST", f"/orders/{order_id}/cancel", json={}, key=f"cancel-{order_id}")

    def read_order(self, order_id: str) -> dict[str, Any]:
        return self._call("GET", f"/orders/{order_id}")

    def events(self, after: str = "") -> Iterator[dict[str, Any]]:
        """Everything after an event: keep the id of the last one you have dealt with."""
        while True:
            page = self._call("GET", "/events", params={"limit": 100, **({"after": after} if after else {})})
            yield from page["data"]
            if page["next_cursor"] is None:
                return
            after = page["next_cursor"]

    def listen_at(self, url: str) -> str:
        """Register an address for webhooks; the secret it returns is told this once."""
        return str(self._call("POST", "/webhook_endpoints", json={"url": url})["secret"])

    def _call(self, method: str, path: str, *, key: str = "", **sent: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.key}", **sent.pop("headers", {})}
        if key:
            headers["Idempotency-Key"] = key
        for attempt in range(_ATTEMPTS):
            try:
                answer = self.session.request(method, f"{self.api}{path}", headers=headers, timeout=30, **sent)
            except requests.ConnectionError:
                self.sleep(_pause(attempt))
                continue
            if answer.ok:
                found: dict[str, Any] = answer.json()
                return found
            problem = _problem(answer)
            if answer.status_code not in _REPEATED and problem["code"] != "idempotency_in_progress":
                raise Refused(problem)
            self.sleep(max(_pause(attempt), float(answer.headers.get("Retry-After", 0))))
        raise ConnectionError(f"{method} {path}: no answer after {_ATTEMPTS} attempts")


def _problem(answer: requests.Response) -> dict[str, Any]:
    """The problem document, or one like it for what something on the way answered."""
    if answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        found: dict[str, Any] = answer.json()
        return found
    return {"status": answer.status_code, "code": "unknown", "title": answer.reason, "errors": []}


def _pause(attempt: int) -> float:
    """Longer each time, and never the same for two programs."""
    return random.uniform(0.5, 1) * min(0.5 * 2**attempt, _LONGEST_PAUSE_S)  # noqa: S311 (spreads load)
