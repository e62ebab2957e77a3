"""Sums that are kept up to date, so that the sellers' dashboard never counts the past."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from shop.models import Order


class OrderTally(models.Model):
    """How much of a measure the orders of a day have: decisions, reasons, times to approval, revenue."""

    day = models.DateField(_("day"))
    measure = models.CharField(_("measure"), max_length=64)
    amount = models.BigIntegerField(_("amount"), default=0)

    class Meta:
        verbose_name = _("tally of orders")
        verbose_name_plural = _("tallies of orders")
        constraints = [models.UniqueConstraint(fields=["day", "measure"], name="order_tally_once")]

    @override
    def __str__(self) -> str:
        return f"{self.measure} {self.day:%Y-%m-%d} {self.amount}"


class CountedOrder(models.Model):
    """What an order has added to the tallies, as [day, measure, amount]: counted anew, only the difference is added."""

    order = models.OneToOneField(Order, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("order"))
    added = models.JSONField(_("added to the tallies"), default=list)

    class Meta:
        verbose_name = _("counted order")
        verbose_name_plural = _("counted orders")

    @override
    def __str__(self) -> str:
        return f"{self.order_id}"
