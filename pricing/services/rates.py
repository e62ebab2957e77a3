"""Metal prices and price lists: published, never changed."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from config.kernel.events import publish
from config.kernel.locking import lock_one
from pricing.engine.composition import ImplausibleAlloy, composition_from_json, require_plausible
from pricing.errors import IMPLAUSIBLE, AlloyImplausible, PriceListPublished, RatesMissing
from pricing.models import (
    Alloy,
    FinishRate,
    HallmarkRate,
    MetalPrice,
    PlatingRate,
    PriceList,
    QuantityBreak,
    SettingRate,
)
from pricing.selectors.rates import engine_price_list

Rate = FinishRate | PlatingRate | SettingRate | HallmarkRate | QuantityBreak
_TABLES = ("finish_rates", "plating_rates", "setting_rates", "hallmark_rates", "quantity_breaks")


@transaction.atomic
def publish_metal_price(
    *, metal: str, currency: str, price_per_g: Decimal, source: str, valid_from: datetime | None = None
) -> MetalPrice:
    """Add the price of a metal from a moment on (now, unless told). Publishes pricing.rates_changed."""
    price = MetalPrice.objects.create(
        metal=metal, currency=currency, price_per_g=price_per_g, source=source, valid_from=valid_from or timezone.now()
    )
    publish("pricing.rates_changed")
    return price


@transaction.atomic
def publish_price_list(*, price_list_id: int) -> PriceList:
    """Publish a draft: from now on quotes use it, and it never changes.

    Locks the price list. Publishes pricing.rates_changed. Refuses with PriceListPublished, RatesMissing (no finish),
    PriceListUnusable (rows that would break a promise, such as a hallmark's fee that falls with the mass).
    """
    price_list = lock_one(PriceList.objects.filter(pk=price_list_id))
    if price_list.is_published:
        raise PriceListPublished
    if not price_list.finish_rates.exists():
        raise RatesMissing(what="finish")
    engine_price_list(price_list)
    price_list.published_at = timezone.now()
    price_list.save(update_fields=["published_at"])
    publish("pricing.rates_changed")
    return price_list


@transaction.atomic
def copy_price_list(*, price_list_id: int) -> PriceList:
    """A new draft with all rates of a price list, under the next version.

    Locks the newest version, so that two copies made at once don't take the same number.
    """
    newest = PriceList.objects.order_by("-version").values("pk")[:1]
    lock_one(PriceList.objects.filter(pk__in=list(newest.values_list("pk", flat=True))))
    original = PriceList.objects.get(pk=price_list_id)
    version = 1 + (PriceList.objects.aggregate(most=models.Max("version"))["most"] or 0)
    draft = _copied(original, version=version, published_at=None)
    for table in _TABLES:
        for row in getattr(original, table).all():
            _copied(row, price_list=draft)
    return draft


def _copied(row: models.Model, **changes: object) -> Any:
    """A new row with the values of another one, but for some."""
    values = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields if not field.primary_key}
    return type(row)._default_manager.create(**values | changes)


@transaction.atomic
def save_alloy(*, alloy: Alloy) -> Alloy:
    """Save what a person entered of an alloy: prices are calculated anew. Publishes pricing.rates_changed.

    Refuses with AlloyImplausible when the density or the fineness doesn't fit the composition.
    """
    require_plausible_alloy(alloy)
    alloy.save()
    publish("pricing.rates_changed")
    return alloy


def require_plausible_alloy(alloy: Alloy) -> None:
    """Refuse an alloy that contradicts its composition. Refuses with AlloyImplausible."""
    try:
        require_plausible(
            metal=alloy.metal,
            fineness=alloy.fineness,
            density_g_cm3=Decimal(alloy.density_g_cm3),
            composition=composition_from_json(alloy.composition),
        )
    except ImplausibleAlloy as wrong:
        raise AlloyImplausible(why=IMPLAUSIBLE[wrong.code] % wrong.params) from wrong


@transaction.atomic
def save_rate(*, rate: Rate) -> Rate:
    """Save a row of a draft. Locks the price list. Refuses with PriceListPublished."""
    if lock_one(PriceList.objects.filter(pk=rate.price_list_id)).is_published:
        raise PriceListPublished
    rate.save()
    return rate


@transaction.atomic
def save_draft(*, price_list: PriceList) -> PriceList:
    """Save what a person entered of a draft. Locks the price list. Refuses with PriceListPublished."""
    if price_list._state.adding:
        price_list.save()
        return price_list
    if lock_one(PriceList.objects.filter(pk=price_list.pk)).is_published:
        raise PriceListPublished
    entered = {field.name for field in price_list._meta.fields} - {"id", "published_at"}
    price_list.save(update_fields=sorted(entered))
    return price_list
