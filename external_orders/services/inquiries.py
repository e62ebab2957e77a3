"""What is asked while an order is made. Its work rests until the answer: a question to the partner holds the piece, and
so does his wish to cancel what is cast already.

One inquiry of an order is open at a time. Every step is an event of the order with a sequence of its own.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from config.kernel.errors import IllegalTransition, ReasonMissing
from config.kernel.locking import lock_one
from config.kernel.transitions import Actor, person
from external_orders.errors import FeeOverTotal, InquiryOpen, NothingAsked, OrderChanged
from external_orders.models import ExternalOrder, Inquiry
from external_orders.querysets import CAN_BE_HELD
from external_orders.selectors import work_orders_of
from external_orders.services.statuses import change_detail, move_external_order
from external_orders.states import ExternalOrderStatus, InquiryKind, InquiryOutcome, StatusDetail
from mes.models import WorkOrder, WorkOrderLog
from mes.selectors import is_past_working_days
from mes.services.release import cancel_work_order, hold_work_order, resume_work_order
from mes.states import WorkOrderStatus

DECIDED_WITHIN_WORKING_DAYS = 2
_SWEEP_AT_MOST = 200
# What the workshop reads: to it a partner's piece looks like any other.
_ASKED, _SETTLED = "a question is open", "the question is settled"
_TO_REST = [WorkOrderStatus.RELEASED, WorkOrderStatus.IN_PROGRESS]


@transaction.atomic
def ask_partner(*, order_id: int, reason: str, actor: Actor) -> ExternalOrder:
    """A planner asks the partner something (`reason`); the pieces rest until a planner lets them go on.

    Locks the order, then its work orders. Records an event. Refuses with ReasonMissing, InquiryOpen,
    IllegalTransition.
    """
    if not reason.strip():
        raise ReasonMissing
    order = _lock(order_id)
    if order.status not in CAN_BE_HELD:
        raise IllegalTransition(thing=str(order), current=order.status, wanted="on hold")
    if order.status_detail:
        raise InquiryOpen
    Inquiry.objects.create(order=order, kind=InquiryKind.QUESTION, text=reason.strip(), asked_by=person(actor))
    _rest(order, actor=actor)
    return change_detail(order, StatusDetail.WAITS_FOR_ANSWER, reason=reason, actor=actor)


def _lock(order_id: int, *, expected_sequence: int | None = None) -> ExternalOrder:
    """Refuses with OrderChanged when its sequence isn't the expected one."""
    order: ExternalOrder = lock_one(ExternalOrder.objects.filter(pk=order_id))
    if expected_sequence not in {None, order.sequence}:
        raise OrderChanged
    return order


@transaction.atomic
def answer_question(*, order_id: int, text: str, expected_sequence: int | None = None) -> ExternalOrder:
    """The partner answers what the workshop asked. A planner reads it before the pieces go on.

    Locks the order. Records an event. Refuses with OrderChanged, NothingAsked.
    """
    order = _lock(order_id, expected_sequence=expected_sequence)
    if order.status_detail != StatusDetail.WAITS_FOR_ANSWER:
        raise NothingAsked
    order.inquiries.filter(closed_at=None).update(answer=text, answered_at=timezone.now())
    return change_detail(order, StatusDetail.ANSWERED, reason=text)


@transaction.atomic
def resume_external_order(*, order_id: int, reason: str, actor: Actor) -> ExternalOrder:
    """A planner lets an order go on for which the partner was asked something, answered or not.

    Locks the order, then its work orders. Records an event. Refuses with ReasonMissing, NothingAsked.
    """
    order = _with_open(order_id, {StatusDetail.WAITS_FOR_ANSWER, StatusDetail.ANSWERED}, reason=reason)
    _go_on(order, actor=actor)
    return close_inquiry(order, InquiryOutcome.RESUMED, reason=reason, actor=actor)


def _with_open(order_id: int, details: set[StatusDetail], *, reason: str) -> ExternalOrder:
    if not reason.strip():
        raise ReasonMissing
    order = _lock(order_id)
    if order.status_detail not in details:
        raise NothingAsked
    return order


def request_cancellation(order: ExternalOrder, *, wish: str, via: str) -> ExternalOrder:
    """A partner wants a locked order cancelled of which metal is cast: a planner decides, and meanwhile it rests.

    Asked again it stays asked. Locks its work orders. Records an event.
    """
    if order.status_detail == StatusDetail.CANCEL_REQUESTED:
        return order
    order.inquiries.filter(closed_at=None).update(outcome=InquiryOutcome.OVERTAKEN, closed_at=timezone.now())
    Inquiry.objects.create(order=order, kind=InquiryKind.CANCELLATION, text=wish)
    _rest(order, actor=None)
    return change_detail(order, StatusDetail.CANCEL_REQUESTED, reason=via)


