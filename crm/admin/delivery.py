"""Ways of delivery and what they cost; an order keeps the price it was charged."""

from django.contrib import admin
from django.http import HttpRequest
from typing_extensions import override

from config.kernel.admin import FastModelAdmin
from config.kernel.sites import sellers
from shop.models import DeliveryWay


@admin.register(DeliveryWay, site=sellers)
class DeliveryWayAdmin(FastModelAdmin):
    list_display = ["name", "gross", "days", "is_offered", "rank"]
    fields = ["code", "name", "name_ru", "gross", "days", "is_offered", "rank"]

    @override
    def has_delete_permission(self, request: HttpRequest, obj: DeliveryWay | None = None) -> bool:
        """Orders point at it: it is no longer offered, never gone."""
        return False
