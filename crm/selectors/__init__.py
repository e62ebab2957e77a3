"""Reading orders for sellers. Counts are bounded, so that a page costs the same at any number of orders."""

from dataclasses import dataclass

from shop.models import Order
from shop.states import OrderStatus

MOST = 1000


@dataclass(frozen=True, slots=True)
class SellerDashboard:
    """How many orders are where (at most MOST each), and the exceptions that wait longest."""

    exceptions: int
    undecided: int
    in_production: int
    ready: int
    oldest_exceptions: list[Order]


def seller_dashboard() -> SellerDashboard:
    """Uses indexes order_by_status and order_undecided."""
    return SellerDashboard(
        exceptions=_count(OrderStatus.EXCEPTION),
        undecided=_count(OrderStatus.PLACED),
        in_production=_count(OrderStatus.IN_PRODUCTION),
        ready=_count(OrderStatus.READY),
        oldest_exceptions=list(Order.objects.exceptions().oldest_first().select_related("review")[:10]),
    )


def _count(status: str) -> int:
    return len(Order.objects.filter(status=status).order_by().values("pk")[:MOST])