@transaction.atomic
def accept_cancellation(*, order_id: int, reason: str, fee: Decimal | None = None, actor: Actor) -> ExternalOrder:
    """A planner cancels an order that its partner wants cancelled though metal is cast; `fee` is what he still owes.

    Locks the order, then its work orders. Records an event. Refuses with ReasonMissing, NothingAsked, FeeOverTotal,
    IllegalTransition (everything is made already).
    """
    order = _with_open(order_id, {StatusDetail.CANCEL_REQUESTED}, reason=reason)
    if fee is not None and not 0 <= fee <= order.gross:
        raise FeeOverTotal(total=order.amount)
    order.inquiries.filter(closed_at=None).update(answer=reason.strip(), answered_at=timezone.now(), fee=fee)
    for work_order_id in _work(order).exclude(status=WorkOrderStatus.DONE):
        cancel_work_order(work_order_id=work_order_id, reason=_SETTLED, actor=actor, though_cast=True)
    return move_external_order(order_id=order.pk, to=ExternalOrderStatus.CANCELLED, actor=actor, reason=reason)


@transaction.atomic
def refuse_cancellation(*, order_id: int, reason: str, actor: Actor = None) -> ExternalOrder:
    """A planner goes on with an order that its partner wanted cancelled; the partner reads the reason.

    Locks the order, then its work orders. Records an event. Refuses with ReasonMissing, NothingAsked.
    """
    order = _with_open(order_id, {StatusDetail.CANCEL_REQUESTED}, reason=reason)
    order.inquiries.filter(closed_at=None).update(answer=reason.strip(), answered_at=timezone.now())
    _go_on(order, actor=actor)
    return close_inquiry(order, InquiryOutcome.REFUSED, reason=reason, actor=actor)


def close_inquiry(order: ExternalOrder, outcome: InquiryOutcome, *, reason: str, actor: Actor = None) -> ExternalOrder:
    """End what is open of a locked order, and have its partner told."""
    order.inquiries.filter(closed_at=None).update(outcome=outcome, closed_at=timezone.now())
    return change_detail(order, "", reason=reason, actor=actor)


def sweep_inquiries() -> None:
    """A wish to cancel that nobody decided on within two working days is refused, so that nothing rests for ever."""
    undecided = Inquiry.objects.filter(closed_at=None, kind=InquiryKind.CANCELLATION).order_by("asked_at")
    now = timezone.now()
    undecided = undecided.filter(asked_at__lt=now - timedelta(days=DECIDED_WITHIN_WORKING_DAYS))
    for order_id, asked_at in undecided.values_list("order", "asked_at")[:_SWEEP_AT_MOST]:
        if is_past_working_days(asked_at, DECIDED_WITHIN_WORKING_DAYS, at=now):
            _refuse_undecided(order_id)


def _refuse_undecided(order_id: int) -> None:
    try:
        refuse_cancellation(order_id=order_id, reason="not decided in time")
    except NothingAsked:  # a planner was quicker
        return


def _work(order: ExternalOrder) -> Any:
    rows = WorkOrder.objects.filter(pk__in=work_orders_of(order)).exclude(status=WorkOrderStatus.CANCELLED)
    return rows.order_by("pk").values_list("pk", flat=True)


def _rest(order: ExternalOrder, *, actor: Actor) -> None:
    for work_order_id in _work(order).filter(status__in=_TO_REST):
        hold_work_order(work_order_id=work_order_id, reason=_ASKED, actor=actor)


def _go_on(order: ExternalOrder, *, actor: Actor) -> None:
    """What rests for the question goes on; what a planner holds for a reason of his own does not."""
    holds = WorkOrderLog.objects.filter(work_order=OuterRef("pk"), to_status=WorkOrderStatus.ON_HOLD)
    held_for = holds.exclude(from_status=WorkOrderStatus.ON_HOLD).order_by("-pk").values("reason")[:1]
    resting = _work(order).filter(status=WorkOrderStatus.ON_HOLD).alias(held_for=Subquery(held_for))
    for work_order_id in resting.filter(held_for=_ASKED):
        resume_work_order(work_order_id=work_order_id, reason=_SETTLED, actor=actor)
