"""What sellers hold on a person, beside what the shop does."""

from typing import Any

from config.kernel.personal import columns_of
from crm.models import CustomerNote, CustomerStanding, RefundNote, Review


def held_by_sellers(customer_id: int) -> dict[str, Any]:
    """His standing, the notes about him, the decisions about his orders, and what went back to him."""
    standing = CustomerStanding.objects.filter(customer=customer_id).first()
    refunds = RefundNote.objects.filter(order__customer=customer_id).select_related("order")
    reviews = Review.objects.filter(order__customer=customer_id).select_related("order").order_by("pk")
    return {
        "standing": columns_of(standing, without=["customer"]) if standing else None,
        "notes": [columns_of(one, without=["customer"]) for one in CustomerNote.objects.filter(customer=customer_id)],
        "decisions": [columns_of(one, without=["order"]) | {"order": one.order.reference} for one in reviews],
        "refunds": [columns_of(one, without=["order"]) | {"order": one.order.reference} for one in refunds],
    }
