"""Work orders: released to the shop floor, held, resumed, cancelled, expedited."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.kernel.errors import IllegalTransition, ReasonMissing
from config.kernel.events import publish
from config.kernel.locking import lock_all, lock_one
from config.kernel.transitions import Actor, move, write_log
from mes.errors import AlreadyCast, NoRouting
from mes.models import Operation, RoutingStep, WorkCentre, WorkContent, WorkOrder
from mes.querysets import OPEN_WORK_ORDER
from mes.selectors import area_cm2, promise_of, recent_open_minutes, seconds_to_price, stones_to_set
from mes.services.scoring import score
from mes.services.tallies import count_touch
from mes.states import OperationKind, OperationStatus, WorkOrderStatus
from pricing.errors import QuoteNotPriced
from pricing.models import Quote


@dataclass(frozen=True, slots=True)
class Piece:
    """What is to be made, in words of the workshop: from whom it was ordered doesn't matter here.

    Rush, stones and engraving are the quote's unless they are told here. `promised_on` and `promise_probability` (per
    cent): what the buyer was told when he ordered, where that is known; without, he was told the due date.
    """

    title: str
    instruction: str
    aged_from: datetime
    due_on: date
    is_rush: bool = False
    stones: str = ""
    stone_count: int = 0
    engraving: str = ""
    promised_on: date | None = None
    promise_probability: int | None = None


@transaction.atomic
def release_work_order(*, quote_id: int, piece: Piece, actor: Actor = None) -> WorkOrder:
    """Make the work order for an accepted quote and its operations, the first one ready.

    The specification is copied, so that nothing changed later reaches the bench. Publishes mes.operation_ready.
    Refuses with NoRouting, QuoteNotPriced.
    """
    quote = Quote.objects.select_related("alloy", "measurement").get(pk=quote_id)
    if quote.measurement is None:
        raise QuoteNotPriced
    work_order = WorkOrder(
        kind=quote.kind,
        design_id=quote.design_id,
        measurement=quote.measurement,
        alloy=quote.alloy,
        finish=quote.finish,
        size=quote.size,
        quantity=quote.pieces,
        mass_g=quote.cast_mass_g or quote.amounts.mass_g,
        mass_factor=Decimal((quote.receipt or {}).get("piece", {}).get("mass_factor", 1)),
        pricing_seconds=seconds_to_price(quote),
        **_as_asked(piece, quote),
    )
    return put_on_the_floor(work_order, actor=actor)


def _as_asked(piece: Piece, quote: Quote) -> dict[str, Any]:
    asked = {name: getattr(piece, name) for name in Piece.__slots__}
    stones, count = stones_to_set(quote)
    return asked | {
        "is_rush": piece.is_rush or quote.rush,
        "stones": piece.stones or stones,
        "stone_count": piece.stone_count or count,
        "engraving": piece.engraving or quote.engraving,
        "promised_on": piece.promised_on or piece.due_on,
    }


def put_on_the_floor(work_order: WorkOrder, *, actor: Actor, reason: str = "") -> WorkOrder:
    """Save a new work order with the operations of its routing and make the first one ready, in one transaction.

    Publishes mes.operation_ready. Refuses with NoRouting.
    """
    content = work_content_of(work_order)
    steps = RoutingStep.objects.filter(routing__kind=work_order.kind).order_by("sequence")
    needed = [
        step for step in steps.select_related("work_centre").prefetch_related("also_at") if step.is_needed_by(content)
    ]
    if not needed:
        raise NoRouting(kind=work_order.kind)
    promise = promise_of(kind=work_order.kind, content=content, is_rush=work_order.is_rush)
    work_order.expected_on = promise.expected_on
    work_order.save(force_insert=True)
    write_log(work_order, WorkOrderStatus.RELEASED, actor=actor, reason=reason)
    _create_operations(work_order, needed, content, actor=actor)
    return work_order


def work_content_of(work_order: WorkOrder) -> WorkContent:
    """What the planned minutes of a work order depend on."""
    return WorkContent(
        quantity=work_order.quantity,
        mass_g=work_order.mass_g,
        area_cm2=area_cm2(work_order.measurement.figures),
        stones=work_order.stone_count,
        colour=work_order.alloy.colour,
        is_engraved=bool(work_order.engraving),
    )


def _create_operations(work_order: WorkOrder, steps: list[RoutingStep], content: WorkContent, *, actor: Actor) -> None:
    """Write the operations, the first one ready, as `ready_next_operation` would leave it. Publishes
    mes.operation_ready.
    """
    waiting = recent_open_minutes() if any(step.also_at.all() for step in steps) else {}
    operations = [
        Operation(
            work_order=work_order,
            sequence=step.sequence,
            kind=step.kind,
            work_centre_id=least_loaded(step, waiting).pk,
            planned_minutes=step.minutes_for(content),
            aged_from=work_order.aged_from,
            due_on=work_order.due_on,
            is_rush=work_order.is_rush,
        )
        for step in steps
    ]
    first = operations[0]
    first.status = OperationStatus.READY
    Operation.objects.bulk_create(operations)
    write_log(first, OperationStatus.READY, actor=actor, from_status=OperationStatus.WAITING)
    publish("mes.operation_ready", work_centre_id=first.work_centre_id)


def least_loaded(step: RoutingStep, waiting: dict[int, int]) -> WorkCentre:
    """Of the work centres that can do a step, the one with the fewest days of work waiting; its own one in a tie."""
    able = [step.work_centre, *step.also_at.all()]
    return min(able, key=lambda one: waiting.get(one.pk, 0) / (one.stations * one.minutes_per_day))


def ready_next_operation(work_order: WorkOrder, *, actor: Actor) -> Operation | None:
    """Make the first operation that is still to come of a locked work order ready; None when there is none.

    Publishes mes.operation_ready.
    """
    operation = work_order.operations.still_to_come().order_by("sequence").first()
    if operation is not None:
        move(operation, OperationStatus.READY, actor=actor)
        publish("mes.operation_ready", work_centre_id=operation.work_centre_id)
    return operation


def advance(work_order: WorkOrder, *, actor: Actor) -> None:
    """Make the next operation of a locked work order ready; when none is left to do, the work order is done.

    Publishes mes.operation_ready or mes.work_order_finished.
    """
    if ready_next_operation(work_order, actor=actor) is None:
        move(work_order, WorkOrderStatus.DONE, actor=actor, finished_at=timezone.now())
        score(work_order)
        publish("mes.work_order_finished", work_order_id=work_order.pk)


@transaction.atomic
def hold_work_order(*, work_order_id: int, reason: str, actor: Actor) -> WorkOrder:
    """Stop a work order: what is ready waits again and leaves the worklists, what is running may be finished.

    Locks the work order, then its operations. Refuses with ReasonMissing, IllegalTransition.
    """
    if not reason.strip():
        raise ReasonMissing
    work_order = lock_one(WorkOrder.objects.filter(pk=work_order_id))
    move(work_order, WorkOrderStatus.ON_HOLD, actor=actor, reason=reason)
    count_touch(actor)
    for operation in lock_all(work_order.operations.filter(status=OperationStatus.READY)):
        move(operation, OperationStatus.WAITING, actor=actor, reason=reason)
    return work_order


def _require_reason(reason: str, actor: Actor) -> None:
    if actor is not None and not reason.strip():
        raise ReasonMissing


@transaction.atomic
def resume_work_order(*, work_order_id: int, reason: str, actor: Actor) -> WorkOrder:
    """Let a held work order go on where it stopped; one whose last operation was finished meanwhile is done.

    Locks the work order. Publishes mes.operation_ready or mes.work_order_finished. Refuses with ReasonMissing (of a
    person), IllegalTransition.
    """
    _require_reason(reason, actor)
    work_order = lock_one(WorkOrder.objects.filter(pk=work_order_id))
    back = WorkOrderStatus.IN_PROGRESS if work_order.started_at else WorkOrderStatus.RELEASED
    move(work_order, back, actor=actor, reason=reason)
    count_touch(actor)
    if not work_order.operations.in_hand().exists():
        advance(work_order, actor=actor)
    return work_order


@transaction.atomic
def cancel_work_order(*, work_order_id: int, reason: str, actor: Actor, though_cast: bool = False) -> WorkOrder:
    """Cancel a work order whose metal hasn't been cast, or `though_cast`: what was made of it is melted down.

    Locks the work order, then its operations. Publishes mes.work_order_cancelled. Refuses with ReasonMissing
    (of a person), AlreadyCast, IllegalTransition.
    """
    _require_reason(reason, actor)
    work_order = lock_one(WorkOrder.objects.filter(pk=work_order_id))
    operations = lock_all(work_order.operations.all())
    if not though_cast and any(one.kind == OperationKind.CAST and one.started_at for one in operations):
        raise AlreadyCast
    move(work_order, WorkOrderStatus.CANCELLED, actor=actor, reason=reason)
    count_touch(actor)
    for operation in operations:
        if operation.status != OperationStatus.DONE:
            move(operation, OperationStatus.CANCELLED, actor=actor, reason=reason)
    publish("mes.work_order_cancelled", work_order_id=work_order.pk)
    return work_order


@transaction.atomic
def expedite_work_order(*, work_order_id: int, reason: str, actor: Actor) -> WorkOrder:
    """Put a work order before all that isn't rush, from the next publication on.

    Locks the work order. Refuses with ReasonMissing, IllegalTransition (it is closed).
    """
    return _set_rush(work_order_id, is_rush=True, what="rush", reason=reason, actor=actor)


@transaction.atomic
def calm_work_order(*, work_order_id: int, reason: str, actor: Actor) -> WorkOrder:
    """Put a work order that was rush back among the others, from the next publication on.

    Locks the work order. Refuses with ReasonMissing, IllegalTransition (it is closed).
    """
    return _set_rush(work_order_id, is_rush=False, what="not rush any more", reason=reason, actor=actor)


def _set_rush(work_order_id: int, *, is_rush: bool, what: str, reason: str, actor: Actor) -> WorkOrder:
    if not reason.strip():
        raise ReasonMissing
    work_order = lock_one(WorkOrder.objects.filter(pk=work_order_id))
    if work_order.status not in OPEN_WORK_ORDER:
        raise IllegalTransition(thing=str(work_order), current=work_order.status, wanted=what)
    write_log(work_order, work_order.status, actor=actor, reason=f"{what}: {reason}")
    work_order.is_rush = is_rush
    work_order.save(update_fields=["is_rush"])
    work_order.operations.open().update(is_rush=is_rush)
    count_touch(actor)
    return work_order
