"""A line changed before it is made, at a new price; an order split in two."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from config.kernel.locking import lock_all, lock_one
from crm.errors import LineChangeOpen, NoSuchLine, NothingChanged, PriceMoved, SizeNotMade
from crm.models import LineChange, Review
from crm.services.reviews import decide, lock_undecided, look_again
from crm.states import ChangeOutcome, Verdict
from pricing.models import Choices, Design
from pricing.services.quotes import accept_quote, request_quote
from shop.models import Order, OrderLine, Variant
from shop.services.corrections import split_off, take_quote, write_down
from shop.services.orders import move_order
from shop.states import OrderStatus

_SHOWN = ("size", "finish", "quantity")


@transaction.atomic
def request_line_change(
    *,
    order_id: int,
    line_id: int,
    size: str = "",
    finish: str = "",
    quantity: int | None = None,
    reason: str,
    actor: User,
) -> LineChange:
    """Ask for the price of a line in another size, finish or quantity; what isn't told stays as it is.

    The order waits as an exception meanwhile. Locks the order, then the line. Refuses with ReasonMissing,
    NotUnderReview (it is in production), NoSuchLine, LineChangeOpen, NothingChanged, SizeNotMade, and what pricing
    refuses (UnknownAlloy, UnknownFinish, BadQuantity).
    """
    order = lock_undecided(order_id, reason)
    line = _lock_line(order, line_id)
    if line.changes.open().exists():
        raise LineChangeOpen
    old = line.quote.choices
    new = replace(old, size=size.strip() or old.size, finish=finish or old.finish, quantity=quantity or old.quantity)
    if new == old:
        raise NothingChanged
    design = _design_in(line, new)
    quote = request_quote(design=design, alloy_code=line.alloy.code, actor=actor, **asdict(new))
    change = LineChange.objects.create(line=line, quote=quote, reason=reason.strip()[:300])
    if order.status == OrderStatus.PLACED:
        move_order(order_id=order.pk, to=OrderStatus.EXCEPTION, actor=actor, reason=reason)
    if not Review.objects.filter(order=order, verdict=Verdict.ASKED).exists():
        decide(order, Verdict.HELD, reason, actor)
    write_down(order_id=order.pk, what=f"{line.title}, {_in_words(old, new)}, priced anew: {reason}", actor=actor)
    return change


def _lock_line(order: Order, line_id: int) -> OrderLine:
    found = lock_all(OrderLine.objects.filter(order=order, pk=line_id).select_related("quote", "alloy", "design"))
    if not found:
        raise NoSuchLine
    return found[0]


def _design_in(line: OrderLine, new: Choices) -> Design:
    """What is cast in the new size: a catalogue piece has a design for each size, an own design is what it is."""
    if line.product_id is None or new.size == line.size:
        return line.design
    sold = Variant.objects.filter(product=line.product_id, alloy=line.alloy_id, size=new.size)
    variant = sold.select_related("design", "product__design").first()
    if variant is None:
        raise SizeNotMade(title=line.title, size=new.size)
    return variant.made_from


def _in_words(old: Choices, new: Choices) -> str:
    pairs = [(name, getattr(old, name), getattr(new, name)) for name in _SHOWN]
    return ", ".join(f"{name} {before} → {after}" for name, before, after in pairs if before != after)


@transaction.atomic
def take_line_change(*, order_id: int, change_id: int, shown: Decimal, reason: str, actor: User) -> Order:
    """Take the new price of a changed line; the order's sums follow. `shown`: the price that the seller saw.

    The rules look at the order again, and it waits for the seller all the same. Locks the order, the line, the quote.
    Refuses with ReasonMissing, NotUnderReview, NoSuchLine, PriceMoved, QuoteNotPriced, QuoteExpired.
    """
    order = lock_undecided(order_id, reason)
    change = _lock_change(order, change_id)
    line = lock_one(OrderLine.objects.filter(pk=change.line_id))
    before = (line.gross, order.gross)
    quote = accept_quote(quote_id=change.quote_id, actor=actor)
    if quote.gross != shown:
        raise PriceMoved
    order = take_quote(line_id=line.pk, quote=quote)
    _settle(change, ChangeOutcome.TAKEN)
    prices = f"{before[0]} → {quote.gross}, total {before[1]} → {order.gross} {order.currency}"
    write_down(order_id=order.pk, what=f"{line.title}: {prices}: {reason}", actor=actor)
    look_again(order=order, note=reason, actor=actor)
    return order


@transaction.atomic
def drop_line_change(*, order_id: int, change_id: int, reason: str, actor: User) -> Order:
    """Leave a line as it was. Locks the order, then the change.

    Refuses with ReasonMissing, NotUnderReview, NoSuchLine.
    """
    order = lock_undecided(order_id, reason)
    _settle(_lock_change(order, change_id), ChangeOutcome.DROPPED)
    return write_down(order_id=order.pk, what=f"line stays as it was: {reason}", actor=actor)


def _lock_change(order: Order, change_id: int) -> LineChange:
    found: list[Any] = lock_all(LineChange.objects.open().filter(pk=change_id, line__order=order))
    if not found:
        raise NoSuchLine
    return found[0]


def _settle(change: LineChange, outcome: str) -> None:
    change.outcome, change.settled_at = outcome, timezone.now()
    change.save(update_fields=["outcome", "settled_at"])


@transaction.atomic
def split_order(*, order_id: int, line_ids: Sequence[int], reason: str, actor: User) -> Order:
    """Move lines to an order of their own, which the rules review by themselves; the rest waits where it was.

    Locks the order, then its lines. Publishes shop.order_placed for the new one. Refuses with ReasonMissing,
    NotUnderReview (it is in production), LineChangeOpen, BadSplit.
    """
    order = lock_undecided(order_id, reason)
    if LineChange.objects.open().filter(line__order=order).exists():
        raise LineChangeOpen
    part = split_off(order_id=order.pk, line_ids=line_ids, reason=reason, actor=actor)
    if order.status == OrderStatus.EXCEPTION:
        order.refresh_from_db()
        look_again(order=order, note=reason, actor=actor)
    return part
