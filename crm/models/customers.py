"""What sellers know of a customer beside his orders."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.fields import MoneyField
from crm.states import Standing
from shop.models import Customer


class CustomerStanding(models.Model):
    """How far a customer is trusted. The approval rules look at it; a customer without a row is normal."""

    customer = models.OneToOneField(Customer, models.CASCADE, related_name="standing", verbose_name=_("customer"))
    level = models.CharField(_("standing"), max_length=12, choices=Standing.choices, default=Standing.NORMAL)
    limit = MoneyField(_("limit of a trusted customer's order"), null=True, blank=True)

    class Meta:
        verbose_name = _("standing of a customer")
        verbose_name_plural = _("standings of customers")
        constraints = [
            models.CheckConstraint(
                condition=~Q(level=Standing.TRUSTED) | Q(limit__isnull=False, limit__gt=0),
                name="trusted_customer_has_limit",
            )
        ]

    @override
    def __str__(self) -> str:
        return self.level
