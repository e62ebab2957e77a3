"""Guests: who ordered without an account finds his order by the link in its messages."""

from typing import Final

from django.core import signing
from django.urls import reverse

from shop.models import Customer, Order

_SALT: Final = "shop.order-link"


def order_path(order: Order) -> str:
    """The address of an order's page: for a guest with a signature, which is his permission to see it."""
    if order.customer.user_id is not None:
        return reverse("shop:order", args=[order.reference])
    return reverse("shop:order_link", args=[order.reference, _signature(order.reference)])


def guest_of_link(reference: str, signature: str) -> Customer | None:
    """The guest who ordered, when the signature is that of his order; never somebody with an account."""
    try:
        known = signing.Signer(salt=_SALT).unsign(f"{reference}:{signature}")
    except signing.BadSignature:
        return None
    order = Order.objects.filter(reference=known, customer__user=None).select_related("customer").first()
    return order.customer if order else None


def _signature(reference: str) -> str:
    return signing.Signer(salt=_SALT).sign(reference).partition(":")[2]
