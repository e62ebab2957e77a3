"""The acceptance of an external order: written in one transaction and, within the limits, released to the workshop."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import translation

from config.kernel.locking import lock_one
from config.kernel.transitions import Actor
from external_orders.errors import DuplicateReference, NotFound
from external_orders.limits import Facts, Limits, reasons_to_wait
from external_orders.models import ExternalOrder, ExternalOrderItem, ExternalQuote, ExternalQuoteItem, Partner
from external_orders.services import test_mode
from external_orders.services.inquiries import ask_partner
from external_orders.services.statuses import move_external_order, record_creation
from external_orders.states import ExternalOrderStatus
from mes.models import WorkOrder
from mes.selectors import promise_for
from mes.services.release import Piece, release_work_order
from pricing.errors import QuoteExpired
from pricing.models import Quote
from pricing.services.quotes import accept_quotes
from pricing.states import CERTAIN

_WITHIN_LIMITS = "limits"


@dataclass(frozen=True, slots=True)
class ShipTo:
    """Where an order is sent."""

    name: str
    line1: str
    city: str
    postal_code: str
    country: str


@transaction.atomic
def accept_external_order(
    *, partner: Partner, livemode: bool, quote_id: str, reference: str, ship_to: ShipTo, note: str = "", via: str
) -> ExternalOrder:
    """Order what was quoted: the order is received and, within the partner's limits, confirmed and released at once.

    Locks the partner when he has a credit limit, then the quotes of its items. Records an event for each
    status. `via` names the key on the record. Refuses with NotFound, DuplicateReference, mes' NoRouting and
    pricing's QuoteExpired, QuoteUsed, QuoteNotPriced. The order comes with its lines, as
    `ExternalOrderQuerySet.with_page` reads it.
    """
    asked: ExternalQuote | None = (
        ExternalQuote.objects.of_partner(partner, livemode=livemode).filter(public_id=quote_id).first()
    )
    if asked is None:
        raise NotFound
    asked.partner = partner
    _refuse_known(asked, reference)
    limits = _limits(partner)
    items = list(asked.items.select_related("model"))
    quotes = _accept_quotes(items)
    reasons = reasons_to_wait(limits, _facts(quotes, _open_amount(asked, limits))) if livemode else []
    order = _new_order(asked, quotes, reference=reference, note=note, ship_to=ship_to, waits_for=reasons)
    return _settle(order, items, via=via)


def _refuse_known(asked: ExternalQuote, reference: str) -> None:
    own = ExternalOrder.objects.of_partner(asked.partner, livemode=asked.livemode)
    existing = own.filter(reference=reference).values_list("public_id", flat=True).first()
    if existing is not None:
        raise DuplicateReference(existing_order=existing)


def _accept_quotes(items: Sequence[ExternalQuoteItem]) -> list[Quote]:
    """Lock and bind the quotes of an order's lines, in their order. Prices of two currencies have no sum."""
    accepted = {one.pk: one for one in accept_quotes(quote_ids=[item.quote_id for item in items], actor=None)}
    if len({quote.currency for quote in accepted.values()}) != 1:
        raise QuoteExpired
    for item in items:
        item.quote = accepted[item.quote_id]
    return [item.quote for item in items]


def _new_order(
    asked: ExternalQuote, quotes: Sequence[Quote], *, reference: str, ship_to: ShipTo, **columns: Any
) -> ExternalOrder:
    """An order that isn't written yet."""
    address = {f"ship_to_{name}": value for name, value in asdict(ship_to).items()}
    promise = promise_for(quotes)  # its load is at most a minute old: intake is fast
    return ExternalOrder(
        partner=asked.partner,
        livemode=asked.livemode,
        reference=reference,
        quote=asked,
        promised_on=promise.day,
        first_promised_on=promise.day,
        promise_probability=promise.probability,
        **_totals(quotes),
        **address,
        **columns,
    )


