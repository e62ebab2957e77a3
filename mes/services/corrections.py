"""What people correct by hand: where and by whom an operation is done, when an order is due, by which policy a work
centre works. Each with a reason, on the record; the lists show it from the next publication on.
"""

from datetime import date

from django.db import transaction

from config.kernel.errors import IllegalTransition, ReasonMissing
from config.kernel.events import publish
from config.kernel.locking import lock_one
from config.kernel.transitions import Actor, person, write_log
from mes.errors import NotQualifiedThere
from mes.models import Operation, Operator, WorkCentre, WorkOrder
from mes.querysets import OPEN_WORK_ORDER, STILL_TO_COME
from mes.services.tallies import count_touch
from mes.states import OperationStatus, Policy

_NOT_TAKEN = {*STILL_TO_COME, OperationStatus.READY}


def _lock_untaken(operation_id: int, *, wanted: str, reason: str) -> Operation:
    """Lock an operation that nobody has taken. Refuses with ReasonMissing, IllegalTransition."""
    if not reason.strip():
        raise ReasonMissing
    operation = lock_one(Operation.objects.filter(pk=operation_id))
    if operation.status not in _NOT_TAKEN:
        raise IllegalTransition(thing=str(operation), current=operation.status, wanted=wanted)
    return operation


@transaction.atomic
def reassign_operation(*, operation_id: int, work_centre_id: int, reason: str, actor: Actor) -> Operation:
    """Let another work centre do an operation that nobody has taken; a pin is taken off with it.

    Locks the operation. Publishes mes.operation_ready. Refuses with ReasonMissing, IllegalTransition.
    """
    operation = _lock_untaken(operation_id, wanted="reassigned", reason=reason)
    work_centre = WorkCentre.objects.get(pk=work_centre_id)
    write_log(operation, operation.status, actor=actor, reason=f"reassigned to {work_centre.code}: {reason}")
    operation.work_centre = work_centre
    operation.pinned_to = None
    operation.save(update_fields=["work_centre", "pinned_to"])
    operation.places.all().delete()
    count_touch(actor)
    if operation.status == OperationStatus.READY:
        publish("mes.operation_ready", work_centre_id=work_centre.pk)
    return operation


@transaction.atomic
def pin_operation(*, operation_id: int, operator_id: int | None, reason: str, actor: Actor) -> Operation:
    """Keep an operation that nobody has taken for one operator; None takes the pin off.

    Locks the operation. Refuses with ReasonMissing, NotQualifiedThere, IllegalTransition.
    """
    operation = _lock_untaken(operation_id, wanted="pinned", reason=reason)
    if operator_id is not None:
        _check_qualified(operator_id, operation.work_centre_id)
    name = "nobody" if operator_id is None else f"operator {operator_id}"
    write_log(operation, operation.status, actor=actor, reason=f"pinned to {name}: {reason}")
    operation.pinned_to_id = operator_id
    operation.save(update_fields=["pinned_to"])
    count_touch(actor)
    return operation


def _check_qualified(operator_id: int, work_centre_id: int) -> None:
    operator = Operator.objects.get(pk=operator_id)
    if not operator.work_centres.filter(pk=work_centre_id).exists():
        raise NotQualifiedThere(operator=operator, work_centre=WorkCentre.objects.get(pk=work_centre_id))


@transaction.atomic
def change_due_date(*, work_order_id: int, due_on: date, reason: str, actor: Actor) -> WorkOrder:
    """Move the day an open work order is due. What the buyer was promised stays as it was and is scored as it was.

    Locks the work order. Publishes mes.due_date_changed. Refuses with ReasonMissing, IllegalTransition (it is closed).
    """
    if not reason.strip():
        raise ReasonMissing
    work_order = lock_one(WorkOrder.objects.filter(pk=work_order_id))
    if work_order.status not in OPEN_WORK_ORDER:
        raise IllegalTransition(thing=str(work_order), current=work_order.status, wanted="due later")
    write_log(work_order, work_order.status, actor=actor, reason=f"due {work_order.due_on} → {due_on}: {reason}")
    work_order.due_on = due_on
    work_order.save(update_fields=["due_on"])
    work_order.operations.open().update(due_on=due_on)
    publish("mes.due_date_changed", work_order_id=work_order.pk)
    count_touch(actor)
    return work_order


@transaction.atomic
def change_policy(*, work_centre_id: int, policy: Policy, reason: str, actor: Actor) -> WorkCentre:
    """Let a work centre work in another order, from its next publication on.

    Locks the work centre. Refuses with ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    work_centre = lock_one(WorkCentre.objects.filter(pk=work_centre_id))
    work_centre.log.create(
        actor=person(actor), from_status=work_centre.policy, to_status=policy, reason=reason.strip()[:500]
    )
    work_centre.policy = policy
    work_centre.save(update_fields=["policy"])
    count_touch(actor)
    return work_centre
