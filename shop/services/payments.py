"""Money for orders: what the provider says of it, what a seller saw at the bank, and what was sent back.

Money counts only when it is the order's whole amount in its currency, of an order that waits for it; whatever else came
is kept with its problem for a seller to look at, and the order stays unpaid. Locks go order, payment.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from payments import PaymentStatus as ProviderStatus

from config.kernel.errors import IllegalTransition, ReasonMissing
from config.kernel.events import publish
from config.kernel.locking import lock_one
from config.kernel.transitions import Actor, person, write_log
from shop.errors import (
    AmountDiffers,
    NotPayable,
    NotRefundable,
    NotYourOrder,
    OrderUnknown,
    PaymentKnown,
    PaymentUnknown,
    ReferenceMissing,
)
from shop.models import Customer, Order, Payment
from shop.services.telling import write_letter
from shop.states import PAYMENT_MOVES, LetterKind, OrderStatus, PaymentProblem, PaymentStatus, PaymentWay

Answer = TypeVar("Answer")

_OPEN = [ProviderStatus.WAITING, ProviderStatus.INPUT]


@transaction.atomic
def start_payment(*, customer: Customer, reference: str) -> Payment:
    """A payment by card of a customer's own order; one that was begun and not decided is taken up again.

    Locks the order. Refuses with NotYourOrder, NotPayable (paid, cancelled, or no provider takes cards).
    """
    own = Order.objects.of_customer(customer).filter(reference=reference)
    if not own.exists():
        raise NotYourOrder
    order = lock_one(own)
    if not may_be_paid(order) or PaymentWay.CARD not in settings.PAYMENT_VARIANTS:
        raise NotPayable
    begun = order.payments.filter(variant=PaymentWay.CARD, status__in=_OPEN, total=order.gross).first()
    return begun or _new_payment(order, PaymentWay.CARD)


@transaction.atomic
def show_to_provider(*, payment_id: int, show: Callable[[Payment], Answer]) -> Answer:
    """What the provider wants shown for an open payment; he may note a session of his own in the row.

    Locks the payment. Refuses with NotPayable.
    """
    payment = lock_one(Payment.objects.filter(pk=payment_id).select_related("order"))
    if payment.status not in _OPEN:
        raise NotPayable
    return show(payment)


@transaction.atomic
def hear_provider(*, token: str, hear: Callable[[Payment], Answer]) -> Answer:
    """What a provider says of a payment takes effect once, however often it says it; `hear` checks that it is he.

    Locks the order, then the payment. Publishes shop.order_paid. Refuses with PaymentUnknown, PaymentKnown (the same
    transaction was told of another payment).
    """
    known = Payment.objects.filter(token=token).values_list("pk", "order_id").first()
    if known is None:
        raise PaymentUnknown
    order = lock_one(Order.objects.filter(pk=known[1]))
    payment = lock_one(Payment.objects.filter(pk=known[0]))
    if payment.settled_at is not None:
        return _hear_again(order, payment, hear)
    try:
        answer = hear(payment)
        if payment.status == ProviderStatus.CONFIRMED:
            _settle(order, payment)
    except IntegrityError as wrong:
        raise PaymentKnown(number=payment.transaction_id) from wrong
    return answer


def _hear_again(order: Order, payment: Payment, hear: Callable[[Payment], Answer]) -> Answer:
    """Of money that arrived a provider can only say that it went back; whatever else he does to the row is undone."""
    point = transaction.savepoint()
    answer = hear(payment)
    went_back = payment.status == ProviderStatus.REFUNDED
    transaction.savepoint_rollback(point)
    stored = Payment.objects.get(pk=payment.pk)
    if went_back and stored.status == ProviderStatus.CONFIRMED:
        _refund(order, stored, number=stored.transaction_id, reason="the provider says so", actor=None)
    return answer


@transaction.atomic
def record_transfer(
    *, reference: str, amount: Decimal, number: str, reason: str, actor: Actor, currency: str = ""
) -> Payment:
    """A seller saw the whole amount on the company's account; `number` is the bank's for it.

    Locks the order. Publishes shop.order_paid. Refuses with OrderUnknown, ReasonMissing, ReferenceMissing, NotPayable,
    AmountDiffers, PaymentKnown.
    """
    if not reason.strip():
        raise ReasonMissing
    if not number.strip():
        raise ReferenceMissing
    wanted = Order.objects.filter(reference=reference.strip().upper())
    if not wanted.exists():
        raise OrderUnknown(reference=reference.strip()[:16])
    order = lock_one(wanted)
    if not may_be_paid(order):
        raise NotPayable
    given_currency = currency or order.currency
    if amount != order.gross or given_currency != order.currency:
        raise AmountDiffers(wanted=f"{order.gross} {order.currency}", given=f"{amount} {given_currency}")
    try:
        with transaction.atomic():
            payment = _new_payment(
                order,
                PaymentWay.TRANSFER,
                status=ProviderStatus.CONFIRMED,
                captured_amount=amount,
                transaction_id=number.strip()[:120],
                recorded_by=person(actor),
                reason=reason.strip()[:300],
            )
    except IntegrityError as wrong:
        raise PaymentKnown(number=number.strip()[:120]) from wrong
    _settle(order, payment, actor=actor)
    return payment


@transaction.atomic
def note_refund(*, payment_id: int, number: str, reason: str, actor: Actor) -> Payment:
    """A seller sent the money back where it came from; `number` is the bank's or the provider's for that.

    Locks the order, then the payment. Refuses with ReasonMissing, ReferenceMissing, NotRefundable.
    """
    if not reason.strip():
        raise ReasonMissing
    if not number.strip():
        raise ReferenceMissing
    order = lock_one(Order.objects.filter(payments=payment_id))
    payment = lock_one(Payment.objects.filter(pk=payment_id))
    if payment.settled_at is None or payment.status != ProviderStatus.CONFIRMED:
        raise NotRefundable
    _refund(order, payment, number=number.strip()[:120], reason=reason.strip(), actor=actor)
    return payment


def may_be_paid(order: Order) -> bool:
    return order.payment_status == PaymentStatus.UNPAID and order.status != OrderStatus.CANCELLED


def move_payment(order: Order, to: str, *, reason: str, actor: Actor = None) -> None:
    """The one way a payment status changes, of a locked order: by the table, with a line in the order's log."""
    if to not in PAYMENT_MOVES[order.payment_status]:
        raise IllegalTransition(thing=str(order), current=order.payment_status, wanted=to)
    order.payment_status = to
    order.save(update_fields=["payment_status"])
    write_log(order, order.status, actor=actor, reason=f"{to}: {reason}")


