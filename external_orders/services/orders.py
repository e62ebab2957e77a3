"""What people and partners decide about external orders: confirm, reject, cancel, ship, deliver."""

from django.db import transaction

from config.kernel.errors import IllegalTransition, ReasonMissing
from config.kernel.locking import lock_one
from config.kernel.transitions import Actor
from external_orders.errors import NotCancellable, OrderChanged, TrackingMissing
from external_orders.models import ExternalOrder
from external_orders.selectors import is_metal_cast, work_orders_of
from external_orders.services.acceptance import release_and_confirm
from external_orders.services.inquiries import request_cancellation
from external_orders.services.statuses import move_external_order
from external_orders.states import TRANSITIONS, ExternalOrderStatus
from mes.errors import AlreadyCast
from mes.models import WorkOrder
from mes.services.release import cancel_work_order
from mes.states import WorkOrderStatus


@transaction.atomic
def confirm_external_order(*, order_id: int, reason: str, actor: Actor) -> ExternalOrder:
    """A planner lets a waiting order go to production.

    Locks the order. Records an event. Refuses with ReasonMissing, IllegalTransition.
    """
    if not reason.strip():
        raise ReasonMissing
    order: ExternalOrder = lock_one(ExternalOrder.objects.filter(pk=order_id))
    if ExternalOrderStatus.CONFIRMED not in TRANSITIONS[order.status]:
        raise IllegalTransition(thing=str(order), current=order.status, wanted=ExternalOrderStatus.CONFIRMED)
    return release_and_confirm(order, actor=actor, reason=reason)


@transaction.atomic
def reject_external_order(*, order_id: int, reason: str, actor: Actor) -> ExternalOrder:
    """A planner turns a waiting order down.

    Locks the order. Records an event. Refuses with ReasonMissing, IllegalTransition.
    """
    if not reason.strip():
        raise ReasonMissing
    return move_external_order(order_id=order_id, to=ExternalOrderStatus.REJECTED, actor=actor, reason=reason)


@transaction.atomic
def cancel_external_order(*, order_id: int, reason: str, actor: Actor = None) -> ExternalOrder:
    """Cancel an order of which no metal has been cast; one that is cancelled already stays as it is.

    Locks the order, then its work orders. Records an event. Refuses with ReasonMissing, NotCancellable.
    """
    if not reason.strip():
        raise ReasonMissing
    order: ExternalOrder = lock_one(ExternalOrder.objects.filter(pk=order_id))
    if order.status == ExternalOrderStatus.CANCELLED:
        return order
    if ExternalOrderStatus.CANCELLED not in TRANSITIONS[order.status]:
        raise NotCancellable(current=order.status)
    _cancel_work(order, reason=reason, actor=actor)
    return move_external_order(order_id=order.pk, to=ExternalOrderStatus.CANCELLED, actor=actor, reason=reason)


@transaction.atomic
def cancel_for_partner(
    *, order_id: int, wish: str = "", via: str, expected_sequence: int | None = None
) -> ExternalOrder:
    """A partner cancels: at once while no metal is cast, afterwards it is a wish that a planner decides on.

    `via` names his key on the record. Locks the order, then its work orders. Records an event. Refuses with
    OrderChanged (its sequence isn't the expected one), NotCancellable.
    """
    order: ExternalOrder = lock_one(ExternalOrder.objects.filter(pk=order_id))
    if expected_sequence not in {None, order.sequence}:
        raise OrderChanged
    if ExternalOrderStatus.CANCELLED in TRANSITIONS[order.status] and is_metal_cast(order):
        return request_cancellation(order, wish=wish, via=via)
    return cancel_external_order(order_id=order.pk, reason=": ".join(filter(None, (via, wish))))


def _cancel_work(order: ExternalOrder, *, reason: str, actor: Actor) -> None:
    """Cancel the work orders of a locked order, all or none. Refuses with NotCancellable."""
    open_work = WorkOrder.objects.filter(pk__in=work_orders_of(order)).exclude(status=WorkOrderStatus.CANCELLED)
    for work_order_id in open_work.order_by("pk").values_list("pk", flat=True):
        try:
            cancel_work_order(work_order_id=work_order_id, reason=reason, actor=actor)
        except (AlreadyCast, IllegalTransition):
            raise NotCancellable(current=order.status) from None


def ship_external_order(*, order_id: int, tracking_number: str, actor: Actor) -> ExternalOrder:
    """The carrier has the parcel.

    Locks the order. Records an event. Refuses with TrackingMissing, IllegalTransition.
    """
    number = tracking_number.strip()[:60]
    if not number:
        raise TrackingMissing
    return move_external_order(order_id=order_id, to=ExternalOrderStatus.SHIPPED, actor=actor, tracking_number=number)


def deliver_external_order(*, order_id: int, reason: str, actor: Actor) -> ExternalOrder:
    """The parcel arrived; `reason` says how that is known.

    Locks the order. Records an event. Refuses with IllegalTransition.
    """
    return move_external_order(order_id=order_id, to=ExternalOrderStatus.DELIVERED, actor=actor, reason=reason)
