"""Requests to addresses that strangers chose: public ones only, pinned, unredirected, cut after ten seconds.

requests-hardened resolves a name once, refuses private addresses and connects to the address it looked at. Added here:
two ranges it lets through, schemes and ports, a deadline for the whole exchange (its timeouts are per read, so a byte
a second would hold a worker for ever), and that bodies aren't read.
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
import urllib3
from django.conf import settings
from django.utils import timezone
from requests_hardened import Config, HTTPSession, ip_filter
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from typing_extensions import override
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from external_orders.errors import WebhookUrlRefused

CONNECT_SECONDS = 3
TOTAL_SECONDS = 10
_PORTS = {None, 443, 8443}
_KEPT_OF_A_BODY = 500

# IPv4-compatible and site-local addresses: obsolete, and routed to the inside by some hosts.
ip_filter.EXTRA_BLOCKED_NET_RANGES += (ipaddress.ip_network("::/96"), ipaddress.ip_network("fec0::/10"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or why there is none."""

    status: int | None = None
    error: str = ""
    retry_after_s: int | None = None
    duration_ms: int | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def require_callable(url: str) -> None:
    """Refuse an address that wouldn't be called, with one answer for all reasons. Raises WebhookUrlRefused."""
    try:
        parts = urlsplit(url)
        is_well_formed = _is_well_formed(parts)
        if is_well_formed:
            ip_filter.filter_host(parts.hostname, parts.port or 443, allow_loopback=settings.WEBHOOKS_ALLOW_LOOPBACK)
    except (ValueError, requests.RequestException, OSError):
        raise WebhookUrlRefused from None
    if not is_well_formed:
        raise WebhookUrlRefused


def _is_well_formed(parts: SplitResult) -> bool:
    if not parts.hostname or parts.username is not None or parts.password is not None:
        return False
    if settings.WEBHOOKS_ALLOW_LOOPBACK:
        return parts.scheme in {"http", "https"}
    return parts.scheme == "https" and parts.port in _PORTS


def post(url: str, *, body: str, headers: dict[str, str]) -> Answer:
    """Send a body and say how it went; never raises for what the other side does."""
    began = time.monotonic()
    try:
        answer = _post(url, body, headers)
    except (WebhookUrlRefused, ip_filter.InvalidIPAddress):
        answer = Answer(error="address refused")
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        answer = Answer(error=type(error).__name__)
    took = round((time.monotonic() - began) * 1000)
    return Answer(answer.status, answer.error, answer.retry_after_s, took)


def _post(url: str, body: str, headers: dict[str, str]) -> Answer:
    if not _is_well_formed(urlsplit(url)):
        raise WebhookUrlRefused
    with _deadline() as deadline, _Session(deadline) as session:
        try:
            response = session.post(url, data=body.encode(), headers=headers, stream=True)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
            if deadline.is_over:
                raise TimeoutError from None
            raise
        with response:
            if deadline.is_over:  # headers that were cut off still parse
                raise TimeoutError
            return Answer(response.status_code, _error_of(response), _retry_after_s(response))


def _error_of(response: requests.Response) -> str:
    """A glimpse of an error's body for the planner's eyes; a success's isn't read at all."""
    if 200 <= response.status_code < 300:
        return ""
    try:
        glimpse = response.raw.read(_KEPT_OF_A_BODY, decode_content=False)
    except (urllib3.exceptions.HTTPError, OSError, ValueError):
        glimpse = b""
    text = "".join(letter for letter in glimpse.decode(errors="replace") if letter.isprintable())
    return f"{response.status_code} {text}".strip()


def _retry_after_s(response: requests.Response) -> int | None:
    """Retry-After in seconds, given as seconds or as a date; None when there is none or it can't be read."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return int(value[:9])
    try:
        return max(0, round((parsedate_to_datetime(value) - timezone.now()).total_seconds()))
    except (TypeError, ValueError):
        return None


class _Deadline:
    """The sockets of one exchange, shut together when its time is over: whoever reads from them wakes up."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self.is_over = False

    def watch(self, opened: socket.socket) -> None:
        self._sockets.append(opened.dup())  # TLS takes the original over

    def cut(self) -> None:
        self.is_over = True
        for opened in self._sockets:
            try:
                opened.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # over already

    def close(self) -> None:
        for opened in self._sockets:
            opened.close()


@contextmanager
def _deadline() -> Iterator[_Deadline]:
    deadline = _Deadline()
    timer = threading.Timer(TOTAL_SECONDS, deadline.cut)
    timer.daemon = True
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()
        timer.join()
        deadline.close()


class _Session(HTTPSession):
    """A session for one exchange: filtered addresses, no redirects, nothing taken from the host's environment."""

    def __init__(self, deadline: _Deadline) -> None:
        config = Config(
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=settings.WEBHOOKS_ALLOW_LOOPBACK,
            never_redirect=True,
            default_timeout=(CONNECT_SECONDS, TOTAL_SECONDS),
            user_agent_override="Karat-Webhooks/1",
        )
        super().__init__(config)
        self.trust_env = False  # no proxy, no .netrc
        for prefix, is_https in (("http://", False), ("https://", True)):
            self.mount(prefix, _WatchedAdapter(deadline, is_https=is_https))

    @override
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: requests reads a redirect's whole body before it finds that it may not follow."""


class _WatchedAdapter(IPFilterAdapter):
    """Connects as its base class does and shows each new socket to the deadline."""

    def __init__(self, deadline: _Deadline, *, is_https: bool) -> None:
        self._deadline = deadline
        super().__init__(is_https_proto=is_https, allow_loopback=settings.WEBHOOKS_ALLOW_LOOPBACK)

    @override
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _watched_pool(HTTPConnectionPool, HTTPConnection, self._deadline),
            "https": _watched_pool(HTTPSConnectionPool, HTTPSConnection, self._deadline),
        }


def _watched_pool(pool: type, connection: type, deadline: _Deadline) -> type:
    def _new_conn(self: Any) -> socket.socket:
        opened: socket.socket = connection._new_conn(self)  # type: ignore[attr-defined]
        deadline.watch(opened)
        return opened

    watched = type(f"Watched{connection.__name__}", (connection,), {"_new_conn": _new_conn})
    return type(f"Watched{pool.__name__}", (pool,), {"ConnectionCls": watched})
