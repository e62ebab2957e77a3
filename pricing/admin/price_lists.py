"""Price lists on the sellers' site: a draft is copied, edited, tried and published; a published one is only read."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from unfold.admin import TabularInline
from unfold.decorators import action

from config.kernel.admin import FastModelAdmin
from config.kernel.decisions import ask
from config.kernel.pages import page_about
from config.kernel.sites import sellers
from pricing.models import FinishRate, HallmarkRate, PlatingRate, PriceList, QuantityBreak, SettingRate
from pricing.selectors.trials import trial_of
from pricing.services.rates import copy_price_list, publish_price_list, save_draft
from pricing.states import Finish, Plating


class RateInline(TabularInline):
    """Rows of a price list: edited in a draft, read in a published one."""

    extra = 0

    @override
    def has_change_permission(self, request: HttpRequest, obj: PriceList | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_published)

    @override
    def has_add_permission(self, request: HttpRequest, obj: PriceList | None = None) -> bool:
        return super().has_add_permission(request, obj) and not (obj and obj.is_published)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: PriceList | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_published)


class FinishRateInline(RateInline):
    model = FinishRate
    extra = max_num = len(Finish.values)


class PlatingRateInline(RateInline):
    model = PlatingRate
    max_num = len(Plating.values)


class SettingRateInline(RateInline):
    model = SettingRate


class HallmarkRateInline(RateInline):
    model = HallmarkRate


class QuantityBreakInline(RateInline):
    model = QuantityBreak


@admin.register(PriceList, site=sellers)
class PriceListAdmin(FastModelAdmin):
    list_display = ["version", "published_at", "currency", "margin_rate", "vat_rate", "quote_valid_hours"]
    readonly_fields = ["published_at"]
    fields = [
        ("version", "published_at"),
        ("currency", "vat_rate", "quote_valid_hours"),
        ("margin_rate", "minimum_net", "rush_rate"),
        ("setup_fee", "metal_markup", "refining_rate"),
        ("print_fee", "print_per_cm3", "print_per_mm"),
        ("casting_fee", "casting_per_g", "cleanup_fee"),
        ("engraving_setup", "engraving_per_character"),
        ("inspection_fee", "packing_fee", "hallmark_band"),
    ]
    inlines = [FinishRateInline, PlatingRateInline, SettingRateInline, HallmarkRateInline, QuantityBreakInline]
    actions_detail = ["try_out", "publish", "copy"]

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pricing.add_pricelist")

    @override
    def has_change_permission(self, request: HttpRequest, obj: PriceList | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_published)

    @override
    def save_model(self, request: HttpRequest, obj: PriceList, form: Any, change: bool) -> None:
        save_draft(price_list=obj)

    @action(description=_("What would change"), permissions=["pricing.change_pricelist"], icon="compare_arrows")
    def try_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return page_about(
            self, request, object_id, title=_("What would change"), template="admin/price_list_trial.html", fill=_trial
        )

    @action(description=_("Publish"), permissions=["pricing.change_pricelist"])
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return ask(
            self,
            request,
            object_id,
            title=_("Publish"),
            is_required=False,
            done=_("Published. The catalogue's prices are being calculated anew."),
            call=lambda price_list, _reason: publish_price_list(price_list_id=price_list.pk),
        )

    @action(description=_("New draft from this"), permissions=["pricing.add_pricelist"], icon="content_copy")
    def copy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return ask(
            self,
            request,
            object_id,
            title=_("New draft from this"),
            is_required=False,
            done=_("The draft is on the list of price lists."),
            call=lambda price_list, _reason: copy_price_list(price_list_id=price_list.pk),
        )


def _trial(price_list: PriceList) -> Mapping[str, Any]:
    return {"trial": trial_of(price_list)}
