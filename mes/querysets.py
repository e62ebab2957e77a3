"""The vocabulary of the shop floor: filters that chain."""

from datetime import date, timedelta
from typing import Any, Final, Self

from django.db.models import Q, QuerySet

from mes.states import OperationStatus, WorkOrderStatus

AT_RISK_DAYS: Final = 2
OPEN_OPERATION = [
    OperationStatus.WAITING,
    OperationStatus.REWORK,
    OperationStatus.READY,
    OperationStatus.CLAIMED,
    OperationStatus.IN_PROGRESS,
]
STILL_TO_COME = [OperationStatus.WAITING, OperationStatus.REWORK]
OPEN_WORK_ORDER = [WorkOrderStatus.RELEASED, WorkOrderStatus.IN_PROGRESS, WorkOrderStatus.ON_HOLD]


class WorkOrderQuerySet(QuerySet[Any]):
    def open(self) -> Self:
        return self.filter(status__in=OPEN_WORK_ORDER)

    def late(self, today: date) -> Self:
        """Open and past its due date. Uses index work_order_open_due, as at_risk does."""
        return self.open().filter(due_on__lt=today)

    def at_risk(self, today: date) -> Self:
        """Open and due in AT_RISK_DAYS or sooner."""
        return self.open().filter(due_on__range=(today, today + timedelta(days=AT_RISK_DAYS)))


class OperationQuerySet(QuerySet[Any]):
    def ready(self) -> Self:
        return self.filter(status=OperationStatus.READY)

    def open(self) -> Self:
        return self.filter(status__in=OPEN_OPERATION)

    def still_to_come(self) -> Self:
        """Waiting for the one before, be it for the first time or again."""
        return self.filter(status__in=STILL_TO_COME)

    def at(self, work_centre_id: int) -> Self:
        return self.filter(work_centre=work_centre_id)

    def open_to(self, operator: Any) -> Self:
        """What nobody pinned to somebody else."""
        return self.filter(Q(pinned_to=None) | Q(pinned_to=operator))

    def oldest_first(self) -> Self:
        """By the age of what was ordered, then by the random key. Uses index operation_oldest."""
        return self.order_by("aged_from", "pk")

    def newest_first(self) -> Self:
        """The wrong way round, to compare with. Uses index operation_oldest backwards."""
        return self.order_by("-aged_from", "-pk")

    def most_urgent_first(self) -> Self:
        """By due date, then by the random key. Uses index operation_due."""
        return self.order_by("due_on", "pk")

    def in_hand(self) -> Self:
        """Taken by somebody and not finished."""
        return self.filter(status__in=[OperationStatus.CLAIMED, OperationStatus.IN_PROGRESS])