def _settle(order: ExternalOrder, items: Sequence[ExternalQuoteItem], *, via: str) -> ExternalOrder:
    """Write a new order as confirmed, or let it wait for the reasons there are, with all that belongs to it."""
    simulated = test_mode.simulated(order)
    received = ", ".join([via, *(one["code"] for one in order.waits_for), *simulated])
    is_confirmed = not order.waits_for and not simulated
    if is_confirmed:
        order.status, order.sequence = ExternalOrderStatus.CONFIRMED, 2
    _write(order)
    _write_lines(order, items, is_released=is_confirmed and order.livemode)
    record_creation(order, reasons=[received, _WITHIN_LIMITS] if is_confirmed else [received])
    if test_mode.ASKED in simulated:
        ask_partner(order_id=order.pk, reason=test_mode.ASKED, actor=None)
        order.refresh_from_db(fields=["status_detail", "sequence", "changed_at"])
        order.know_inquiries()
    if test_mode.REJECTED in simulated:
        move_external_order(order_id=order.pk, to=ExternalOrderStatus.REJECTED, reason=test_mode.REJECTED)
        order.refresh_from_db(fields=["status", "sequence", "changed_at"])
    return order


def _write(order: ExternalOrder) -> None:
    """Save a new order; its quote is closed with it. Refuses with DuplicateReference."""
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError:  # another request with the same reference committed between the look and the write
        _refuse_known(order.quote, order.reference)
        raise
    ExternalQuote.objects.filter(pk=order.quote_id).update(closed_at=order.accepted_at)


def _write_lines(order: ExternalOrder, items: Sequence[ExternalQuoteItem], *, is_released: bool) -> None:
    lines = [
        ExternalOrderItem(
            order=order,
            rank=item.rank,
            quote_item=item,
            work_order=_release(order, item.quote, actor=None) if is_released else None,
        )
        for item in items
    ]
    ExternalOrderItem.objects.bulk_create(lines)
    order.know_lines(lines)


def _totals(quotes: Sequence[Quote]) -> dict[str, Any]:
    """The sums of the accepted quotes' amounts, copied and never recomputed."""
    amounts = [quote.amounts for quote in quotes]
    sums = {name: sum((getattr(one, name) for one in amounts), Decimal(0)) for name in ("net", "tax", "gross")}
    return {"currency": amounts[0].currency, **sums}


def _open_amount(asked: ExternalQuote, limits: Limits) -> Decimal:
    """What the partner's open orders come to, where that matters. Uses index external_order_of_partner_by."""
    if limits.credit is None:
        return Decimal(0)
    open_orders = ExternalOrder.objects.of_partner(asked.partner, livemode=asked.livemode).open()
    return open_orders.aggregate(open=Sum("gross"))["open"] or Decimal(0)


def _facts(quotes: Sequence[Quote], open_amount: Decimal) -> Facts:
    """What the partner's limits look at."""
    totals = _totals(quotes)
    return Facts(
        currency=totals["currency"],
        amount=totals["gross"],
        pieces=sum(quote.pieces for quote in quotes),
        alloys=frozenset(quote.alloy.code for quote in quotes),
        open_amount=open_amount,
        are_designs_certain=all(quote.verdict in CERTAIN for quote in quotes),
    )


def _limits(partner: Partner) -> Limits:
    """The limits as they are now. A partner with credit is locked: two orders at once must not both use it up."""
    if partner.credit_limit is not None:
        partner = lock_one(Partner.objects.filter(pk=partner.pk))
    return Limits(
        currency=partner.currency,
        most_amount=partner.most_amount,
        most_pieces=partner.most_pieces,
        alloys=frozenset(partner.alloys.values_list("code", flat=True)),
        credit=partner.credit_limit,
    )


def release_and_confirm(order: ExternalOrder, *, actor: Actor, reason: str) -> ExternalOrder:
    """Release a locked order to the workshop, where its pieces look like any others.

    A test order is confirmed without the workshop's knowledge.
    """
    for item in order.items.select_related("quote_item__quote") if order.livemode else ():
        item.work_order = _release(order, item.quote_item.quote, actor=actor)
        item.save(update_fields=["work_order"])
    return move_external_order(order_id=order.pk, to=ExternalOrderStatus.CONFIRMED, actor=actor, reason=reason)


def _release(order: ExternalOrder, quote: Quote, *, actor: Actor) -> WorkOrder:
    with translation.override(settings.LANGUAGE_CODE):  # the workshop's language, not the partner's
        title = str(quote.get_kind_display()).capitalize()
    piece = Piece(
        title=title,
        instruction="",
        aged_from=order.accepted_at,
        due_on=order.promised_on,
        promised_on=order.first_promised_on,
        promise_probability=order.promise_probability,
    )
    return release_work_order(quote_id=quote.pk, piece=piece, actor=actor)
