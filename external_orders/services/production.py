"""What the workshop's facts mean for external orders: started, done, cancelled, due on another day."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from config.kernel.locking import lock_all, lock_one
from config.kernel.queue import enqueue
from external_orders.models import ExternalOrder, ExternalOrderItem
from external_orders.querysets import IN_WORK
from external_orders.selectors import work_orders_of
from external_orders.services.statuses import change_promise, move_external_order
from external_orders.states import TRANSITIONS, ExternalOrderStatus
from mes.models import WorkOrder
from mes.selectors import current_of
from mes.services.scoring import score_order
from mes.states import WorkOrderStatus

_LOST = timedelta(minutes=2)
_SWEEP_AT_MOST = 200


@transaction.atomic
def record_production(*, work_order_id: int) -> ExternalOrder | None:
    """Bring an order's status up to what its work orders say; None when the work order is no partner's.

    The first start puts it in production, the last end makes it ready; when the workshop cancelled all of it, it is
    cancelled. A scrapped work order hands its line over to its remake. Reads the rows anew, so it may run twice, late
    or out of order. Locks the order. Records an event for each status.
    """
    found = ExternalOrder.objects.filter(items__work_order=work_order_id)
    if not found.exists():
        return None
    order: ExternalOrder = lock_one(found)
    _follow_remakes(order)
    work = list(WorkOrder.objects.filter(pk__in=work_orders_of(order)))
    if order.status == ExternalOrderStatus.CONFIRMED and any(one.started_at for one in work):
        order = move_external_order(order_id=order.pk, to=ExternalOrderStatus.IN_PRODUCTION)
    if order.status == ExternalOrderStatus.IN_PRODUCTION and all(one.status == WorkOrderStatus.DONE for one in work):
        order = move_external_order(order_id=order.pk, to=ExternalOrderStatus.READY)
        score_order(work)
    return _cancelled_by_workshop(order, work)


def _follow_remakes(order: ExternalOrder) -> None:
    scrapped = order.items.filter(work_order__status=WorkOrderStatus.SCRAPPED)
    for item in lock_all(scrapped):
        if item.work_order_id is not None:
            item.work_order_id = current_of(item.work_order_id)
            item.save(update_fields=["work_order"])


def _cancelled_by_workshop(order: ExternalOrder, work: Sequence[WorkOrder]) -> ExternalOrder:
    is_given_up = all(one.status == WorkOrderStatus.CANCELLED for one in work)
    if not is_given_up or ExternalOrderStatus.CANCELLED not in TRANSITIONS[order.status]:
        return order
    reason = f"{', '.join(one.reference for one in work)} cancelled by the workshop"
    return move_external_order(order_id=order.pk, to=ExternalOrderStatus.CANCELLED, reason=reason)


@transaction.atomic
def record_due_date(*, work_order_id: int) -> ExternalOrder | None:
    """A work order is due on another day: when that is later than what was promised, the partner is told the new date.

    A day that is earlier changes no promise. Reads the rows anew, so it may run twice. Locks the order. Records an
    event.
    """
    order: ExternalOrder | None = ExternalOrder.objects.filter(items__work_order=work_order_id).first()
    if order is None or order.status not in IN_WORK:
        return order
    open_work = WorkOrder.objects.filter(pk__in=work_orders_of(order)).exclude(status=WorkOrderStatus.CANCELLED)
    latest = open_work.aggregate(latest=Max("due_on"))["latest"]
    if latest is None or latest <= order.promised_on:
        return order
    return change_promise(order_id=order.pk, promised_on=latest, reason="due date")


@transaction.atomic
def sweep_production() -> None:
    """Hint again what the queue lost: work that began or ended and whose order hasn't heard of it."""
    behind = ExternalOrder.objects.behind_the_workshop(since=timezone.now() - _LOST)[:_SWEEP_AT_MOST]
    first_lines = ExternalOrderItem.objects.filter(order__in=list(behind), rank=1)
    for work_order_id in first_lines.values_list("work_order", flat=True):
        enqueue("external_orders.tasks.record_production", work_order_id=work_order_id)
