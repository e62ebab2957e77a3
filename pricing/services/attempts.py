"""The work on quotes: whose turn it is, who holds it, what becomes of it when nobody does.

A wake-up in the `pricing` queue says that something waits, not what: whoever wakes takes the quote whose turn it is
from the table. Every quote has a moment by which it should be started, soon for a small design, later for a large one,
and the earliest comes first: small designs overtake a huge one, and none is overtaken for ever.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from config.kernel import heartbeat
from config.kernel.events import publish
from config.kernel.locking import lock_all, take_next, wait_for_named_lock
from config.kernel.queue import DEFAULT, PRICING, enqueue, waiting
from config.kernel.transitions import move, write_log
from pricing.engine.errors import EngineBusy, EngineCrashed, EngineGaveUp
from pricing.models import Quote
from pricing.querysets import HUGE_BYTES, MAX_ATTEMPTS, QuoteQuerySet
from pricing.services.designs import known_measurement
from pricing.states import LEASE_BEYOND_SECONDS, QuoteStatus

PRICE_QUOTE: Final = "pricing.tasks.price_quote"
PRICE_NEXT: Final = "pricing.tasks.price_next_quote"
GIVE_UP_AFTER: Final = timedelta(minutes=15)
_PATIENCE: Final = timedelta(seconds=5)
_PATIENCE_PER_MB: Final = timedelta(seconds=6)
_MB: Final = 1024 * 1024
_FORGOTTEN: Final = timedelta(minutes=2)
_AT_MOST: Final = 200  # of anything in one sweep
_TWINS_AT_ONCE: Final = 40  # priced by whoever measured; each takes milliseconds
_LONG_QUEUE: Final = 1000


@dataclass(frozen=True, slots=True)
class Attempt:
    """The right to settle a quote, as long as no later attempt took it over.

    `quote` is as it was read when it was taken, with its design: whoever writes locks it and reads it anew.
    """

    quote: Quote
    number: int

    @property
    def quote_id(self) -> int:
        return self.quote.pk


# --- lining up and waking -----------------------------------------------------------------------------------------


def line_up(quote: Quote, *twins: Quote) -> None:
    """Give a quote its turn and its deadline, and wake whoever prices it; in the transaction that asks for it.

    `twins` are quotes for the same design and unit: they get the same turn and no wake-up, since whoever prices one
    prices those that wait for the same measurement.
    """
    now = timezone.now()
    is_measured = _is_measured(quote)
    for one in (quote, *twins):
        one.start_by = now if is_measured else now + patience(quote.design.size_bytes)
        one.give_up_at, one.hinted_at = now + GIVE_UP_AFTER, now
    Quote.objects.bulk_update([quote, *twins], ["start_by", "give_up_at", "hinted_at"])
    _wake(quote, is_measured=is_measured)


def patience(size_bytes: int) -> timedelta:
    """How long a design of this size may wait for smaller ones that came after it."""
    return _PATIENCE + _PATIENCE_PER_MB * (size_bytes / _MB)


def _is_measured(quote: Quote) -> bool:
    return known_measurement(quote.design, unit=quote.unit) is not None


def _wake(quote: Quote, *, is_measured: bool) -> None:
    """A measured design goes to the short queue, so that it never waits behind a large model."""
    if is_measured:
        enqueue(PRICE_QUOTE, DEFAULT, quote_id=quote.pk)
    else:
        enqueue(PRICE_NEXT, PRICING)


@transaction.atomic
def wake_others(*, attempt: Attempt, is_measured: bool) -> None:
    """After an attempt: wake those who waited for this design's measurement, and for a worker that was not free.

    A wake-up that found nothing it might start (enough huge designs in work, a design being measured) is gone; whoever
    finishes gives one back.
    """
    now = timezone.now()
    if is_measured:
        for twin_id in _twins(attempt, now).values_list("pk", flat=True)[:_AT_MOST]:
            enqueue(PRICE_QUOTE, DEFAULT, quote_id=twin_id)
    if Quote.objects.free_to_start(at=now).exists() and not waiting(PRICING):
        enqueue(PRICE_NEXT, PRICING)


def waiting_twins(*, attempt: Attempt) -> list[int]:
    """The quotes that wait for the same measurement as this attempt's, which has it now: same design, same unit."""
    return list(_twins(attempt, timezone.now()).in_turn().values_list("pk", flat=True)[:_TWINS_AT_ONCE])


def _twins(attempt: Attempt, now: datetime) -> QuoteQuerySet:
    return Quote.objects.free_to_start(at=now).filter(design=attempt.quote.design_id, unit=attempt.quote.unit)


# --- taking -------------------------------------------------------------------------------------------------------


@transaction.atomic
def take_next_attempt() -> Attempt | None:
    """Take the quote whose turn it is for one attempt; None when nothing may be started now.

    One worker chooses at a time, for some milliseconds: that a design is measured once at a time, and that huge ones
    leave a worker to the others, are rules about the whole table. Rows that somebody else has locked are passed over.
    """
    wait_for_named_lock("pricing.take_next_attempt")
    now = timezone.now()
    free = Quote.objects.free_to_start(at=now).of_idle_designs(at=now).in_turn().select_related("design")
    quote = take_next(free)
    if quote is not None and _must_wait(quote, now):
        quote = take_next(free.not_huge())
    return _take(quote, now) if quote is not None else None


