"""A demo partner. Its key is issued by a person in the admin, for it is shown only once."""

from decimal import Decimal

from external_orders.models import Partner


def seed_partners() -> None:
    Partner.objects.create(name="Atelier Nord", currency="EUR", most_amount=Decimal(5000))
