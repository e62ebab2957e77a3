"""A past of orders in bulk: for trying out how lists feel, and measure, after years of work."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.kernel.bulk import copy_like, free_keys
from config.kernel.references import order_reference, quote_reference, secret_key
from pricing.models import Quote
from shop.models import Order, OrderLine
from shop.states import OrderStatus

_DAYS = 730


@transaction.atomic
def grow_orders(*, many: int) -> int:
    """Add so many delivered orders of the last years: copies of the newest order, its first line and its quote.

    Raises DoesNotExist when there is no order to copy.
    """
    order = Order.objects.latest("pk")
    line = OrderLine.objects.filter(order=order).select_related("quote").earliest("pk")
    quotes, orders, lines = (free_keys(model, many) for model in (Quote, Order, OrderLine))
    began = timezone.now() - timedelta(days=_DAYS)
    copy_like(line.quote, ({"id": key, "reference": quote_reference()} for key in quotes))
    placed = (began + timedelta(days=_DAYS) * place / many for place in range(many))
    copy_like(order, (_order(key, placed_at=at) for key, at in zip(orders, placed, strict=True)))
    keys = zip(lines, orders, quotes, strict=True)
    copy_like(line, ({"id": key, "order_id": of_order, "quote_id": quote} for key, of_order, quote in keys))
    return many


def _order(key: int, *, placed_at: object) -> dict[str, object]:
    return {
        "id": key,
        "reference": order_reference(),
        "status": OrderStatus.DELIVERED,
        "placed_at": placed_at,
        "tracking_number": f"GROWN-{key}",
        "checkout_key": secret_key(),
    }
