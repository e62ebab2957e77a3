"""When something goes wrong: a piece goes back to an earlier step, or it is scrapped and made anew."""

from django.db import transaction

from config.kernel.errors import ReasonMissing
from config.kernel.events import publish
from config.kernel.locking import lock_all, lock_one
from config.kernel.references import random_key, work_order_reference
from config.kernel.transitions import Actor, move, person
from mes.errors import NoSuchStep, NotStarted
from mes.models import Operation, WorkOrder
from mes.querysets import OPEN_OPERATION
from mes.services.operations import lock_own
from mes.services.release import put_on_the_floor, ready_next_operation
from mes.services.tallies import count, count_touch
from mes.states import OperationKind, OperationStatus, WorkOrderStatus

_NOT_FROZEN = {"id", "reference", "status", "released_at", "started_at", "finished_at", "remake_of"}


@transaction.atomic
def rework_operation(*, operation_id: int, back_to: int, reason: str, actor: Actor) -> Operation:
    """Send a running piece back: the step with sequence `back_to` and all from it up to this one are done again.

    Locks the work order, then its operations. Publishes mes.operation_ready. Refuses with NotYours, ReasonMissing,
    NoSuchStep, IllegalTransition. A held work order waits with it until it is resumed.
    """
    if not reason.strip():
        raise ReasonMissing
    work_order, operation = lock_own(operation_id, actor)
    if not work_order.operations.filter(sequence=back_to, sequence__lte=operation.sequence).exists():
        raise NoSuchStep
    again = work_order.operations.filter(sequence__gte=back_to, sequence__lte=operation.sequence)
    for one in lock_all(again):
        _do_again(one, reason=reason, actor=actor)
    if work_order.status != WorkOrderStatus.ON_HOLD:
        ready_next_operation(work_order, actor=actor)
    if operation.kind == OperationKind.INSPECT:
        operation.inspections.create(is_passed=False, reason=reason, actor=person(actor))
    count("reworks", work_centre_id=operation.work_centre_id)
    return operation


def _do_again(operation: Operation, *, reason: str, actor: Actor) -> None:
    """`started_at` stays: a piece that was cast once has been cast."""
    times = operation.times_reworked + 1
    move(
        operation,
        OperationStatus.REWORK,
        actor=actor,
        reason=reason,
        operator=None,
        finished_at=None,
        times_reworked=times,
    )


@transaction.atomic
def scrap_work_order(*, work_order_id: int, reason: str, actor: Actor) -> WorkOrder:
    """Scrap what was made of a work order and release its remake, which keeps the age and the dates of the first.

    Locks the work order, then its operations. Publishes mes.work_order_scrapped and mes.operation_ready. Refuses with
    ReasonMissing, NotStarted, IllegalTransition.
    """
    if not reason.strip():
        raise ReasonMissing
    work_order = lock_one(WorkOrder.objects.filter(pk=work_order_id))
    if work_order.started_at is None:
        raise NotStarted
    move(work_order, WorkOrderStatus.SCRAPPED, actor=actor, reason=reason)
    count_touch(actor)
    for operation in lock_all(work_order.operations.filter(status__in=OPEN_OPERATION)):
        move(operation, OperationStatus.CANCELLED, actor=actor, reason=reason)
    remake = put_on_the_floor(_remake_of(work_order), actor=actor, reason=f"remake of {work_order.reference}")
    count("scraps")
    publish("mes.work_order_scrapped", work_order_id=work_order.pk)
    return remake


def _remake_of(work_order: WorkOrder) -> WorkOrder:
    """A work order with the same frozen specification, age and dates, not saved yet."""
    names = [field.attname for field in WorkOrder._meta.concrete_fields if field.name not in _NOT_FROZEN]
    frozen = {name: getattr(work_order, name) for name in names}
    return WorkOrder(id=random_key(), reference=work_order_reference(), remake_of=work_order, **frozen)
