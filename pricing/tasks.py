"""Doors for the queue."""

from functools import partial
from time import monotonic
from typing import Final

from pricing import progress
from pricing.engine.errors import EngineGaveUp
from pricing.models import Quote
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
        _price(attempt)
        _price_twins(attempt.quote_id)
        attempts.wake_others(quote_id=attempt.quote_id)
        if monotonic() - begun > _ON_AND_ON_SECONDS:
            break


def price_quote(quote_id: int) -> None:
    """Price this very quote, whose design was measured before. Safe to run twice."""
    attempt = attempts.start_attempt(quote_id=quote_id)
    if attempt is not None:
        _price(attempt)
        _price_twins(quote_id)


def _price_twins(quote_id: int) -> None:
    """The same design in the other alloys: measured once, priced many times, here and now."""
    for twin_id in attempts.waiting_twins(quote_id=quote_id):
        attempt = attempts.start_attempt(quote_id=twin_id)
        if attempt is not None:
            _price(attempt)


def _price(attempt: Attempt) -> None:
    quote = Quote.objects.select_related("design").get(pk=attempt.quote_id)
    tell = partial(progress.tell_stage, quote.pk)
    try:
        measurement = measurement_of(quote.design, unit=quote.unit, tell=tell)
    except EngineGaveUp as refusal:
        attempts.give_back_attempt(attempt=attempt, refusal=refusal)
    else:
        tell(progress.PRICING)
        quotes.settle_quote(attempt=attempt, measurement=measurement)


def sweep_quotes() -> None:
    attempts.sweep_quotes()
