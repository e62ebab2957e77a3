"""What the workshop forgets of a person: the words he gave a piece, never what was made of which metal."""

from collections.abc import Sequence

from django.db import transaction

from config.kernel.locking import lock_all
from mes.models import WorkOrder
from mes.states import WorkOrderStatus


@transaction.atomic
def forget_texts(*, work_order_ids: Sequence[int]) -> None:
    """Blank the title, the engraving and the instruction of ended work orders. Repeatable. Locks them."""
    ended = WorkOrder.objects.filter(pk__in=work_order_ids).exclude(
        status__in=[WorkOrderStatus.RELEASED, WorkOrderStatus.IN_PROGRESS, WorkOrderStatus.ON_HOLD]
    )
    lock_all(ended)
    ended.update(title="erased", engraving="", instruction="")
