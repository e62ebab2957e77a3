"""Alloys and metal prices: what a price is calculated from, besides the design and the price list."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.fields import RateField
from pricing.querysets import MetalPriceQuerySet
from pricing.states import Metal


class Alloy(models.Model):
    """A metal as cast. Known by its code, never by karat and colour: recipes of one colour differ by 16 % in weight.

    Four numbers lie between a model and its metal, and none stands for another: docs/pricing.md, "Four numbers".
    """

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_ru = models.CharField(_("name in Russian"), max_length=80, blank=True)
    metal = models.CharField(_("metal"), max_length=12, choices=Metal.choices)
    fineness = models.PositiveSmallIntegerField(_("fineness, ‰"))
    colour = models.CharField(_("colour"), max_length=12)
    density_g_cm3 = models.DecimalField(_("density, g/cm³"), max_digits=6, decimal_places=3)
    casting_loss = RateField(_("charged casting loss"), help_text=_("0.08 is 8 %"))
    composition = models.JSONField(
        _("composition"),
        default=dict,
        help_text=_('mass fractions by element, such as {"Au": "0.750", "Ag": "0.125", "Cu": "0.125"}'),
    )
    sprue_share = RateField(_("sprue"), default=0, help_text=_("poured on top of the piece, comes back; 0.3 is 30 %"))
    finishing_removal_mm = models.DecimalField(_("finishing takes off, mm"), max_digits=5, decimal_places=3, default=0)
    finished_share_min = RateField(
        _("left after finishing at least"), default=Decimal("0.90"), help_text=_("share of the cast mass")
    )
    shrinkage = RateField(_("shrinkage, linear"), default=0, help_text=_("0.02 is 2 %"))
    workshop_scales = models.BooleanField(
        _("the workshop enlarges the wax"), default=True, help_text=_("otherwise the model is the wax")
    )
    wall_min_mm = models.DecimalField(_("walls advised from, mm"), max_digits=4, decimal_places=2)
    wall_refuse_mm = models.DecimalField(
        _("walls refused below, mm"), max_digits=4, decimal_places=2, default=Decimal("0.50")
    )
    flask_diameter_mm = models.DecimalField(
        _("flask, diameter, mm"), max_digits=5, decimal_places=1, default=Decimal("76.2")
    )
    flask_height_mm = models.DecimalField(
        _("flask, height, mm"), max_digits=5, decimal_places=1, default=Decimal("101.6")
    )
    is_offered = models.BooleanField(_("offered"), default=True)
    rank = models.PositiveSmallIntegerField(_("place in lists"), default=0)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("alloy")
        verbose_name_plural = _("alloys")
        ordering = ["rank", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(fineness__gt=0, fineness__lte=1000), name="alloy_fineness_permille"),
            models.CheckConstraint(
                condition=Q(density_g_cm3__gt=1, density_g_cm3__lt=23), name="alloy_density_plausible"
            ),
            models.CheckConstraint(condition=Q(casting_loss__gte=0, casting_loss__lt=1), name="alloy_loss_is_a_share"),
            models.CheckConstraint(
                condition=Q(wall_refuse_mm__gte=0, wall_min_mm__gte=F("wall_refuse_mm"))
                & Q(flask_diameter_mm__gt=0, flask_height_mm__gt=0),
                name="alloy_casting_limits",
            ),
            models.CheckConstraint(
                condition=Q(shrinkage__gte=0, shrinkage__lt=1, sprue_share__gte=0, finishing_removal_mm__gte=0)
                & Q(finished_share_min__gte=0, finished_share_min__lte=1),
                name="alloy_four_numbers",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class MetalPrice(models.Model):
    """The price of a gram of pure metal from a moment on. Rows are added, never changed."""

    metal = models.CharField(_("metal"), max_length=12, choices=Metal.choices)
    currency = models.CharField(_("currency"), max_length=3)
    price_per_g = RateField(_("price per gram of pure metal"))
    valid_from = models.DateTimeField(_("valid from"))
    source = models.CharField(_("source"), max_length=120)

    objects = MetalPriceQuerySet.as_manager()

    class Meta:
        verbose_name = _("metal price")
        verbose_name_plural = _("metal prices")
        ordering = ["-valid_from", "metal"]
        indexes = [models.Index(fields=["-valid_from", "metal"], name="metal_price_newest")]
        constraints = [
            models.UniqueConstraint(fields=["metal", "currency", "valid_from"], name="metal_price_once_a_moment"),
            models.CheckConstraint(condition=Q(price_per_g__gt=0), name="metal_price_positive"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.metal} {self.price_per_g} {self.currency}/g"
