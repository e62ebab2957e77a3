"""Which clusters are alive: each writes a heartbeat that every process can read, also when Redis is away."""

import os
import socket
from datetime import timedelta
from typing import Any

from django.core.cache import caches
from django.db import transaction
from django.utils import timezone

from config.kernel.locking import wait_for_named_lock

BEAT_SECONDS = 5
_SEEN = timedelta(seconds=4 * BEAT_SECONDS)


@transaction.atomic
def beat(queue: str, *, workers: int = 1) -> None:
    """Say that this process's cluster serves the queue now, with so many workers."""
    wait_for_named_lock("heartbeat", queue)
    clusters = {name: seen for name, seen in _clusters(queue).items() if _is_fresh(seen)}
    clusters[f"{socket.gethostname()}:{os.getpid()}"] = {"at": timezone.now(), "workers": workers}
    caches["database"].set(_key(queue), clusters)


def is_seen(queue: str) -> bool:
    """Whether a cluster of this queue gave a sign of life within the last few beats."""
    return workers(queue) > 0


def workers(queue: str) -> int:
    """How many workers serve the queue, on all hosts together."""
    return sum(seen["workers"] for seen in _clusters(queue).values() if _is_fresh(seen))


def _clusters(queue: str) -> dict[str, dict[str, Any]]:
    return caches["database"].get(_key(queue)) or {}


def _is_fresh(seen: dict[str, Any]) -> bool:
    return bool(timezone.now() - seen["at"] < _SEEN)


def _key(queue: str) -> str:
    return f"clusters:{queue}"
