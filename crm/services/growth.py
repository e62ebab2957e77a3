"""The decisions of a past of orders in bulk, and the tallies that they would have left."""

from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from config.kernel.bulk import copy_rows
from crm.models import Review
from crm.services.tallies import count_orders
from crm.states import Verdict
from shop.services.growth import Grown, grow_orders

_AT_ONCE: Final = 10_000
_COLUMNS: Final = ["order_id", "verdict", "reasons", "warnings", "rules", "facts", "reviewed_at", "decided_at", "note"]


@transaction.atomic
def grow_order_history(*, many: int, still_open: int = 2_000) -> int:
    """Add so many orders of the last years with their decisions, counted. Raises DoesNotExist without one to copy."""
    past = grow_orders(many=many, still_open=still_open)
    copy_rows(Review, _COLUMNS, (_review(one) for one in past))
    for start in range(0, many, _AT_ONCE):
        count_orders(order_ids=[one.key for one in past[start : start + _AT_ONCE]])
    return many


def _review(one: Grown) -> list[Any]:
    """The rules approved it, or a seller did, or it still waits for one."""
    if not one.is_stopped:
        return [one.key, Verdict.APPROVED, [], [], [], {}, one.decided_at, None, ""]
    verdict = Verdict.STOPPED if one.decided_at is None else Verdict.APPROVED_BY_HAND
    reasons, reviewed_at = [_reason(one)], one.placed_at + timedelta(seconds=4)
    return [one.key, verdict, reasons, [], [], {}, reviewed_at, one.decided_at, "checked" if one.decided_at else ""]


def _reason(one: Grown) -> dict[str, str]:
    if one.is_dear:
        return {"code": "amount_over_limit", "rule": "order-amount", "detail": f"{one.gross} > 5000.00 EUR"}
    return {"code": "design_doubtful", "rule": "design-is-closed", "detail": "pendant.stl"}
