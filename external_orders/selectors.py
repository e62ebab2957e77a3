"""What the API shows: each page's data in one frozen dataclass, every reading starting at the partner."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from external_orders.errors import CursorInvalid, NotFound
from external_orders.models import (
    Event,
    ExternalOrder,
    ExternalQuote,
    ExternalQuoteItem,
    Partner,
    PartnerModel,
    WebhookDelivery,
    WebhookEndpoint,
)
from external_orders.querysets import EventQuerySet, ExternalOrderQuerySet
from external_orders.states import TRANSITIONS, ExternalOrderStatus, ModelState, QuoteState
from mes.errors import NoRouting
from mes.selectors import Promise, promise_for
from pricing.models import Measurement, Quote, QuoteComponent
from pricing.states import QuoteStatus
from shop.models import Variant

_CANCELLABLE = {one for one, after in TRANSITIONS.items() if ExternalOrderStatus.CANCELLED in after}
SIMULATED_CAST = "sim:cast"
FEED_KEPT = timedelta(days=30)
_AMOUNTS = ("net", "tax", "gross")


@dataclass(frozen=True, slots=True)
class ModelPage:
    """A model with what the engine found in it, when it has looked: it does with the first quote."""

    model: PartnerModel
    state: ModelState
    box_mm: list[float] | None
    volume_mm3: float | None
    is_watertight: bool | None
    refusal_code: str


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of a quote with the parts of its price, when it has one."""

    item: ExternalQuoteItem
    state: QuoteState
    components: list[QuoteComponent]

    @property
    def quote(self) -> Quote:
        return self.item.quote

    @property
    def model(self) -> PartnerModel | None:
        return self.item.model

    @property
    def sku(self) -> str:
        return self.item.sku


@dataclass(frozen=True, slots=True)
class Totals:
    """What the lines of a quote come to together."""

    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class QuotePage:
    """A quote with its lines, its total when all are priced, and the promise it would get now."""

    asked: ExternalQuote
    lines: list[QuoteLine]
    state: QuoteState
    totals: Totals | None
    expires_at: datetime | None
    promise: Promise | None


def model_page(*, partner: Partner, livemode: bool, public_id: str) -> ModelPage:
    """A partner's model. Refuses with NotFound."""
    own = PartnerModel.objects.of_partner(partner, livemode=livemode).filter(public_id=public_id)
    model = own.select_related("design").first()
    if model is None:
        raise NotFound
    if model.refusal_code:
        return ModelPage(model, ModelState.REJECTED, None, None, None, model.refusal_code)
    newest = Measurement.objects.filter(design=model.design, unit="").order_by("-measured_at").first()
    if newest is None:
        return ModelPage(model, ModelState.PROCESSING, None, None, None, "")
    if newest.refusal_code:
        return ModelPage(model, ModelState.REJECTED, None, None, None, newest.refusal_code)
    found: dict[str, Any] = newest.figures or {}
    return ModelPage(model, ModelState.READY, found["box_mm"], found["volume_mm3"], found["watertight"], "")


def quote_page(*, partner: Partner, livemode: bool, public_id: str) -> QuotePage:
    """A partner's quote. Refuses with NotFound."""
    asked = ExternalQuote.objects.of_partner(partner, livemode=livemode).filter(public_id=public_id).first()
    if asked is None:
        raise NotFound
    now = timezone.now()
    items = asked.items.select_related("quote__alloy", "quote__measurement", "model").prefetch_related(
        "quote__components"
    )
    lines = [QuoteLine(one, line_state(one.quote, at=now), list(one.quote.components.all())) for one in items]
    state = quote_state([line.state for line in lines])
    quotes = [line.item.quote for line in lines]
    until = [quote.valid_until for quote in quotes if quote.valid_until]
    return QuotePage(
        asked=asked,
        lines=lines,
        state=state,
        totals=_totals(quotes),
        expires_at=min(until) if len(until) == len(quotes) else None,
        promise=_promise(quotes) if state == QuoteState.PRICED else None,
    )


# A quote is what the least finished of its lines is; a line that can't be made decides for all.
_WORST_FIRST = [
    QuoteState.NOT_MANUFACTURABLE,
    QuoteState.FAILED,
    QuoteState.PRICING,
    QuoteState.IN_REVIEW,
    QuoteState.EXPIRED,
    QuoteState.USED,
    QuoteState.PRICED,
]


