"""/healthz: this process answers. /readyz: what it needs answers, and the queues move."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.kernel import heartbeat, queue
from external_orders.selectors import events_waiting, oldest_event_waiting

_STUCK = timedelta(minutes=15)


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """503 when the database is away or a queue stands still; the cache may be away, for it is never the truth."""
    facts: dict[str, Any] = {"database": _answer(_database), "cache": _answer(_cache)}
    if facts["database"] == "ok":
        facts["queues"] = {name: _queue(name) for name in (queue.DEFAULT, queue.PRICING)}
        facts["queues"][queue.WEBHOOKS] = _webhooks()
    is_ready = facts["database"] == "ok" and all(one["moving"] for one in facts["queues"].values())
    return JsonResponse({"status": "ok" if is_ready else "not ready", **facts}, status=200 if is_ready else 503)


def _answer(ask: Callable[[], object]) -> str:
    try:
        ask()
    except (DatabaseError, OSError, ConnectionError) as error:
        return f"away: {type(error).__name__}"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    caches["default"].set("readyz", 1, 10)
    if caches["default"].get("readyz") != 1:
        raise ConnectionError("the cache forgot at once")


def _queue(name: str) -> dict[str, Any]:
    return _told(name, waiting=queue.waiting(name), oldest=queue.oldest_waiting(name))


def _webhooks() -> dict[str, Any]:
    """What the sender hasn't looked at. Whether a partner takes his messages is no matter of readiness."""
    return _told(queue.WEBHOOKS, waiting=events_waiting(), oldest=oldest_event_waiting())


def _told(name: str, *, waiting: int, oldest: timedelta) -> dict[str, Any]:
    workers_seen = heartbeat.is_seen(name)
    return {
        "oldest_waiting_seconds": round(oldest.total_seconds(), 1),
        "waiting": waiting,
        "workers_seen": workers_seen,
        "moving": workers_seen and oldest < _STUCK,
    }
