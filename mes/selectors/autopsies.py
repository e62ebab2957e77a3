"""Where the time of a work order went, from its log."""

from itertools import chain

from django.utils import timezone

from mes.autopsy import Moved, autopsy
from mes.models import OperationLog, WorkOrder, WorkOrderLog
from mes.states import Phase


def moves_of(work_order: WorkOrder) -> list[Moved]:
    """Every move of a work order and its operations. A line that changes no status (rush, pin) repeats the status."""
    own = WorkOrderLog.objects.filter(work_order=work_order).values_list("at", "to_status")
    of_operations = OperationLog.objects.filter(operation__work_order=work_order)
    steps = of_operations.order_by("pk").values_list("at", "operation", "to_status")
    return list(chain((Moved(at, None, status) for at, status in own), (Moved(*step) for step in steps)))


def time_spent(work_order: WorkOrder) -> dict[Phase, float]:
    """Minutes in each phase up to now, or to the end."""
    return autopsy(
        moves_of(work_order),
        ordered_at=work_order.aged_from,
        pricing_seconds=work_order.pricing_seconds,
        until=timezone.now(),
    )