def quote_state(lines: Iterable[QuoteState]) -> QuoteState:
    """A quote's state as its partner sees it, from those of its lines."""
    return min(lines, key=_WORST_FIRST.index)


def line_state(quote: Quote, *, at: datetime) -> QuoteState:
    """The state of a line; one past its time is expired, whether or not the sweep has been by."""
    if quote.status == QuoteStatus.PRICED:
        return QuoteState.PRICED if is_in_force(quote, at=at) else QuoteState.EXPIRED
    named = {
        QuoteStatus.REQUESTED: QuoteState.PRICING,
        QuoteStatus.CALCULATING: QuoteState.PRICING,
        QuoteStatus.IN_REVIEW: QuoteState.IN_REVIEW,
        QuoteStatus.ACCEPTED: QuoteState.USED,
        QuoteStatus.EXPIRED: QuoteState.EXPIRED,
        QuoteStatus.NOT_MANUFACTURABLE: QuoteState.NOT_MANUFACTURABLE,
        QuoteStatus.FAILED: QuoteState.FAILED,
    }
    return named[QuoteStatus(quote.status)]


def is_in_force(quote: Quote | None, *, at: datetime) -> bool:
    """Priced, and its time isn't over."""
    if quote is None or quote.status != QuoteStatus.PRICED or quote.valid_until is None:
        return False
    return quote.valid_until > at


def _totals(quotes: Sequence[Quote]) -> Totals | None:
    """The sum of the lines; None while one has no price, or when two have different currencies."""
    currencies = {quote.currency for quote in quotes if quote.gross is not None}
    if len(currencies) != 1 or any(quote.gross is None for quote in quotes):
        return None
    net, tax, gross = (sum((getattr(quote.amounts, name) for quote in quotes), Decimal(0)) for name in _AMOUNTS)
    return Totals(currencies.pop(), net, tax, gross)


def _promise(quotes: Sequence[Quote]) -> Promise | None:
    try:
        return promise_for(quotes)
    except NoRouting:  # the order will be refused for it; a price can be shown all the same
        return None


def variants_for_sale() -> "QuerySet[Variant]":
    """What partners can order by its SKU: the shop's catalogue, of which nothing else is read here."""
    offered = Variant.objects.filter(product__is_for_sale=True, alloy__is_offered=True)
    return offered.select_related("product__design", "design", "alloy", "quote")


def catalogue_page(*, after: str, limit: int) -> tuple[list[Variant], str | None]:
    """A page of the catalogue in the order of its SKUs, and the SKU to go on after; None at the end."""
    found = list(variants_for_sale().filter(sku__gt=after).order_by("sku")[: limit + 1])
    page = found[:limit]
    return page, page[-1].sku if len(found) > limit else None


def catalogue_entry(*, sku: str) -> Variant:
    """A piece of the catalogue. Refuses with NotFound."""
    variant = variants_for_sale().filter(sku=sku).first()
    if variant is None:
        raise NotFound
    return variant


def work_orders_of(order: ExternalOrder) -> "QuerySet[Any]":
    """The keys of the work orders that make an order's lines."""
    return order.items.exclude(work_order=None).values("work_order")


def order_page(*, partner: Partner, livemode: bool, public_id: str) -> ExternalOrder:
    """A partner's order with all that its representation needs. Refuses with NotFound."""
    own: ExternalOrderQuerySet = ExternalOrder.objects.of_partner(partner, livemode=livemode)
    order: ExternalOrder | None = own.with_page().filter(public_id=public_id).first()
    if order is None:
        raise NotFound
    return order


def is_metal_cast(order: ExternalOrder) -> bool:
    """Whether a piece of it is cast, or said to be cast by the reference of a test order."""
    if not order.livemode:
        return order.status == ExternalOrderStatus.IN_PRODUCTION and order.reference.startswith(SIMULATED_CAST)
    return ExternalOrder.objects.with_page().get(pk=order.pk).is_cast


