"""How far a quote is that somebody waits for."""

from dataclasses import dataclass

from pricing.models import Quote
from pricing.progress import PERCENT, QUEUED, stage_of
from pricing.states import QuoteStatus

_QUEUE_SHOWN = 100
_ALLOYS_ABOUT = 12  # quotes that one turn may have


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an unsettled quote is. place: 1 is the next to be started, None once it was started.

    Places are counted up to a bound: beyond it, `place` is the bound and `is_beyond` true.
    """

    stage: str
    percent: int
    place: int | None = None
    is_beyond: bool = False


def quote_progress(quote: Quote) -> Progress:
    """The stage of a quote that is not settled yet, for the page that waits for it."""
    if quote.status == QuoteStatus.REQUESTED:
        before = _count_before(quote)
        place = min(before + 1, _QUEUE_SHOWN)
        return Progress(QUEUED, PERCENT[QUEUED], place, is_beyond=before >= _QUEUE_SHOWN)
    stage = stage_of(quote.pk)
    return Progress(stage, PERCENT[stage])


def _count_before(quote: Quote) -> int:
    """How many designs are to be started before it, up to a bound. Uses index quote_in_turn.

    A design that is asked for in every alloy is measured once: its quotes have one turn.
    """
    earlier = Quote.objects.filter(status=QuoteStatus.REQUESTED, start_by__lt=quote.start_by).exclude(
        design=quote.design_id
    )
    turns = earlier.order_by("start_by").values_list("start_by", "design")[: _QUEUE_SHOWN * _ALLOYS_ABOUT]
    return min(len(set(turns)), _QUEUE_SHOWN)
