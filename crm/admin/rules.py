"""The catalogue, on the sellers' site."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from typing_extensions import override

from config.kernel.admin import FastModelAdmin
from config.kernel.sites import sellers
from shop.models import Product
from shop.services.catalogue import change_product


@admin.register(Product, site=sellers)
class ProductAdmin(FastModelAdmin):
    list_display = ["name", "category", "collection", "kind", "is_engravable", "is_for_sale"]
    list_select_related = ["category", "collection"]
    list_filter = ["is_for_sale", "category", "collection"]
    fields = [
        ("name", "name_ru"),
        "description",
        "description_ru",
        ("category", "collection"),
        ("is_engravable", "most_engraved"),
        ("is_for_sale", "rank"),
    ]

    @override
    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        change_product(obj, changed=form.changed_data)
