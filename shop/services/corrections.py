"""What is corrected of an order before or while it is made. Who decides on it, and when he may, is crm's."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from config.kernel.events import publish
from config.kernel.locking import lock_all, lock_one
from config.kernel.references import secret_key
from config.kernel.transitions import Actor, write_log
from pricing.models import Quote
from shop.errors import BadSplit
from shop.models import Order, OrderLine
from shop.services.checkout import FROZEN
from shop.states import OrderStatus

_SUMS = ("net", "tax", "gross")
# Of an order, what a part that is split off has too.
_SHARED = (
    "customer_id", "promised_on", "first_promised_on", "promise_probability", "currency", "payment_way",
    "payment_status", "name", "email", "phone", "address", "postal_code", "city", "country", "note", "delivery_way_id",
    "terms_version",
)  # fmt: skip


@transaction.atomic
def write_down(*, order_id: int, what: str, actor: Actor) -> Order:
    """A line in an order's log without a move. Locks the order."""
    order = lock_one(Order.objects.filter(pk=order_id))
    write_log(order, order.status, actor=actor, reason=what, from_status=order.status)
    return order


@transaction.atomic
def take_quote(*, line_id: int, quote: Quote) -> Order:
    """Make a line what an accepted quote says, with the order's sums. Locks the order, then the line.

    The earlier quote stays accepted: it is what the customer ordered first.
    """
    order = lock_one(Order.objects.filter(lines=line_id))
    line = lock_one(OrderLine.objects.filter(pk=line_id))
    _add(order, [line], sign=-1)
    for name in FROZEN:
        setattr(line, name, getattr(quote, name))
    line.quote = quote
    line.save(update_fields=["quote", *FROZEN])
    _add(order, [line])
    order.save(update_fields=_SUMS)
    return order


@transaction.atomic
def split_off(*, order_id: int, line_ids: Sequence[int], reason: str, actor: Actor) -> Order:
    """Move lines to a new order of the same customer, as old as the first; the delivery stays charged with the first.

    Locks the order, then its lines. Publishes shop.order_placed for the new one. Refuses with BadSplit.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    lines = {line.pk: line for line in lock_all(OrderLine.objects.filter(order=order))}
    moved = set(line_ids)
    if not moved or not moved < set(lines):
        raise BadSplit
    part = Order(**{name: getattr(order, name) for name in _SHARED}, net=0, tax=0, gross=0, checkout_key=secret_key())
    _add(part, [lines[pk] for pk in moved])
    part.save()
    Order.objects.filter(pk=part.pk).update(placed_at=order.placed_at)  # its age counts from the first order
    OrderLine.objects.filter(pk__in=moved).update(order=part)
    _add(order, [lines[pk] for pk in moved], sign=-1)
    order.save(update_fields=_SUMS)
    write_log(part, OrderStatus.PLACED, actor=actor, reason=f"split from {order.reference}: {reason}")
    what = f"split off {part.reference}: {reason}"
    write_log(order, order.status, actor=actor, reason=what, from_status=order.status)
    publish("shop.order_placed", order_id=part.pk)
    return part


def _add(order: Order, lines: Iterable[OrderLine], *, sign: int = 1) -> None:
    """Add lines to an order's sums, or take them off; the delivery in them stays as it was charged."""
    for line in lines:
        for name in _SUMS:
            setattr(order, name, getattr(order, name) + sign * getattr(line, name))
