"""What prices are made of: alloys, metal prices, price lists and their rates. Published lists and old prices stay."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from crm.tables.base import Table
from pricing.errors import PriceListPublished
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
from pricing.services.metal_prices import add_metal_prices, offered_price
from pricing.services.rates import save_alloy, save_draft, save_rate


def _columns(model: type[models.Model], *without: str) -> tuple[str, ...]:
    hidden = {"id", *without}
    return tuple(field.name for field in model._meta.concrete_fields if field.name not in hidden)


class AlloyTable(Table):
    code = "alloys"
    title = _("Alloys")
    model = Alloy
    key = ("code",)
    columns = _columns(Alloy, "changed_at")
    permission_out = "pricing.view_alloy"
    permissions_in = ("pricing.add_alloy", "pricing.change_alloy")

    @override
    def store(self, thing: Any, *, is_new: bool) -> None:
        save_alloy(alloy=thing)


class MetalPriceTable(Table):
    """Prices are added, all of a file together; a price that is stored never changes."""

    code = "metal-prices"
    title = _("Metal prices")
    model = MetalPrice
    key = ("metal", "currency", "valid_from")
    columns = ("metal", "currency", "valid_from", "price_per_g", "source")
    permission_out = "pricing.view_metalprice"
    permissions_in = ("pricing.add_metalprice",)
    most_rows = 5_000

    def __init__(self, actor: Any = None) -> None:
        super().__init__(actor)
        self._offered: list[Any] = []

    @override
    def rows(self, **_chosen: Any) -> models.QuerySet[Any]:
        return MetalPrice.objects.order_by("-valid_from", "metal")

    @override
    def store(self, thing: Any, *, is_new: bool) -> None:
        if not is_new:
            raise ValidationError({"price_per_g": _now("A metal price is never changed. Add one for another moment.")})
        self._offered.append(offered_price(thing))

    @override
    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        if self._offered and not result.has_errors() and not result.has_validation_errors():
            add_metal_prices(offered=self._offered)


class PriceListTable(Table):
    """Drafts are added and changed; a published list that is as it was is left alone."""

    code = "price-lists"
    title = _("Price lists")
    model = PriceList
    key = ("version",)
    columns = _columns(PriceList, "published_at")
    permission_out = "pricing.view_pricelist"
    permissions_in = ("pricing.add_pricelist", "pricing.change_pricelist")

    @override
    def rows(self, **_chosen: Any) -> models.QuerySet[Any]:
        return PriceList.objects.order_by("-version")

    @override
    def store(self, thing: Any, *, is_new: bool) -> None:
        if thing.is_published:
            raise PriceListPublished
        save_draft(price_list=thing)


class _RateTable(Table):
    permission_out = "pricing.view_pricelist"
    permissions_in = ("pricing.add_pricelist", "pricing.change_pricelist")

    @override
    def rows(self, **_chosen: Any) -> models.QuerySet[Any]:
        others = self.key[1:]
        return self.model._default_manager.select_related("price_list").order_by("-price_list__version", *others)

    @override
    def store(self, thing: Any, *, is_new: bool) -> None:
        save_rate(rate=thing)


class FinishRateTable(_RateTable):
    code = "finish-rates"
    title = _("Rates of finishes")
    model = FinishRate
    key = ("price_list", "finish")
    columns = _columns(FinishRate)


class PlatingRateTable(_RateTable):
    code = "plating-rates"
    title = _("Rates of plating")
    model = PlatingRate
    key = ("price_list", "kind")
    columns = _columns(PlatingRate)


class SettingRateTable(_RateTable):
    code = "setting-rates"
    title = _("Rates of setting stones")
    model = SettingRate
    key = ("price_list", "cut", "from_mm")
    columns = _columns(SettingRate)


class HallmarkRateTable(_RateTable):
    code = "hallmark-rates"
    title = _("Rates of hallmarks")
    model = HallmarkRate
    key = ("price_list", "metal", "from_g")
    columns = _columns(HallmarkRate)


class QuantityBreakTable(_RateTable):
    code = "quantity-breaks"
    title = _("Discounts by quantity")
    model = QuantityBreak
    key = ("price_list", "from_quantity")
    columns = _columns(QuantityBreak)
