"""Estimated and weighed masses: what the scales say about the estimates, and what the company made of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.fields import GramsField
from pricing.models.reference import Alloy
from pricing.states import Kind


class FactorField(models.DecimalField):
    """Weighed by estimated mass."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"max_digits": 8, "decimal_places": 4} | kwargs)  # type: ignore[arg-type]


class Weighing(models.Model):
    """A cast piece on the scales, beside what was estimated for it. Rows are added, never changed."""

    alloy = models.ForeignKey(Alloy, models.PROTECT, related_name="+", verbose_name=_("alloy"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    estimated_g = GramsField(_("estimated, g"))
    weighed_g = GramsField(_("weighed, g"))
    factor = FactorField(verbose_name=_("factor in the estimate"))
    source = models.CharField(_("source"), max_length=60)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("weighing")
        verbose_name_plural = _("weighings")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source"], name="weighing_once"),
            models.CheckConstraint(
                condition=Q(estimated_g__gt=0, weighed_g__gt=0, factor__gt=0), name="weighing_positive"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.source


class MassTally(models.Model):
    """What all weighings of an alloy and kind say together; kept up to date, so that reading it costs nothing.

    mean and squares (the sum of squared deviations from the mean) are those of weighed by estimated mass, where the
    estimate is taken without a factor that was in it.
    """

    alloy = models.ForeignKey(Alloy, models.PROTECT, related_name="+", verbose_name=_("alloy"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    count = models.PositiveIntegerField(_("weighings"), default=0)
    mean = models.FloatField(_("weighed by estimated"), default=0)
    squares = models.FloatField(default=0)

    class Meta:
        verbose_name = _("estimated and weighed mass")
        verbose_name_plural = _("estimated and weighed masses")
        ordering = ["alloy__rank", "alloy__code", "kind"]
        constraints = [models.UniqueConstraint(fields=["alloy", "kind"], name="mass_tally_once")]

    @override
    def __str__(self) -> str:
        return f"{self.alloy_id} {self.kind}"


class MassFactor(models.Model):
    """What a pricing manager adopted from the weighings, from a moment on. Rows are added, never changed."""

    alloy = models.ForeignKey(Alloy, models.PROTECT, related_name="mass_factors", verbose_name=_("alloy"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    factor = FactorField(verbose_name=_("factor"))
    valid_from = models.DateTimeField(_("valid from"), default=timezone.now)
    based_on = models.PositiveIntegerField(_("based on weighings"))
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("adopted by")
    )

    class Meta:
        verbose_name = _("mass factor")
        verbose_name_plural = _("mass factors")
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["alloy", "kind", "valid_from"], name="mass_factor_once_a_moment"),
            models.CheckConstraint(condition=Q(factor__gt=0), name="mass_factor_positive"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} x {self.factor}"
