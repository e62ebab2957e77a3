"""The web as gunicorn runs it, except that it can be told to die at a chosen point: `kill -9`, not an exception.

The points are put in from outside, so that the product knows nothing of them. The file named by CRASH_FILE arms one,
once.
"""

import os
import signal
from pathlib import Path
from typing import Any

from config.wsgi import application
from external_orders.api import idempotency as door
from external_orders.services import idempotency

__all__ = ["application"]

ARMED = Path(os.environ["CRASH_FILE"])


def _die_at(point: str) -> None:
    if ARMED.exists() and ARMED.read_text() == point:
        ARMED.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


_keep, _answer_once = idempotency._keep, door.answer_once


def _keep_or_die(answer: Any, **scope: Any) -> Any:
    kept = _keep(answer, **scope)
    _die_at("before_commit")
    return kept


def _answer_or_die(**asked: Any) -> Any:
    given = _answer_once(**asked)
    _die_at("after_commit")
    return given


idempotency._keep = _keep_or_die
door.answer_once = _answer_or_die
