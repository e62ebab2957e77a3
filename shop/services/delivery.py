"""The ways of delivery that the company offers."""

from django.db import transaction

from shop.models import DeliveryWay


@transaction.atomic
def save_delivery_way(*, way: DeliveryWay) -> DeliveryWay:
    """Save what a person entered of a way; orders keep what they were charged."""
    way.save()
    return way
