"""What a seller corrects of an order by hand: its promised date, its urgency, money that goes back."""

from datetime import date
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from config.kernel.errors import ReasonMissing
from config.kernel.locking import lock_one
from crm.errors import DayIsOver, NothingToRefund, RefundTooLarge
from crm.models import RefundNote
from crm.services.production import open_work_orders
from crm.services.reviews import IN_WORK, UNDECIDED, require
from mes.services.corrections import change_due_date
from mes.services.release import expedite_work_order
from shop.models import Order
from shop.services import orders
from shop.services.corrections import write_down
from shop.states import PaymentStatus


def _lock(order_id: int, reason: str) -> Order:
    if not reason.strip():
        raise ReasonMissing
    return lock_one(Order.objects.filter(pk=order_id))


@transaction.atomic
def change_promised_date(*, order_id: int, promised_on: date, reason: str, actor: User) -> Order:
    """Promise another day; the open work orders are due by it. Promises are still scored by the first one.

    Locks the order, then its work orders. Refuses with ReasonMissing, DayIsOver, IllegalTransition (it is packed).
    """
    order = _lock(order_id, reason)
    require(order, UNDECIDED | IN_WORK, wanted="promised anew")
    if promised_on < timezone.localdate():
        raise DayIsOver
    order = orders.change_promised_date(order_id=order.pk, promised_on=promised_on, reason=reason, actor=actor)
    for work_order in open_work_orders(order):
        change_due_date(work_order_id=work_order.pk, due_on=promised_on, reason=reason, actor=actor)
    return order


@transaction.atomic
def expedite_order(*, order_id: int, reason: str, actor: User) -> Order:
    """Put an order before all that isn't rush in the workshop, from the next worklists on.

    Locks the order, then its work orders. Refuses with ReasonMissing, IllegalTransition (nothing of it is being made).
    """
    order = _lock(order_id, reason)
    require(order, IN_WORK, wanted="rush")
    write_down(order_id=order.pk, what=f"rush: {reason}", actor=actor)
    for work_order in open_work_orders(order):
        expedite_work_order(work_order_id=work_order.pk, reason=reason, actor=actor)
    return order


@transaction.atomic
def note_refund(*, order_id: int, amount: Decimal, reason: str, actor: User) -> RefundNote:
    """Note money that goes back to the customer. Moving it is the bank's; together never more than he paid.

    Locks the order. Refuses with ReasonMissing, NothingToRefund, RefundTooLarge.
    """
    order = _lock(order_id, reason)
    if order.payment_status == PaymentStatus.UNPAID:
        raise NothingToRefund
    noted = sum(order.refund_notes.values_list("amount", flat=True), Decimal(0))
    if not 0 < amount <= order.gross - noted:
        raise RefundTooLarge(most=f"{order.gross - noted} {order.currency}")
    write_down(order_id=order.pk, what=f"refund {amount} {order.currency}: {reason}", actor=actor)
    return RefundNote.objects.create(order=order, amount=amount, reason=reason.strip()[:300], actor=actor)
