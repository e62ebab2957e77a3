"""Price lists: a version of all rates, in columns where there is one and in rows where it depends on something."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.fields import GramsField, MoneyField, RateField
from pricing.querysets import PriceListQuerySet
from pricing.states import Finish, Metal, Plating

_NOT_NEGATIVE = [MinValueValidator(0)]

# Every rate that is one number, under the name that the engine gives it.
RATE_COLUMNS = (
    "vat_rate", "margin_rate", "metal_markup", "setup_fee", "casting_fee", "casting_per_g", "minimum_net",
    "refining_rate", "print_fee", "print_per_cm3", "print_per_mm", "cleanup_fee", "engraving_setup",
    "engraving_per_character", "inspection_fee", "packing_fee", "rush_rate", "hallmark_band",
)  # fmt: skip


class PriceList(models.Model):
    """A version of all rates. A draft is edited; once published it never changes, a newer one replaces it."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    setup_fee = MoneyField(_("set-up per order line"))
    casting_fee = MoneyField(_("casting per piece"))
    casting_per_g = RateField(_("casting per gram"))
    metal_markup = RateField(_("mark-up on metal"), help_text=_("0.15 is 15 %"))
    margin_rate = RateField(_("margin"))
    minimum_net = MoneyField(_("minimum price, net"))
    vat_rate = RateField(_("VAT"))
    refining_rate = RateField(_("refining the sprue"), default=0, help_text=_("share of its metal's value"))
    print_fee = MoneyField(_("print or wax per piece"), default=0)
    print_per_cm3 = RateField(_("print per cm³"), default=0)
    print_per_mm = RateField(_("print per mm of height"), default=0)
    cleanup_fee = MoneyField(_("clean-up per piece"), default=0)
    engraving_setup = MoneyField(_("engraving, set-up"), default=0)
    engraving_per_character = RateField(_("engraving per character"), default=0)
    inspection_fee = MoneyField(_("inspection per piece"), default=0)
    packing_fee = MoneyField(_("packing per piece"), default=0)
    rush_rate = RateField(_("rush surcharge"), default=0, help_text=_("0.3 is 30 %"))
    hallmark_band = RateField(
        _("band around a hallmark's threshold"),
        default=Decimal("0.05"),
        help_text=_("share of the mass within which both fees are shown"),
    )
    quote_valid_hours = models.PositiveSmallIntegerField(_("quotes are valid for, hours"), default=48)

    objects = PriceListQuerySet.as_manager()

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        ordering = [F("published_at").desc(nulls_first=True)]
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{name}__gte": 0 for name in RATE_COLUMNS}), name="price_list_no_rate_negative"
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{_('price list')} {self.version}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class FinishRate(models.Model):
    """What a finish costs per cm2 of surface under one price list."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="finish_rates", verbose_name=_("price list"))
    finish = models.CharField(_("finish"), max_length=24, choices=Finish.choices)
    per_cm2 = RateField(_("per cm²"))

    class Meta:
        verbose_name = _("finish rate")
        verbose_name_plural = _("finish rates")
        constraints = [models.UniqueConstraint(fields=["price_list", "finish"], name="finish_rate_once")]

    @override
    def __str__(self) -> str:
        return f"{self.finish} {self.per_cm2}"


class PlatingRate(models.Model):
    """What a plating costs under one price list: a set-up for all pieces together, and a rate per cm2."""

    price_list = models.ForeignKey(
        PriceList, models.CASCADE, related_name="plating_rates", verbose_name=_("price list")
    )
    kind = models.CharField(_("plating"), max_length=12, choices=Plating.choices)
    setup_fee = MoneyField(_("set-up"), default=0, validators=_NOT_NEGATIVE)
    per_cm2 = RateField(_("per cm²"), validators=_NOT_NEGATIVE)

    class Meta:
        verbose_name = _("plating rate")
        verbose_name_plural = _("plating rates")
        constraints = [models.UniqueConstraint(fields=["price_list", "kind"], name="plating_rate_once")]

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.per_cm2}"


class SettingRate(models.Model):
    """What setting a stone costs: by its cut ("any": every cut without rows of its own), from a size on."""

    price_list = models.ForeignKey(
        PriceList, models.CASCADE, related_name="setting_rates", verbose_name=_("price list")
    )
    cut = models.SlugField(_("cut"), max_length=24, default="any", help_text=_("any, round, princess, oval, …"))
    from_mm = models.DecimalField(
        _("from a length of, mm"), max_digits=5, decimal_places=2, default=0, validators=_NOT_NEGATIVE
    )
    per_stone = MoneyField(_("per stone"), validators=_NOT_NEGATIVE)

    class Meta:
        verbose_name = _("setting rate")
        verbose_name_plural = _("setting rates")
        ordering = ["cut", "from_mm"]
        constraints = [models.UniqueConstraint(fields=["price_list", "cut", "from_mm"], name="setting_rate_once")]

    @override
    def __str__(self) -> str:
        return f"{self.cut} ≥ {self.from_mm}: {self.per_stone}"


class HallmarkRate(models.Model):
    """What assay and hallmark of a piece cost, from a finished mass on."""

    price_list = models.ForeignKey(
        PriceList, models.CASCADE, related_name="hallmark_rates", verbose_name=_("price list")
    )
    metal = models.CharField(_("metal"), max_length=12, choices=Metal.choices)
    from_g = GramsField(_("from a mass of, g"), validators=_NOT_NEGATIVE)
    fee = MoneyField(_("fee"), validators=_NOT_NEGATIVE)

    class Meta:
        verbose_name = _("hallmark rate")
        verbose_name_plural = _("hallmark rates")
        ordering = ["metal", "from_g"]
        constraints = [models.UniqueConstraint(fields=["price_list", "metal", "from_g"], name="hallmark_rate_once")]

    @override
    def __str__(self) -> str:
        return f"{self.metal} ≥ {self.from_g}: {self.fee}"


class QuantityBreak(models.Model):
    """From so many pieces on, each is cheaper by a share."""

    price_list = models.ForeignKey(
        PriceList, models.CASCADE, related_name="quantity_breaks", verbose_name=_("price list")
    )
    from_quantity = models.PositiveSmallIntegerField(_("from pieces"), validators=[MinValueValidator(2)])
    discount = RateField(_("discount"), help_text=_("0.05 is 5 %"), validators=_NOT_NEGATIVE)

    class Meta:
        verbose_name = _("quantity break")
        verbose_name_plural = _("quantity breaks")
        ordering = ["from_quantity"]
        constraints = [models.UniqueConstraint(fields=["price_list", "from_quantity"], name="quantity_break_once")]

    @override
    def __str__(self) -> str:
        return f"≥ {self.from_quantity}: {self.discount}"
