"""A partner's quotes: priced by pricing's workers, never in the web's process, and told of when they are settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from config.kernel.locking import lock_all
from external_orders.errors import NotFound, TooManyOpenQuotes, UnknownSku
from external_orders.models import ExternalQuote, ExternalQuoteItem, Partner, PartnerModel
from external_orders.querysets import ExternalQuoteQuerySet
from external_orders.selectors import is_in_force, line_state, quote_state, variants_for_sale
from external_orders.services.events import record_event
from external_orders.states import EventType, QuoteState
from pricing.models import Quote
from pricing.services.quotes import reissue_quote, request_quote
from pricing.states import Finish
from shop.errors import NotEngravable
from shop.services.catalogue import request_quote_of_variant

MOST_OPEN_QUOTES = 200
_FORGOTTEN = timedelta(minutes=2)
_SWEEP_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class AskedItem:
    """A line of what a partner wants priced: a model of his with all that is to be made of it, or a SKU."""

    model_id: str = ""
    sku: str = ""
    kind: str = ""
    alloy: str = ""
    finish: str = Finish.POLISHED
    size: str = ""
    quantity: int = 1
    engraving: str = ""


@transaction.atomic
def request_external_quote(*, partner: Partner, livemode: bool, items: Sequence[AskedItem]) -> ExternalQuote:
    """Ask for the price of some pieces; returns at once, workers calculate what isn't known already.

    A single piece of a SKU has its catalogue price at once. Refuses with TooManyOpenQuotes, NotFound, UnknownSku,
    shop's NotEngravable and pricing's UnknownAlloy, UnknownFinish, BadQuantity, BadEngraving.
    """
    _require_room(partner, livemode=livemode)
    asked = ExternalQuote.objects.create(partner=partner, livemode=livemode)
    for rank, item in enumerate(items, start=1):
        model = _model_of(asked, item.model_id) if item.model_id else None
        quote = _quote_of_sku(item) if model is None else _quote_of_model(model, item)
        ExternalQuoteItem.objects.create(external_quote=asked, rank=rank, model=model, sku=item.sku, quote=quote)
    _settle(asked)  # what the catalogue knew is priced already: its answer says so, and no event repeats it
    return asked


def _require_room(partner: Partner, *, livemode: bool) -> None:
    """Two requests at once may both find the last room: the cap guards the workers, not an amount."""
    open_quotes: ExternalQuoteQuerySet = ExternalQuote.objects.of_partner(partner, livemode=livemode)
    if len(open_quotes.open(at=timezone.now()).values_list("pk", flat=True)[:MOST_OPEN_QUOTES]) == MOST_OPEN_QUOTES:
        raise TooManyOpenQuotes(most=MOST_OPEN_QUOTES)


def _model_of(asked: ExternalQuote, model_id: str) -> PartnerModel:
    own = PartnerModel.objects.of_partner(asked.partner, livemode=asked.livemode).filter(public_id=model_id)
    model: PartnerModel | None = own.select_related("design").first()
    if model is None:
        raise NotFound
    return model


def _quote_of_model(model: PartnerModel, item: AskedItem) -> Quote:
    return request_quote(
        design=model.design,
        alloy_code=item.alloy,
        finish=item.finish,
        size=item.size,
        quantity=item.quantity,
        kind=item.kind,
        engraving=item.engraving,
    )


def _quote_of_sku(item: AskedItem) -> Quote:
    variant = variants_for_sale().filter(sku=item.sku).first()
    if variant is None:
        raise UnknownSku(sku=item.sku)
    if item.engraving.strip() and not variant.product.is_engravable:
        raise NotEngravable
    is_plain = item.quantity == 1 and not item.engraving.strip()
    if is_plain and variant.quote is not None and is_in_force(variant.quote, at=timezone.now()):
        return reissue_quote(quote_id=variant.quote.pk)
    return request_quote_of_variant(variant, quantity=item.quantity, engraving=item.engraving)


def _settle(asked: ExternalQuote) -> QuoteState:
    """Write when a quote was settled and until when it holds, if nothing of it is being priced any more."""
    now = timezone.now()
    quotes = [item.quote for item in asked.items.select_related("quote")]
    state = quote_state(line_state(quote, at=now) for quote in quotes)
    if state != QuoteState.PRICING:
        asked.settled_at = now
        asked.expires_at = min((quote.valid_until for quote in quotes if quote.valid_until), default=None)
        asked.save(update_fields=["settled_at", "expires_at"])
    return state


_TOLD = {
    QuoteState.PRICED: EventType.QUOTE_PRICED,
    QuoteState.NOT_MANUFACTURABLE: EventType.QUOTE_REFUSED,
    QuoteState.FAILED: EventType.QUOTE_REFUSED,
}


@transaction.atomic
def record_settled(*, quote_id: int) -> None:
    """A quote of pricing's was settled: if it was the last line of a partner's, he is told, once.

    Reads the rows anew, so it may run twice. Locks the external quote. Records an event.
    """
    items = ExternalQuoteItem.objects.filter(quote=quote_id).values("external_quote")
    for asked in lock_all(ExternalQuote.objects.filter(pk__in=items, settled_at=None).select_related("partner")):
        kind = _TOLD.get(_settle(asked))
        if kind is not None:
            _tell(asked, kind)


def _tell(asked: ExternalQuote, kind: EventType) -> None:
    record_event(partner=asked.partner, livemode=asked.livemode, kind=kind, id=asked.public_id)


def sweep_external_quotes() -> None:
    """Tell of quotes that expired without an order, and of settled ones of which the queue lost the fact."""
    now = timezone.now()
    for asked_id in ExternalQuote.objects.overdue(at=now).values_list("pk", flat=True)[:_SWEEP_AT_MOST]:
        _close(asked_id, now)
    unsettled = ExternalQuote.objects.unsettled(since=now - _FORGOTTEN)[:_SWEEP_AT_MOST]
    first_lines = ExternalQuoteItem.objects.filter(external_quote__in=list(unsettled), rank=1)
    for quote_id in first_lines.values_list("quote", flat=True):
        record_settled(quote_id=quote_id)


@transaction.atomic
def _close(asked_id: int, now: datetime) -> None:
    for asked in lock_all(ExternalQuote.objects.filter(pk=asked_id).overdue(at=now).select_related("partner")):
        asked.closed_at = now
        asked.save(update_fields=["closed_at"])
        _tell(asked, EventType.QUOTE_EXPIRED)
