"""What operators do: take, start, finish, give back."""

from datetime import timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from config.kernel.errors import IllegalTransition
from config.kernel.events import publish
from config.kernel.locking import lock_one
from config.kernel.transitions import Actor, move, person
from mes.errors import NothingToTake, NotQualified, NotYours, OnHold, Pinned, Taken
from mes.models import Operation, Operator, WorkOrder
from mes.selectors import claimable_for
from mes.services.claiming import claim_first
from mes.services.planning import Refill, refill_worklist, top_up_worklist
from mes.services.release import advance, hold_work_order
from mes.services.tallies import count
from mes.states import OperationKind, OperationStatus, WorkOrderStatus

_REFILLS_AT_MOST: Final = 100
_READ_TWICE: Final = timedelta(seconds=5)


def qualified_operator(user: User, work_centre_id: int) -> Operator:
    """The operator behind a user, when he is qualified for the work centre. Refuses with NotQualified."""
    operator = Operator.objects.filter(user=user, work_centres=work_centre_id).first()
    if operator is None:
        raise NotQualified
    return operator


def claim_next(*, work_centre_id: int, actor: User) -> Operation:
    """Take the first piece of the published worklist that nobody else is taking.

    Locks the operation. When few rows are left the list is topped up, in a transaction of its own; one that ran dry all
    the same is published before anything is taken. Refuses with NotQualified, NothingToTake.
    """
    claimed = claim_first(work_centre_id=work_centre_id, actor=actor)
    if claimed is None:
        claimed = _claim_after_refill(work_centre_id, qualified_operator(actor, work_centre_id), actor)
    if claimed is None:
        raise NothingToTake
    operation, is_running_dry = claimed
    if is_running_dry:
        top_up_worklist(work_centre_id=work_centre_id)
    return operation


def _claim_after_refill(work_centre_id: int, operator: Operator, actor: User) -> tuple[Operation, bool] | None:
    """The others may empty the new list first; then it is published again, as long as there is anything to list."""
    ready = Operation.objects.ready().at(work_centre_id).open_to(operator)
    for _ in range(_REFILLS_AT_MOST):
        if not ready.exists():
            return None
        refill = refill_worklist(work_centre_id=work_centre_id)
        claimed = claim_first(work_centre_id=work_centre_id, actor=actor)
        if claimed is not None or refill == Refill.NOT_NEEDED:
            return claimed
    return None


@transaction.atomic
def claim_operation(*, operation_id: int, reason: str, actor: User) -> Operation:
    """Take a chosen piece, with a reason on the record; one that wasn't the next for him counts as out of turn.

    Locks the operation. Refuses with NotQualified, Pinned, Taken.
    """
    operation = lock_one(Operation.objects.filter(pk=operation_id))
    operator = qualified_operator(actor, operation.work_centre_id)
    if operation.pinned_to_id not in {None, operator.pk}:
        raise Pinned
    is_next = claimable_for(operator, operation.work_centre_id).first() == operation
    try:
        move(operation, OperationStatus.CLAIMED, actor=actor, operator=operator, reason=reason)
    except IllegalTransition:
        raise Taken from None
    count("claims" if is_next else "claims_out_of_turn", work_centre_id=operation.work_centre_id)
    return operation


def claim_or_next(*, operation_id: int, reason: str, actor: User) -> Operation:
    """Take a chosen piece; when somebody was faster, the next one of its work centre at once.

    Refuses with NotQualified, Pinned, Taken (and nothing else is left).
    """
    try:
        return claim_operation(operation_id=operation_id, reason=reason, actor=actor)
    except Taken:
        work_centre_id = Operation.objects.values_list("work_centre", flat=True).get(pk=operation_id)
        try:
            return claim_next(work_centre_id=work_centre_id, actor=actor)
        except NothingToTake:
            raise Taken from None


