"""The moves of an order. Who decides on them sits above (crm); what is true of an order is kept here."""

from datetime import date

from django.db import transaction

from config.kernel.errors import IllegalTransition, ReasonMissing
from config.kernel.events import publish
from config.kernel.locking import lock_one
from config.kernel.transitions import Actor, move, person, write_log
from shop.errors import MessageEmpty, NotCancellable, NotYourOrder, TrackingMissing
from shop.models import Customer, Order, OrderMessage
from shop.services.telling import write_letter
from shop.states import CANCELLABLE, TOLD, LetterKind, OrderStatus

MOST_WRITTEN = 2000
BY_THE_CUSTOMER = "the customer cancelled"


@transaction.atomic
def move_order(*, order_id: int, to: str, actor: Actor = None, reason: str = "", **changes: str) -> Order:
    """Move an order and have its customer told. Locks the order. Refuses with IllegalTransition.

    Publishes shop.order_decided when it is approved, stopped or cancelled.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    move(order, to, actor=actor, reason=reason, **changes)
    if to in TOLD:
        write_letter(order=order, kind=to)
    if to in {OrderStatus.APPROVED, OrderStatus.EXCEPTION, OrderStatus.CANCELLED}:
        publish("shop.order_decided", order_id=order.pk)
    return order


@transaction.atomic
def change_promised_date(*, order_id: int, promised_on: date, reason: str, actor: Actor = None) -> Order:
    """Promise another day and have the customer told; the day that is promised already changes nothing.

    Locks the order. Refuses with ReasonMissing, IllegalTransition (it is on its way, delivered or cancelled).
    """
    if not reason.strip():
        raise ReasonMissing
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status not in CANCELLABLE:
        raise IllegalTransition(thing=str(order), current=order.status, wanted=str(promised_on))
    if order.promised_on == promised_on:
        return order
    before, order.promised_on = order.promised_on, promised_on
    order.save(update_fields=["promised_on"])
    what = f"promised {before} → {promised_on}: {reason.strip()}"
    write_log(order, order.status, actor=actor, reason=what, from_status=order.status)
    write_letter(order=order, kind=LetterKind.PROMISE, about=order.log.latest("pk").pk)
    return order


def ship_order(*, order_id: int, tracking_number: str, actor: Actor) -> Order:
    """The carrier has the parcel. Refuses with TrackingMissing, IllegalTransition."""
    if not tracking_number.strip():
        raise TrackingMissing
    return move_order(
        order_id=order_id, to=OrderStatus.SHIPPED, actor=actor, tracking_number=tracking_number.strip()[:60]
    )


def deliver_order(*, order_id: int, reason: str, actor: Actor) -> Order:
    """The parcel arrived; `reason` says how that is known. Refuses with IllegalTransition."""
    return move_order(order_id=order_id, to=OrderStatus.DELIVERED, actor=actor, reason=reason)


@transaction.atomic
def cancel_own_order(*, customer: Customer, reference: str, actor: Actor = None) -> Order:
    """A customer cancels his order: at once before it is approved, afterwards by asking whoever knows the workshop.

    Locks the order. Publishes shop.cancellation_asked for an approved one. Refuses with NotYourOrder, NotCancellable.
    """
    order = _own(customer, reference)
    if order.status in {OrderStatus.PLACED, OrderStatus.EXCEPTION}:
        return move_order(order_id=order.pk, to=OrderStatus.CANCELLED, actor=actor, reason=BY_THE_CUSTOMER)
    if order.status not in CANCELLABLE:
        raise NotCancellable
    publish("shop.cancellation_asked", order_id=order.pk)
    return order


@transaction.atomic
def write_message(*, customer: Customer, reference: str, text: str, actor: Actor = None) -> OrderMessage:
    """A customer asks or tells something about his order, which answers what he was asked. Locks the order.

    Publishes shop.question_answered when he was. Refuses with NotYourOrder, MessageEmpty.
    """
    order = _own(customer, reference)
    said = OrderMessage.objects.create(order=order, is_from_customer=True, text=_words(text), author=person(actor))
    if order.messages.filter(is_question=True, answered_at=None).update(answered_at=said.at):
        publish("shop.question_answered", order_id=order.pk)
    return said


@transaction.atomic
def ask_question(*, order_id: int, text: str, actor: Actor = None) -> OrderMessage:
    """The company asks the customer something about his order; he gets an e-mail, and answers on the order's page.

    Locks the order. Refuses with MessageEmpty.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    asked = {"order": order, "is_from_customer": False, "is_question": True, "author": person(actor)}
    question = OrderMessage.objects.create(text=_words(text), **asked)
    write_letter(order=order, kind=LetterKind.QUESTION, about=question.pk)
    return question


@transaction.atomic
def answer_message(*, order_id: int, text: str, actor: Actor = None) -> OrderMessage:
    """The company writes about an order, which answers what its customer asked; he gets it by e-mail too.

    Locks the order. Refuses with MessageEmpty.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    said = OrderMessage.objects.create(order=order, is_from_customer=False, text=_words(text), author=person(actor))
    order.messages.filter(is_from_customer=True, answered_at=None).update(answered_at=said.at)
    write_letter(order=order, kind=LetterKind.MESSAGE, about=said.pk)
    return said


def _own(customer: Customer, reference: str) -> Order:
    own = Order.objects.of_customer(customer).filter(reference=reference)
    if not own.exists():
        raise NotYourOrder
    return lock_one(own)


def _words(text: str) -> str:
    words = text.strip()
    if not words or len(words) > MOST_WRITTEN:
        raise MessageEmpty(most=MOST_WRITTEN)
    return words
