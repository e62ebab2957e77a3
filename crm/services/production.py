"""Between the order and the workshop: commands go down to mes, its facts come up."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from config.kernel.locking import lock_all, lock_one
from config.kernel.transitions import Actor
from crm.models import ProductionRequest
from mes.models import WorkOrder
from mes.selectors import current_of
from mes.services.release import Piece, cancel_work_order, hold_work_order, release_work_order, resume_work_order
from mes.services.scoring import score_order
from mes.states import WorkOrderStatus
from shop.models import Order, OrderLine
from shop.services.orders import move_order
from shop.states import OrderStatus

_LOST = timedelta(minutes=2)
_SWEEP_AT_MOST = 200
_IN_WORK = [OrderStatus.APPROVED, OrderStatus.IN_PRODUCTION]


def send_to_production(*, order: Order, actor: Actor = None) -> None:
    """Release a work order for every line of a locked, approved order, in the caller's transaction."""
    for line in lock_all(OrderLine.objects.filter(order=order)):
        piece = Piece(
            title=line.title,
            instruction="",
            aged_from=order.placed_at,
            due_on=order.promised_on,
            promised_on=order.first_promised_on,
            promise_probability=order.promise_probability,
        )
        work_order = release_work_order(quote_id=line.quote_id, piece=piece, actor=actor)
        ProductionRequest.objects.create(order_line=line, work_order=work_order)


@transaction.atomic
def record_production(*, work_order_id: int) -> Order | None:
    """Bring an order's status up to what its work orders say; None when the work order is no shop order's.

    A scrapped one hands its line over to its remake. Cancelled ones count no more: an order goes on with the others,
    and is cancelled when none is left. Reads the rows anew, so it may run twice, late or out of order. Locks the order.
    """
    request = ProductionRequest.objects.filter(work_order=work_order_id).select_related("order_line").first()
    if request is None:
        return None
    order = lock_one(Order.objects.filter(pk=request.order_line.order_id))
    _follow_remakes(order)
    work_orders = WorkOrder.objects.filter(pk__in=_work_order_ids(order)).exclude(status=WorkOrderStatus.CANCELLED)
    if order.status in _IN_WORK and not work_orders.exists():
        return move_order(order_id=order.pk, to=OrderStatus.CANCELLED, reason="the workshop cancelled its work orders")
    if order.status == OrderStatus.APPROVED and work_orders.filter(started_at__isnull=False).exists():
        order = move_order(order_id=order.pk, to=OrderStatus.IN_PRODUCTION)
    unfinished = work_orders.exclude(status=WorkOrderStatus.DONE)
    if order.status == OrderStatus.IN_PRODUCTION and not unfinished.exists():
        order = move_order(order_id=order.pk, to=OrderStatus.READY)
        score_order(list(work_orders))
    return order


def _follow_remakes(order: Order) -> None:
    """Point the lines of a locked order at what is made for them now."""
    scrapped = ProductionRequest.objects.filter(order_line__order=order, work_order__status=WorkOrderStatus.SCRAPPED)
    for request in scrapped.order_by("pk"):
        remake = current_of(request.work_order_id)
        ProductionRequest.objects.filter(pk=request.pk).update(work_order=remake)


def _work_order_ids(order: Order) -> list[int]:
    rows = ProductionRequest.objects.filter(order_line__order=order).order_by("work_order")
    return list(rows.values_list("work_order", flat=True))


def open_work_orders(order: Order) -> list[WorkOrder]:
    """What is being made of an order."""
    return list(WorkOrder.objects.filter(pk__in=_work_order_ids(order)).open().order_by("pk"))


@transaction.atomic
def hold_production(*, order: Order, reason: str, actor: Actor) -> None:
    """Hold every open work order of a locked order."""
    for work_order in open_work_orders(order):
        if work_order.status != WorkOrderStatus.ON_HOLD:
            hold_work_order(work_order_id=work_order.pk, reason=reason, actor=actor)


@transaction.atomic
def resume_production(*, order: Order, reason: str, actor: Actor) -> None:
    """Let every held work order of a locked order go on."""
    held = WorkOrder.objects.filter(pk__in=_work_order_ids(order), status=WorkOrderStatus.ON_HOLD)
    for work_order in held.order_by("pk"):
        resume_work_order(work_order_id=work_order.pk, reason=reason, actor=actor)


@transaction.atomic
def cancel_production(*, order: Order, reason: str, actor: Actor) -> None:
    """Cancel every work order of a locked order. Refuses with mes' AlreadyCast, and then nothing is cancelled."""
    made = WorkOrder.objects.filter(pk__in=_work_order_ids(order)).exclude(status=WorkOrderStatus.CANCELLED)
    for work_order in made.order_by("pk"):
        cancel_work_order(work_order_id=work_order.pk, reason=reason, actor=actor)


def lagging_work_orders() -> list[int]:
    """Work orders whose start, end or cancellation their order hasn't heard of: the queue lost the fact."""
    since = timezone.now() - _LOST
    of_order = WorkOrder.objects.filter(production_request__order_line__order=OuterRef("order_line__order"))
    unfinished = of_order.exclude(status__in=[WorkOrderStatus.DONE, WorkOrderStatus.CANCELLED])
    started = Q(order_line__order__status=OrderStatus.APPROVED, work_order__started_at__lt=since)
    ended = Q(order_line__order__status__in=_IN_WORK) & ~Exists(unfinished)
    scrapped = Q(order_line__order__status__in=_IN_WORK, work_order__status=WorkOrderStatus.SCRAPPED)
    lagging = ProductionRequest.objects.filter(started | ended | scrapped).order_by("pk")
    return list(lagging.values_list("work_order", flat=True)[:_SWEEP_AT_MOST])