@transaction.atomic
def start_operation(*, operation_id: int, actor: User) -> Operation:
    """Start a piece in hand; the first start of a work order puts it in progress.

    Locks the work order, then the operation. Publishes mes.work_order_started.
    Refuses with NotYours, OnHold, IllegalTransition.
    """
    work_order, operation = lock_own(operation_id, actor)
    if work_order.status == WorkOrderStatus.ON_HOLD:
        raise OnHold
    now = timezone.now()
    move(operation, OperationStatus.IN_PROGRESS, actor=actor, started_at=now)
    if work_order.status == WorkOrderStatus.RELEASED:
        move(work_order, WorkOrderStatus.IN_PROGRESS, actor=actor, started_at=now)
        publish("mes.work_order_started", work_order_id=work_order.pk)
    return operation


@transaction.atomic
def finish_operation(*, operation_id: int, actor: User) -> Operation:
    """Finish a running operation and make the next one ready; the last one finishes the work order.

    Locks the work order, then the operation. Publishes mes.operation_ready or mes.work_order_finished. Refuses with
    NotYours, IllegalTransition. A held work order keeps its next operation waiting.
    """
    work_order, operation = lock_own(operation_id, actor)
    move(operation, OperationStatus.DONE, actor=actor, finished_at=timezone.now())
    if operation.kind == OperationKind.INSPECT:
        operation.inspections.create(is_passed=True, actor=actor)
    if work_order.status != WorkOrderStatus.ON_HOLD:
        advance(work_order, actor=actor)
    return operation


def go_on_with(*, operation_id: int, actor: User) -> Operation | None:
    """What scanning a piece means: one in the actor's hands is started, one that runs is finished.

    None, and nothing changes, when it is in nobody's or somebody else's hands, or was started a moment ago: a scanner
    may read a label twice. Refuses as start_operation and finish_operation do.
    """
    operation = Operation.objects.in_hand().filter(pk=operation_id, operator__user=actor).first()
    if operation is None:
        return None
    if operation.status == OperationStatus.CLAIMED:
        return start_operation(operation_id=operation_id, actor=actor)
    if operation.started_at is not None and timezone.now() - operation.started_at < _READ_TWICE:
        return None
    return finish_operation(operation_id=operation_id, actor=actor)


@transaction.atomic
def give_back_operation(*, operation_id: int, reason: str, actor: User) -> Operation:
    """Put a claimed piece back on the list; one on hold waits until its work order is resumed.

    Locks the work order, then the operation. Publishes mes.operation_ready. Refuses with NotYours, IllegalTransition.
    """
    work_order, operation = lock_own(operation_id, actor)
    if work_order.status == WorkOrderStatus.ON_HOLD:
        move(operation, OperationStatus.WAITING, actor=actor, reason=reason, operator=None)
        return operation
    move(operation, OperationStatus.READY, actor=actor, reason=reason, operator=None)
    publish("mes.operation_ready", work_centre_id=operation.work_centre_id)
    return operation


@transaction.atomic
def report_problem(*, operation_id: int, reason: str, actor: User) -> Operation:
    """An operator stops a piece in his hands; it stays there until a planner says how it goes on.

    Locks the work order, then the operation. Refuses with NotYours, ReasonMissing, IllegalTransition.
    """
    work_order, operation = lock_own(operation_id, actor)
    hold_work_order(work_order_id=work_order.pk, reason=reason, actor=actor)
    count("problems", work_centre_id=operation.work_centre_id)
    return operation


def lock_own(operation_id: int, actor: Actor) -> tuple[WorkOrder, Operation]:
    """The operation an operator has in hand and its work order, both locked. Refuses with NotYours."""
    work_order = lock_one(WorkOrder.objects.filter(operations=operation_id))
    operation = lock_one(work_order.operations.filter(pk=operation_id))
    if (
        operation.operator_id is None
        or not Operator.objects.filter(pk=operation.operator_id, user=person(actor)).exists()
    ):
        raise NotYours
    return work_order, operation
