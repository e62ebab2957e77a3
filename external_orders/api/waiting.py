"""`Prefer: wait=10` (RFC 7240): an answer that is worth waiting for a few seconds, by few at a time.

Whoever waits holds a thread of the web; when the seats are taken, the answer comes at once and says nothing of waiting.
"""

import re
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from rest_framework.request import Request

Page = TypeVar("Page")
LONGEST_S = 10
_LOOK_EVERY_S = 0.25
_seats = threading.BoundedSemaphore(2)


def waited_for(
    request: Request, look: Callable[[], Page], is_done: Callable[[Page], bool]
) -> tuple[Page, dict[str, str]]:
    """What there is to see once it is done or the time is over, and the header that tells of the waiting."""
    page = look()
    wait_s = _wait_s(request)
    if not wait_s or is_done(page) or not _seats.acquire(blocking=False):
        return page, {}
    try:
        ends = time.monotonic() + wait_s
        while not is_done(page) and time.monotonic() < ends:
            time.sleep(_LOOK_EVERY_S)
            page = look()
    finally:
        _seats.release()
    return page, {"Preference-Applied": f"wait={wait_s}"}


def _wait_s(request: Request) -> int:
    asked = re.search(r"\bwait=(\d{1,4})\b", request.headers.get("Prefer", ""))
    return min(int(asked[1]), LONGEST_S) if asked else 0
