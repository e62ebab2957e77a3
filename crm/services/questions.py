"""A question to the customer: the order waits for his answer as an exception, and comes back when he wrote."""

from django.contrib.auth.models import User
from django.db import transaction

from config.kernel.errors import IllegalTransition
from config.kernel.locking import lock_one
from crm.models import Review
from crm.services.reviews import UNDECIDED, decide
from crm.states import Verdict
from shop.models import Order, OrderMessage
from shop.services.corrections import write_down
from shop.services.orders import ask_question, move_order
from shop.states import OrderStatus


@transaction.atomic
def ask_customer(*, order_id: int, text: str, actor: User) -> OrderMessage:
    """Ask the customer something by e-mail. An order that nobody decided on waits for him; one in work goes on.

    Locks the order. Refuses with MessageEmpty, IllegalTransition (it is cancelled).
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status == OrderStatus.CANCELLED:
        raise IllegalTransition(thing=str(order), current=order.status, wanted="asked")
    question = ask_question(order_id=order.pk, text=text, actor=actor)
    if order.status == OrderStatus.PLACED:
        order = move_order(order_id=order.pk, to=OrderStatus.EXCEPTION, actor=actor, reason="asked the customer")
    else:
        write_down(order_id=order.pk, what="asked the customer", actor=actor)
    if order.status in UNDECIDED:
        decide(order, Verdict.ASKED, question.text, actor)
    return question


@transaction.atomic
def record_answer(*, order_id: int) -> Review | None:
    """The customer answered: his order waits for a seller again. Safe to run twice (None). Locks the order."""
    order = lock_one(Order.objects.filter(pk=order_id))
    review = Review.objects.filter(order=order, verdict=Verdict.ASKED).first()
    if review is None or order.messages.filter(is_question=True, answered_at=None).exists():
        return None
    review.verdict = Verdict.STOPPED if review.reasons else Verdict.HELD
    review.save(update_fields=["verdict"])
    write_down(order_id=order.pk, what="the customer answered", actor=None)
    return review
