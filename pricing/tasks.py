"""Doors for the queue."""

from functools import partial
from time import monotonic
from typing import Final

from pricing import progress
from pricing.engine.errors import EngineGaveUp
from pricing.services import attempts, quotes
from pricing.services.attempts import Attempt
from pricing.services.designs import measurement_of

_ON_AND_ON_SECONDS: Final = 15  # a cluster's timeout leaves 30 s beyond the longest measuring


def price_next_quote() -> None:
    """Measure and price the quote whose turn it is, and those after it while a whole one fits into the task's time.

    Wake-ups are interchangeable; one too many finds nothing. Fetching a task takes up to the queue's poll interval,
    which is as long as many a design takes.
    """
    begun = monotonic()
    while (attempt := attempts.take_next_attempt()) is not None:
        is_measured = _price(attempt)
        attempts.wake_others(attempt=attempt, is_measured=is_measured)
        if monotonic() - begun > _ON_AND_ON_SECONDS:
            break


def price_quote(quote_id: int) -> None:
    """Price this very quote, whose design was measured before. Safe to run twice."""
    attempt = attempts.start_attempt(quote_id=quote_id)
    if attempt is not None:
        _price(attempt)


def _price(attempt: Attempt) -> bool:
    """Price a quote and, when its design could be measured, its twins. Whether it could."""
    if not _price_one(attempt):
        return False
    for twin_id in attempts.waiting_twins(attempt=attempt):  # the same design in the other alloys: priced here and now
        twin = attempts.start_attempt(quote_id=twin_id)
        if twin is not None:
            _price_one(twin)
    return True


def _price_one(attempt: Attempt) -> bool:
    quote = attempt.quote
    tell = partial(progress.tell_stage, quote.pk)
    try:
        measurement = measurement_of(quote.design, unit=quote.unit, tell=tell)
    except EngineGaveUp as refusal:
        attempts.give_back_attempt(attempt=attempt, refusal=refusal)
        return False
    tell(progress.PRICING)
    quotes.settle_quote(attempt=attempt, measurement=measurement)
    return True


def sweep_quotes() -> None:
    attempts.sweep_quotes()
