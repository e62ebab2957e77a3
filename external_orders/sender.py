"""The process that sends webhooks: `manage.py worker webhooks`.

One thread reads and writes rows, many threads send: a receiver that hangs holds one of many places for ten seconds, and
neither a worker of the queue nor a database connection. What is due is looked for several times a second, so a
retry comes when its row says; nothing sleeps for it. Any number of these processes may run.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from types import FrameType

from django import db
from django.utils import timezone

from external_orders.models import WebhookEndpoint
from external_orders.outgoing import Answer
from external_orders.services import webhooks
from external_orders.services.events import number_events
from external_orders.services.webhooks import Attempt

logger = logging.getLogger(__name__)

_LOOKS_EVERY_S = 0.1
# An endpoint at which nothing could be taken, for its lane is full or its orders wait for an earlier message, is looked
# at again when an answer of it arrived, or after this.
_RESTS_S = 1.0
_ENDPOINTS_AT_ONCE = 100
_PAUSE_WITHOUT_DATABASE_S = 0.5


class Sender:
    """Takes what is due, has it sent, writes what was answered; `at_once` messages are on their way at most.

    Half of the places are kept for endpoints that answer.
    """

    def __init__(self, *, at_once: int) -> None:
        self.at_once = at_once
        self._on_their_way: dict[int, Attempt] = {}
        self._answered: SimpleQueue[tuple[Attempt, Answer]] = SimpleQueue()
        self._to_write: list[tuple[Attempt, Answer]] = []
        self._resting: dict[int, float] = {}
        self._is_stopping = threading.Event()

    def stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        """Take nothing more; what is on its way is waited for. Fit for a signal."""
        self._is_stopping.set()

    def serve(self, beat: Callable[[], None]) -> None:
        """Send until `stop` was called and all answers are written. `beat` is called at every turn."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        with ThreadPoolExecutor(self.at_once, thread_name_prefix="webhook") as self._threads:
            while not self._is_stopping.is_set() or self._on_their_way:
                self._turn_or_wait(beat)

    def _turn_or_wait(self, beat: Callable[[], None]) -> None:
        try:
            beat()
            self.turn()
        except db.Error as error:  # nothing is forgotten: what was answered is written when the database is back
            logger.warning("no database: %s", str(error).partition("\n")[0])
            db.connection.close()
            time.sleep(_PAUSE_WITHOUT_DATABASE_S)

    def turn(self) -> None:
        """Wait a moment for answers, write them, and take what is due."""
        self._collect()
        self._write()
        if not self._is_stopping.is_set():
            number_events()
            self._take()

    def _collect(self) -> None:
        """The answers that came, without waiting when there are some that couldn't be written before."""
        try:
            self._to_write.append(self._answered.get(timeout=0 if self._to_write else _LOOKS_EVERY_S))
            while True:
                self._to_write.append(self._answered.get_nowait())
        except Empty:
            return

    def _write(self) -> None:
        if not self._to_write:
            return
        webhooks.record_answers(self._to_write)
        for attempt, _ in self._to_write:
            self._on_their_way.pop(attempt.delivery_id, None)
            self._resting.pop(attempt.endpoint.pk, None)
        self._to_write = []

    def _take(self) -> None:
        places = self.at_once - len(self._on_their_way)
        doubtful = sum(one.is_doubtful for one in self._on_their_way.values())
        waiting = self._endpoints_with_work() if places > 0 else []
        if not waiting:
            return
        most_doubtful = max(0, self.at_once // 2 - doubtful)
        taken = webhooks.take_due(endpoint_ids=waiting, most=places, most_doubtful=most_doubtful)
        for attempt in taken:
            self._on_their_way[attempt.delivery_id] = attempt
            self._threads.submit(self._send, attempt)
        idle = set(waiting) - {one.endpoint.pk for one in taken}
        self._resting |= dict.fromkeys(idle, time.monotonic() + _RESTS_S)

    def _endpoints_with_work(self) -> list[int]:
        now = time.monotonic()
        self._resting = {one: until for one, until in self._resting.items() if until > now}
        waiting = WebhookEndpoint.objects.with_work(at=timezone.now()).exclude(pk__in=self._resting)
        return list(waiting.order_by("?").values_list("pk", flat=True)[:_ENDPOINTS_AT_ONCE])

    def _send(self, attempt: Attempt) -> None:
        """In a thread of its own. Whatever happens there is an answer, or the place would be lost."""
        answer = Answer(error="not sent")
        try:
            answer = webhooks.send(attempt)
        except Exception:
            logger.exception("message %s", attempt.message_id)
        finally:
            self._answered.put((attempt, answer))
