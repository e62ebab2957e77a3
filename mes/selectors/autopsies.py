"""Where the time of an order went, from the logs of its work orders."""

from collections.abc import Collection
from datetime import datetime
from itertools import chain

from django.utils import timezone

from mes.autopsy import Moved, autopsy
from mes.models import OperationLog, WorkOrder, WorkOrderLog
from mes.states import Phase, WorkOrderStatus
from pricing.models import Quote


def moves_of(work_orders: Collection[WorkOrder]) -> list[Moved]:
    """Every move of work orders and their operations, with those of the scrapped ones that they remake.

    A line of the log that changes no status (rush, pin) repeats the status. A work order without a log, such as one
    of a grown past, was released and finished all the same.
    """
    keys = _with_scrapped({one.pk for one in work_orders})
    own = WorkOrderLog.objects.filter(work_order__in=keys).values_list("at", "work_order", "to_status")
    of_operations = OperationLog.objects.filter(operation__work_order__in=keys)
    steps = of_operations.order_by("pk").values_list("at", "operation__work_order", "operation", "to_status")
    return list(
        chain(
            (Moved(one.released_at, None, WorkOrderStatus.RELEASED, one.pk) for one in work_orders),
            (Moved(one.finished_at, None, WorkOrderStatus.DONE, one.pk) for one in work_orders if one.finished_at),
            (Moved(at, None, status, key) for at, key, status in own),
            (Moved(at, operation, status, key) for at, key, operation, status in steps),
        )
    )


def _with_scrapped(keys: set[int]) -> set[int]:
    found, latest = set(keys), keys
    while latest:
        remade = WorkOrder.objects.filter(remake__in=latest).order_by().values_list("pk", flat=True)
        latest = set(remade) - found
        found |= latest
    return found


def time_spent(
    work_orders: Collection[WorkOrder], *, ordered_at: datetime | None = None, pricing_seconds: int = 0
) -> dict[Phase, float]:
    """Minutes that an order spent in each phase up to now, or to the end of the last of its work orders.

    `ordered_at` and `pricing_seconds` are the work orders' own; they are told of an order that has none yet.
    """
    ages = [one.aged_from for one in work_orders]
    return autopsy(
        moves_of(work_orders),
        ordered_at=min(ages) if ages else ordered_at or timezone.now(),
        pricing_seconds=max([pricing_seconds, *(one.pricing_seconds for one in work_orders)]),
        until=timezone.now(),
    )


def seconds_to_price(quote: Quote) -> int:
    """From the question to the price; 0 for a piece of the catalogue, whose price was there before."""
    if quote.settled_at is None:
        return 0
    return max(0, round((quote.settled_at - quote.requested_at).total_seconds()))