def is_cancellable(order: Any) -> bool:
    """Whether a cancellation would be taken now; the order comes from `with_page`."""
    is_cast = order.is_cast if order.livemode else order.reference.startswith(SIMULATED_CAST)
    if order.status == ExternalOrderStatus.IN_PRODUCTION and is_cast:
        return False
    return order.status in _CANCELLABLE


def orders_page(
    *,
    partner: Partner,
    livemode: bool,
    after: str,
    limit: int,
    status: str = "",
    reference: str = "",
    updated_since: datetime | None = None,
) -> tuple[list[ExternalOrder], str | None]:
    """A page of a partner's orders, newest first, and the id to go on after; None at the end.

    Refuses with CursorInvalid. Uses index external_order_of_partner.
    """
    rows: ExternalOrderQuerySet = ExternalOrder.objects.of_partner(partner, livemode=livemode)
    if after:
        last = rows.filter(public_id=after).values_list("pk", flat=True).first()
        if last is None:
            raise CursorInvalid
        rows = rows.filter(pk__lt=last)
    asked = {"status": status, "reference": reference, "changed_at__gte": updated_since}
    wanted = {name: value for name, value in asked.items() if value}
    found = list(rows.filter(**wanted).with_page().newest_first()[: limit + 1])
    page = found[:limit]
    return page, page[-1].public_id if len(found) > limit else None


def events_of_order(*, partner: Partner, livemode: bool, public_id: str) -> list[Event]:
    """The events of a partner's order, as many as its life has steps. Refuses with NotFound."""
    own: ExternalOrderQuerySet = ExternalOrder.objects.of_partner(partner, livemode=livemode)
    order = own.filter(public_id=public_id).first()
    if order is None:
        raise NotFound
    return list(Event.objects.filter(order=order).order_by("sequence")[:100])


def events_page(*, partner: Partner, livemode: bool, limit: int, after: str = "") -> tuple[list[Event], str | None]:
    """A page of a partner's feed, oldest first, and the event to go on after when there are more already.

    Refuses with CursorInvalid, also for an event that is older than the feed. Uses index event_feed.
    """
    feed: EventQuerySet = Event.objects.of_partner(partner, livemode=livemode).feed(since=timezone.now() - FEED_KEPT)
    if after:
        last = feed.filter(public_id=after).values_list("feed_number", flat=True).first()
        if last is None:
            raise CursorInvalid
        feed = feed.filter(feed_number__gt=last)
    found = list(feed[: limit + 1])
    page = found[:limit]
    return page, page[-1].public_id if len(found) > limit else None


def endpoints_of(*, partner: Partner, livemode: bool) -> list[WebhookEndpoint]:
    """A partner's webhook endpoints, those that were disabled included, those he deleted not."""
    return list(WebhookEndpoint.objects.of_partner(partner, livemode=livemode).listed().order_by("pk")[:100])


def endpoint_page(*, partner: Partner, livemode: bool, public_id: str) -> WebhookEndpoint:
    """A partner's endpoint that he didn't delete. Refuses with NotFound."""
    own = WebhookEndpoint.objects.of_partner(partner, livemode=livemode).listed().filter(public_id=public_id)
    endpoint: WebhookEndpoint | None = own.first()
    if endpoint is None:
        raise NotFound
    return endpoint


def deliveries_page(
    *, endpoint: WebhookEndpoint, after: str, limit: int, status: str = ""
) -> tuple[list[WebhookDelivery], str | None]:
    """A page of what was sent to an endpoint, newest first, and the message to go on after.

    Refuses with CursorInvalid. Uses index webhook_delivery_newest.
    """
    rows = endpoint.deliveries.select_related("event").order_by("-pk")
    if after:
        last = rows.filter(message_id=after).values_list("pk", flat=True).first()
        if last is None:
            raise CursorInvalid
        rows = rows.filter(pk__lt=last)
    found = list((rows.filter(status=status) if status else rows)[: limit + 1])
    page = found[:limit]
    return page, page[-1].message_id if len(found) > limit else None


def events_waiting() -> int:
    """How many events no sender has numbered yet, a thousand at most."""
    return len(Event.objects.unnumbered().values_list("pk", flat=True)[:1_000])


def oldest_event_waiting() -> timedelta:
    """How long the oldest of them waits."""
    since = Event.objects.unnumbered().values_list("at", flat=True).first()
    return timezone.now() - since if since else timedelta(0)
