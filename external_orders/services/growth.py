"""A past of external orders in bulk: for trying out how lists feel, and measure, after years of work."""

from django.db import transaction

from config.kernel.bulk import copy_like, free_keys
from config.kernel.references import public_id, quote_reference
from external_orders.models import ExternalOrder, ExternalOrderItem, ExternalQuote, ExternalQuoteItem
from external_orders.states import ExternalOrderStatus
from mes.models import WorkOrder
from mes.states import WorkOrderStatus
from pricing.models import Quote


@transaction.atomic
def grow_external_orders(*, many: int) -> int:
    """Add delivered external orders of the last years: copies of the first line of the newest one and of its quote,
    each with a finished work order that nobody else has; how many there were.

    Raises DoesNotExist when there is no external order to copy. Adds fewer when finished work orders run out.
    """
    line = ExternalOrderItem.objects.select_related("order__quote", "quote_item__quote").filter(rank=1).latest("order")
    taken = ExternalOrderItem.objects.exclude(work_order=None).values("work_order")
    made = WorkOrder.objects.filter(status=WorkOrderStatus.DONE).exclude(pk__in=taken).order_by("released_at", "pk")
    work_orders = list(made.values_list("pk", "aged_from")[:many])
    models = (Quote, ExternalQuote, ExternalQuoteItem, ExternalOrder, ExternalOrderItem)
    quotes, asked, asked_lines, orders, lines = (free_keys(model, len(work_orders)) for model in models)
    copy_like(line.quote_item.quote, ({"id": key, "reference": quote_reference()} for key in quotes))
    copy_like(line.order.quote, ({"id": key, "public_id": public_id("qte")} for key in asked))
    copy_like(line.quote_item, map(_quoted, asked_lines, asked, quotes))
    copy_like(line.order, map(_order, orders, asked, work_orders))
    copy_like(line, map(_line, lines, orders, asked_lines, work_orders))
    return len(work_orders)


def _quoted(key: int, asked: int, quote: int) -> dict[str, object]:
    return {"id": key, "external_quote_id": asked, "quote_id": quote}


def _order(key: int, asked: int, work_order: tuple[int, object]) -> dict[str, object]:
    return {
        "id": key,
        "public_id": public_id("ord"),
        "reference": f"GROWN-{key}",
        "quote_id": asked,
        "status": ExternalOrderStatus.DELIVERED,
        "accepted_at": work_order[1],
        "tracking_number": f"GROWN-{key}",
    }


def _line(key: int, order: int, quoted: int, work_order: tuple[int, object]) -> dict[str, object]:
    return {"id": key, "order_id": order, "quote_item_id": quoted, "work_order_id": work_order[0]}