def _must_wait(quote: Quote, now: datetime) -> bool:
    """Whether a quote's design is huge and as many huge ones are being measured as leave one worker to the others."""
    if quote.design.size_bytes < HUGE_BYTES:
        return False
    return Quote.objects.held(at=now).huge().count() >= max(1, heartbeat.workers(PRICING) - 1)


@transaction.atomic
def start_attempt(*, quote_id: int) -> Attempt | None:
    """Take the quote for one attempt; None when it is settled, in work or used up."""
    now = timezone.now()
    free = Quote.objects.filter(pk=quote_id).free_to_start(at=now).select_related("design")
    quote = free.first()
    return _take(quote, now) if quote is not None else None


def _take(quote: Quote, now: datetime) -> Attempt | None:
    """Count the attempt before the heavy part. One conditional UPDATE: of several workers that saw the quote free one
    wins. The lease outlives the child's deadline.
    """
    lease = now + timedelta(seconds=settings.PRICING_SECONDS + LEASE_BEYOND_SECONDS)
    number = quote.attempts + 1
    free = Quote.objects.filter(pk=quote.pk, attempts=quote.attempts).free_to_start(at=now)
    if not free.update(status=QuoteStatus.CALCULATING, attempts=number, lease_until=lease):
        return None
    write_log(quote, QuoteStatus.CALCULATING, reason=f"attempt {number}", from_status=quote.status)
    return Attempt(quote, number)


def lock_for(attempt: Attempt) -> Quote | None:
    """The quote while the attempt still holds it: a late duplicate finds nothing and writes nothing."""
    held = Quote.objects.filter(pk=attempt.quote_id, status=QuoteStatus.CALCULATING, attempts=attempt.number)
    return next(iter(lock_all(held.select_related("design", "alloy"))), None)


# --- giving back, giving up ---------------------------------------------------------------------------------------


@transaction.atomic
def give_back_attempt(*, attempt: Attempt, refusal: EngineGaveUp) -> Quote | None:
    """After the child crashed or ran over a limit: queue the next attempt, or fail by name when this was the last.

    The design itself is not condemned: a person may try again, and so may the next quote. The next attempt queues up
    behind those that wait. Publishes pricing.quote_settled when it failed. None when a later attempt took over.
    """
    quote, now = lock_for(attempt), timezone.now()
    if quote is None:
        return None
    if quote.attempts >= MAX_ATTEMPTS or (quote.give_up_at is not None and quote.give_up_at <= now):
        return give_up(quote, refusal.code, refusal.params)
    start_by = now + patience(quote.design.size_bytes)
    move(quote, QuoteStatus.REQUESTED, reason=refusal.code, lease_until=None, hinted_at=now, start_by=start_by)
    _wake(quote, is_measured=_is_measured(quote))
    return quote


def give_up(quote: Quote, code: str, params: Mapping[str, Any]) -> Quote:
    named: dict[str, Any] = {"refusal_code": code, "refusal_params": dict(params), "settled_at": timezone.now()}
    if quote.status == QuoteStatus.REQUESTED:
        move(quote, QuoteStatus.CALCULATING)
    move(quote, QuoteStatus.FAILED, reason=code, **named)
    publish("pricing.quote_settled", quote_id=quote.pk)
    return quote


# --- the sweep ----------------------------------------------------------------------------------------------------


def sweep_quotes() -> None:
    """Find what the queue lost: wake the forgotten again, fail those out of attempts or time, expire the old."""
    now = timezone.now()
    busy = {"minutes": int(GIVE_UP_AFTER.total_seconds() // 60)}
    _each(Quote.objects.exhausted(at=now), lambda quote: give_up(quote, EngineCrashed.code, {}))
    _each(Quote.objects.too_late(at=now), lambda quote: give_up(quote, EngineBusy.code, busy))
    _each(Quote.objects.overdue(at=now), lambda quote: move(quote, QuoteStatus.EXPIRED))
    if waiting(PRICING) <= _LONG_QUEUE:  # else nothing is lost, it only waits: more wake-ups would make it longer
        _each(Quote.objects.forgotten(since=now - _FORGOTTEN, at=now), _wake_again)


def _each(found: Any, deal: Callable[[Quote], object]) -> None:
    """Deal with each row that is found, locked and looked at again, in a transaction of its own."""
    for quote_id in list(found.values_list("pk", flat=True)[:_AT_MOST]):
        with transaction.atomic():
            for quote in lock_all(found.filter(pk=quote_id)):
                deal(quote)


def _wake_again(quote: Quote) -> None:
    quote.hinted_at = timezone.now()
    quote.save(update_fields=["hinted_at"])
    _wake(quote, is_measured=_is_measured(quote))
