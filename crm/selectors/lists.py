"""What narrows the list of orders and needs more than a column of theirs."""

from typing import Any

from django.db.models import QuerySet

from shop.models import OrderLine
from shop.querysets import MOST_FOUND


def in_alloy(alloy_id: int) -> QuerySet[Any, Any]:
    """The keys of the newest orders with a piece in an alloy, so many as a list pages through.

    Uses index order_line_of_alloy.
    """
    return OrderLine.objects.filter(alloy=alloy_id).order_by("-order").values("order")[:MOST_FOUND]
