"""Demo ways of delivery."""

from decimal import Decimal

from shop.models import DeliveryWay


def seed_delivery() -> None:
    ways = [
        ("post", "Insured post", "Застрахованная почта", "9.50", 4),
        ("courier", "Courier, by hand", "Курьер, из рук в руки", "24.00", 2),
        ("pickup", "Fetch it at the workshop", "Забрать в мастерской", "0.00", 0),
    ]
    for rank, (code, name, name_ru, gross, days) in enumerate(ways):
        DeliveryWay.objects.create(code=code, name=name, name_ru=name_ru, gross=Decimal(gross), days=days, rank=rank)
