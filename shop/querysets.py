"""The vocabulary of the shop: filters that chain."""

from typing import Any, Self

from django.db.models import QuerySet

from shop.states import OrderStatus, PaymentStatus


class OrderQuerySet(QuerySet[Any]):
    def of_customer(self, customer: Any) -> Self:
        return self.filter(customer=customer)

    def newest_first(self) -> Self:
        return self.order_by("-placed_at", "-pk")

    def oldest_first(self) -> Self:
        return self.order_by("placed_at", "pk")

    def exceptions(self) -> Self:
        return self.filter(status=OrderStatus.EXCEPTION)

    def to_refund(self) -> Self:
        """Cancelled after they were paid. Uses index order_to_refund."""
        return self.filter(status=OrderStatus.CANCELLED, payment_status=PaymentStatus.PAID)


class ProductQuerySet(QuerySet[Any]):
    def for_sale(self) -> Self:
        return self.filter(is_for_sale=True, category__isnull=False)


class BasketLineQuerySet(QuerySet[Any]):
    def of_customer(self, customer: Any) -> Self:
        return self.filter(customer=customer)