def _new_payment(order: Order, way: str, **more: object) -> Payment:
    return Payment.objects.create(
        order=order,
        variant=way,
        total=order.gross,
        tax=order.tax,
        delivery=order.delivery_gross,
        currency=order.currency,
        description=order.reference,
        billing_email=order.email,
        **more,
    )


def _settle(order: Order, payment: Payment, *, actor: Actor = None) -> None:
    """Money arrived: the order is paid, unless something is wrong with it."""
    payment.problem, payment.settled_at = _problem(order, payment), timezone.now()
    payment.save(update_fields=["problem", "settled_at", "captured_amount", "transaction_id"])
    told = f"{payment.captured_amount} {payment.currency} {payment.variant} {payment.transaction_id}"
    if payment.problem:
        write_log(order, order.status, actor=actor, reason=f"not counted as paid ({payment.problem}): {told}")
        return
    move_payment(order, PaymentStatus.PAID, reason=f"{told} {payment.reason}".strip(), actor=actor)
    write_letter(order=order, kind=LetterKind.PAID, about=payment.pk)
    publish("shop.order_paid", order_id=order.pk)


def _problem(order: Order, payment: Payment) -> str:
    if payment.currency != order.currency:
        return PaymentProblem.CURRENCY
    if payment.captured_amount != order.gross or payment.total != order.gross:
        return PaymentProblem.AMOUNT
    if order.status == OrderStatus.CANCELLED:
        return PaymentProblem.CANCELLED
    if order.payment_status != PaymentStatus.UNPAID:
        return PaymentProblem.TWICE
    return PaymentProblem.NONE


def _refund(order: Order, payment: Payment, *, number: str, reason: str, actor: Actor) -> None:
    payment.status, payment.refunded_at, payment.refund_number = ProviderStatus.REFUNDED, timezone.now(), number
    payment.save(update_fields=["status", "refunded_at", "refund_number"])
    told = f"{payment.captured_amount} {payment.currency} {number}: {reason}"
    if payment.problem:  # it never made the order paid
        write_log(order, order.status, actor=actor, reason=f"sent back: {told}")
    else:
        move_payment(order, PaymentStatus.REFUNDED, reason=told, actor=actor)
    write_letter(order=order, kind=LetterKind.REFUNDED, about=payment.pk)
