"""Orders of test keys: as real as any other to their partner, and unknown to the workshop.

References ask for what is rare: `TEST-REJECT…` is rejected at once, `TEST-REVIEW…` waits for a decision that only the
partner's own program makes, `sim:late…` has its promise put off when
production begins, `sim:ask…` is asked something as soon as it is received, and `sim:cast…` counts as cast once it is in
production.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction

from config.kernel.errors import IllegalTransition
from config.kernel.locking import lock_one
from external_orders.models import ExternalOrder
from external_orders.services.statuses import change_promise, move_external_order
from external_orders.states import TRANSITIONS, ExternalOrderStatus

_NEXT: dict[str, str] = {
    ExternalOrderStatus.RECEIVED: ExternalOrderStatus.CONFIRMED,
    ExternalOrderStatus.CONFIRMED: ExternalOrderStatus.IN_PRODUCTION,
    ExternalOrderStatus.IN_PRODUCTION: ExternalOrderStatus.READY,
    ExternalOrderStatus.READY: ExternalOrderStatus.SHIPPED,
    ExternalOrderStatus.SHIPPED: ExternalOrderStatus.DELIVERED,
}
REJECTED, REVIEWED, LATE, ASKED = "TEST-REJECT", "TEST-REVIEW", "sim:late", "sim:ask"
_LATE_BY = timedelta(days=7)


def simulated(order: ExternalOrder) -> list[str]:
    """What the reference of a test order asks for instead of a confirmation; nothing for a live one."""
    return [] if order.livemode else [one for one in (REJECTED, REVIEWED, ASKED) if order.reference.startswith(one)]


@transaction.atomic
def advance_test_order(*, order_id: int, to: str = "") -> ExternalOrder:
    """Move a test order on, or to a status that the table allows.

    Locks the order. Records an event. Refuses with IllegalTransition.
    """
    order: ExternalOrder = lock_one(ExternalOrder.objects.filter(pk=order_id, livemode=False))
    wanted = to or _NEXT.get(order.status, "")
    if wanted not in TRANSITIONS[order.status]:
        raise IllegalTransition(thing=str(order), current=order.status, wanted=wanted or "?")
    tracking: dict[str, Any] = {"tracking_number": "TEST-1"} if wanted == ExternalOrderStatus.SHIPPED else {}
    moved = move_external_order(order_id=order.pk, to=wanted, reason="test", **tracking)
    if wanted == ExternalOrderStatus.IN_PRODUCTION and order.reference.startswith(LATE):
        return change_promise(order_id=order.pk, promised_on=order.promised_on + _LATE_BY, reason=LATE)
    return moved
