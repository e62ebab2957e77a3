"""What lists of orders need besides columns of theirs: what narrows them, and what their pictures are made of."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from shop.models import OrderLine
from shop.querysets import MOST_FOUND


def in_alloy(alloy_id: int) -> QuerySet[Any, Any]:
    """The keys of the newest orders with a piece in an alloy, so many as a list pages through.

    Uses index order_line_of_alloy.
    """
    return OrderLine.objects.filter(alloy=alloy_id).order_by("-order").values("order")[:MOST_FOUND]


def pieces_of(path: str) -> "Prefetch[Any]":
    """The lines of orders with what their pictures need, as `pieces`."""
    lines = OrderLine.objects.select_related("quote__measurement")
    return Prefetch(path, lines, to_attr="pieces")
