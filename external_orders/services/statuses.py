"""The one way an external order changes: row, log, numbered event, deliveries and fact in one transaction."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.kernel.locking import lock_one
from config.kernel.transitions import Actor, move, write_log, write_logs
from external_orders.models import ExternalOrder
from external_orders.services.events import record_order_event, record_order_events
from external_orders.states import EventType, ExternalOrderStatus, InquiryOutcome, StatusDetail


@transaction.atomic
def move_external_order(
    *, order_id: int, to: str, actor: Actor = None, reason: str = "", **changes: Any
) -> ExternalOrder:
    """Move an order and have its partner told.

    Locks the order. Records an event. Refuses with IllegalTransition.
    """
    order: ExternalOrder = lock_one(ExternalOrder.objects.filter(pk=order_id))
    previous = order.status
    changed: dict[str, Any] = {"sequence": order.sequence + 1, "changed_at": timezone.now()}
    if order.status_detail and to != ExternalOrderStatus.IN_PRODUCTION:
        changed["status_detail"] = _overtake(order, to)
    move(order, to, actor=actor, reason=reason, **changed, **changes)
    _tell(order, previous)
    return order


def _overtake(order: ExternalOrder, to: str) -> str:
    """A decision or the end of the work answers what was open."""
    is_cancelled = to == ExternalOrderStatus.CANCELLED and order.status_detail == StatusDetail.CANCEL_REQUESTED
    outcome = InquiryOutcome.ACCEPTED if is_cancelled else InquiryOutcome.OVERTAKEN
    order.inquiries.filter(closed_at=None).update(outcome=outcome, closed_at=timezone.now())
    return ""


def change_detail(order: ExternalOrder, detail: str, *, reason: str, actor: Actor = None) -> ExternalOrder:
    """Say what a locked order waits for now. Records an event."""
    previous = order.status_detail
    write_log(order, order.status, actor=actor, reason=f"{detail or 'goes on'}: {reason}")
    order.status_detail, order.sequence, order.changed_at = detail, order.sequence + 1, timezone.now()
    order.save(update_fields=["status_detail", "sequence", "changed_at"])
    told = {"status": str(order.status), "status_detail": detail or None, "previous_status_detail": previous or None}
    record_order_event(order, EventType.ORDER_DETAIL_CHANGED, **told)
    return order


def record_creation(order: ExternalOrder, *, reasons: Sequence[str]) -> None:
    """The first lines of an order's log and its first events, in the transaction that writes the order.

    One reason: it was received. Two: it was received, and confirmed at once.
    """
    statuses = [ExternalOrderStatus.RECEIVED, ExternalOrderStatus.CONFIRMED][: len(reasons)]
    moves = list(zip(["", *statuses], statuses, reasons, strict=False))
    write_logs([(order, before, to, reason) for before, to, reason in moves])
    told = [{"status": str(to), "previous_status": str(before) or None} for before, to, _ in moves]
    record_order_events(order, EventType.ORDER_STATUS_CHANGED, told)


def _tell(order: ExternalOrder, previous: str) -> None:
    told = {"status": str(order.status), "previous_status": previous}
    record_order_event(order, EventType.ORDER_STATUS_CHANGED, **told)


@transaction.atomic
def change_promise(*, order_id: int, promised_on: date, reason: str, actor: Actor = None) -> ExternalOrder:
    """Give an order another promised date and have its partner told; the same date again changes nothing.

    Locks the order. Records an event.
    """
    order: ExternalOrder = lock_one(ExternalOrder.objects.filter(pk=order_id))
    if order.promised_on == promised_on:
        return order
    previous = order.promised_on
    write_log(order, order.status, actor=actor, reason=f"{previous} → {promised_on}: {reason}")
    order.promised_on, order.sequence, order.changed_at = promised_on, order.sequence + 1, timezone.now()
    order.save(update_fields=["promised_on", "sequence", "changed_at"])
    told = {"promised_ship_date": promised_on.isoformat(), "previous_promised_ship_date": previous.isoformat()}
    record_order_event(order, EventType.ORDER_PROMISE_CHANGED, **told)
    return order
