"""A receiver of webhooks: believes what is signed, takes each order's news once and in order, answers at once."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from typing_extensions import override

News = dict[str, Any]


@dataclass
class Inbox:
    """What arrived, so far as it is new: a message twice, or an older one after a newer one, is dropped.

    A real program keeps `seen` and `sequences` in its database, in the transaction in which it deals with the news.
    """

    secret: str
    handle: Callable[[News], None]
    seen: set[str] = field(default_factory=set)
    sequences: dict[str, int] = field(default_factory=dict)

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        """Deal with a message; the status to answer with. 400 is what a stranger gets."""
        try:
            # Checks the signature, and that the message isn't older than five minutes.
            Webhook(self.secret).verify(body, headers)
        except (WebhookVerificationError, ValueError):  # ValueError: a signature that isn't even one
            return 400
        news = json.loads(body)
        if headers["webhook-id"] not in self.seen and self._is_newer(news["data"]):
            self.handle(news)
        self.seen.add(headers["webhook-id"])
        return 204

    def _is_newer(self, told: dict[str, Any]) -> bool:
        sequence = told.get("sequence")
        if sequence is None:  # not about an order
            return True
        is_newer = bool(sequence > self.sequences.get(told["id"], 0))
        self.sequences[told["id"]] = max(sequence, self.sequences.get(told["id"], 0))
        return is_newer


def serve(inbox: Inbox, port: int = 0) -> ThreadingHTTPServer:
    """A web server for the inbox on this host; run its `serve_forever` in a thread. Behind TLS in real life."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status = inbox.take(body, {name.lower(): value for name, value in self.headers.items()})
            self.send_response(status)
            self.end_headers()

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Silence."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)
