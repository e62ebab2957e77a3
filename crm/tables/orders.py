"""Orders go out by their dates; the carrier's numbers come in and ship them."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.locking import lock_all
from crm.tables.base import Table
from shop.errors import TrackingMissing
from shop.models import Order
from shop.services.orders import ship_order
from shop.states import OrderStatus


class OrderTable(Table):
    code = "orders"
    title = _("Orders")
    model = Order
    key = ("reference",)
    columns = (
        "reference",
        "placed_at",
        "status",
        "payment_status",
        "payment_way",
        "promised_on",
        "name",
        "email",
        "address",
        "postal_code",
        "city",
        "country",
        "delivery_way",
        "delivery_gross",
        "net",
        "tax",
        "gross",
        "currency",
        "tracking_number",
        "note",
    )
    permission_out = "shop.export_orders"
    asks_dates = True

    @override
    def rows(self, **chosen: date) -> models.QuerySet[Any]:
        """The orders from the day `first` to the day `last`, in the project's time zone. Uses index order_newest."""
        days = (chosen["first"], chosen["last"] + timedelta(days=1))
        since, until = (timezone.make_aware(datetime.combine(day, time())) for day in days)
        placed = Order.objects.filter(placed_at__gte=since, placed_at__lt=until)
        return placed.select_related("delivery_way").newest_first()


class TrackingTable(Table):
    """The carrier's list: each number ships its order. A number that the order has already is left alone."""

    code = "tracking-numbers"
    title = _("Tracking numbers")
    model = Order
    key = ("reference",)
    columns = ("reference", "tracking_number")
    permissions_in = ("shop.ship_order",)
    takes_new = False
    most_rows = 500
    unknown = _("There is no order with this number.")
    is_checked = False

    @override
    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Lock all orders of the file in the order of their keys, so that two files can't wait for each other."""
        lock_all(Order.objects.filter(reference__in=[str(one).strip() for one in dataset["reference"]]))

    @override
    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        is_out = instance.status in {OrderStatus.SHIPPED, OrderStatus.DELIVERED}
        return is_out and super().skip_row(instance, original, row, import_validation_errors)

    @override
    def store(self, thing: Any, *, is_new: bool) -> None:
        if thing.status != OrderStatus.READY:
            told = _now("The order is “%(status)s”: only one that is ready can be shipped.")
            raise ValidationError({"reference": told % {"status": thing.get_status_display()}})
        if not thing.tracking_number:
            raise ValidationError({"tracking_number": str(TrackingMissing())})
        ship_order(order_id=thing.pk, tracking_number=thing.tracking_number, actor=self.actor)
