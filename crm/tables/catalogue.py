"""What is sold and how it is delivered. Products and variants need a design, so no table makes new ones."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from crm.tables.base import Table
from shop.models import DeliveryWay, Product, Variant
from shop.services.catalogue import change_product
from shop.services.delivery import save_delivery_way


class ProductTable(Table):
    code = "products"
    title = _("Products")
    model = Product
    key = ("slug",)
    columns = (
        "slug",
        "name",
        "name_ru",
        "description",
        "description_ru",
        "category",
        "collection",
        "is_engravable",
        "most_engraved",
        "is_for_sale",
        "rank",
    )
    permission_out = "shop.view_product"
    permissions_in = ("shop.change_product",)
    takes_new = False

    @override
    def store(self, thing: Any, *, is_new: bool) -> None:
        change_product(thing)


class VariantTable(Table):
    """What of a product can be ordered. It only goes out."""

    code = "variants"
    title = _("Variants")
    model = Variant
    key = ("sku",)
    columns = ("sku", "product", "alloy", "size", "finish")
    permission_out = "shop.view_variant"


class DeliveryWayTable(Table):
    code = "delivery-ways"
    title = _("Ways of delivery")
    model = DeliveryWay
    key = ("code",)
    columns = ("code", "name", "name_ru", "gross", "days", "is_offered", "rank")
    permission_out = "shop.view_deliveryway"
    permissions_in = ("shop.add_deliveryway", "shop.change_deliveryway")

    @override
    def store(self, thing: Any, *, is_new: bool) -> None:
        save_delivery_way(way=thing)
