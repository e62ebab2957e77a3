"""Designs as uploaded, what the engine found in them, and the quotes made from both."""

from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import PurePosixPath

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round  # SQLite keeps decimals as floats
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.fields import GramsField, MoneyField
from config.kernel.references import quote_reference
from config.kernel.transitions import StatusLog
from pricing import states
from pricing.errors import QuoteNotPriced
from pricing.models.price_lists import PriceList
from pricing.models.reference import Alloy
from pricing.querysets import QuoteQuerySet
from pricing.states import Finish, Kind, Plating, QuoteStatus, Unit, Verdict


class Design(models.Model):
    """A 3D model as uploaded, known by the SHA-256 of its bytes and stored once. Never changes."""

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    file = models.FileField(_("file"), max_length=200)
    size_bytes = models.PositiveBigIntegerField(_("size, bytes"))
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("design")
        verbose_name_plural = _("designs")

    @override
    def __str__(self) -> str:
        return self.sha256[:12]


class Measurement(models.Model):
    """What the engine found in a design at a unit and an engine version: figures, or why there are none."""

    design = models.ForeignKey(Design, models.PROTECT, related_name="measurements", verbose_name=_("design"))
    unit = models.CharField(_("unit"), max_length=8, blank=True, choices=Unit.choices)
    engine_version = models.CharField(_("engine version"), max_length=16)
    measured_at = models.DateTimeField(_("measured at"), auto_now_add=True)
    model_format = models.CharField(_("format"), max_length=24, blank=True)
    figures = models.JSONField(_("figures"), null=True)  # pricing.engine.measure.Measurement.to_json()
    preview = models.FileField(_("picture"), max_length=200, blank=True)
    web_model = models.FileField(_("model for the browser"), max_length=200, blank=True)
    refusal_code = models.SlugField(_("refusal"), blank=True)
    refusal_params = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        constraints = [
            models.UniqueConstraint(fields=["design", "unit", "engine_version"], name="measurement_once"),
            models.CheckConstraint(
                condition=Q(figures__isnull=True) ^ Q(refusal_code=""), name="measurement_figures_or_refusal"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.design_id} {self.unit} v{self.engine_version}"

    @property
    def web_model_url(self) -> str:
        """Where the light model is served, by its random name; empty when there is none."""
        return reverse("pricing:web_model", args=[PurePosixPath(str(self.web_model)).stem]) if self.web_model else ""

    @property
    def picture_url(self) -> str:
        """Where the preview is served, by its random name; empty when there is none."""
        return reverse("pricing:picture", args=[PurePosixPath(str(self.preview)).stem]) if self.preview else ""


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a priced quote amounts to for its whole quantity, and the mass of one piece."""

    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    mass_g: Decimal


@dataclass(frozen=True, slots=True)
class Choices:
    """What is wanted of a design, whatever the alloy.

    quantity: how many are sold, of which each is `pieces_in_one` pieces of the design, such as the two of a pair of
    earrings. unit: of the file, if somebody says so. stones_are_metal: the customer says that what was taken for stones
    is part of the piece.
    """

    finish: str = Finish.POLISHED
    size: str = ""
    quantity: int = 1
    pieces_in_one: int = 1
    kind: str = Kind.RING
    unit: str = ""
    plating: str = ""
    engraving: str = ""
    rush: bool = False
    set_stones: bool = True
    stones_are_metal: bool = False


class Quote(models.Model):
    """A price for a design in an alloy, finish, size and quantity, under one price list, valid until a moment.

    `receipt` freezes every input of the calculation, so that it can be repeated and gives the same amount to the cent.
    """

    transitions = states.TRANSITIONS

    reference = models.CharField(_("reference"), max_length=16, unique=True, default=quote_reference, editable=False)
    design = models.ForeignKey(Design, models.PROTECT, related_name="quotes", verbose_name=_("design"))
    unit = models.CharField(_("unit"), max_length=8, blank=True, choices=Unit.choices)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.RING)
    alloy = models.ForeignKey(Alloy, models.PROTECT, related_name="+", verbose_name=_("alloy"))
    finish = models.CharField(_("finish"), max_length=24, choices=Finish.choices)
    size = models.CharField(_("size"), max_length=16, blank=True)
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    pieces_in_one = models.PositiveSmallIntegerField(_("pieces in one"), default=1)
    plating = models.CharField(_("plating"), max_length=12, choices=Plating.choices, blank=True)
    engraving = models.CharField(_("engraving"), max_length=60, blank=True)
    rush = models.BooleanField(_("rush"), default=False)
    set_stones = models.BooleanField(_("stones are set"), default=True)
    stones_are_metal = models.BooleanField(_("stones are metal"), default=False)

    status = models.CharField(_("status"), max_length=24, choices=QuoteStatus.choices, default=QuoteStatus.REQUESTED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    hinted_at = models.DateTimeField(_("queued at"), auto_now_add=True)
    start_by = models.DateTimeField(_("to be started by"), default=timezone.now, editable=False)
    give_up_at = models.DateTimeField(_("given up at"), null=True, editable=False)
    requested_at = models.DateTimeField(_("requested at"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)

    price_list = models.ForeignKey(PriceList, models.PROTECT, null=True, blank=True, related_name="+")
    measurement = models.ForeignKey(Measurement, models.PROTECT, null=True, blank=True, related_name="quotes")
    mass_g = GramsField(_("mass of a piece, g"), null=True, blank=True)
    cast_mass_g = GramsField(_("mass of a piece as cast, g"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    net = MoneyField(_("net"), null=True, blank=True)
    tax = MoneyField(_("VAT"), null=True, blank=True)
    gross = MoneyField(_("price"), null=True, blank=True)
    receipt = models.JSONField(_("receipt"), null=True, blank=True)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices, blank=True)
    reasons = models.JSONField(_("reasons"), default=list, blank=True)  # pricing.engine.castability.Reason.to_json()
    refusal_code = models.SlugField(_("refusal"), blank=True)
    refusal_params = models.JSONField(default=dict, blank=True)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=1000), name="quote_quantity"),
            models.CheckConstraint(
                condition=Q(pieces_in_one__gte=1, pieces_in_one__lte=12), name="quote_pieces_in_one"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[QuoteStatus.PRICED, QuoteStatus.ACCEPTED, QuoteStatus.EXPIRED])
                | Q(
                    gross__isnull=False,
                    gross__gt=0,
                    net__isnull=False,
                    tax__isnull=False,
                    receipt__isnull=False,
                    valid_until__isnull=False,
                ),
                name="quote_priced_has_price",
            ),
            models.CheckConstraint(
                condition=Q(gross__isnull=True) | Q(gross=Round(F("net") + F("tax"), 2)),
                name="quote_net_and_tax_are_gross",
            ),
        ]
        indexes = [
            models.Index(
                fields=["hinted_at"],
                condition=Q(status__in=[QuoteStatus.REQUESTED, QuoteStatus.CALCULATING]),
                name="quote_unsettled",
            ),
            models.Index(
                fields=["start_by", "id"],
                condition=Q(status__in=[QuoteStatus.REQUESTED, QuoteStatus.CALCULATING]),
                name="quote_in_turn",
            ),
            models.Index(fields=["design", "unit"], condition=Q(status=QuoteStatus.CALCULATING), name="quote_in_work"),
            models.Index(fields=["valid_until"], condition=Q(status=QuoteStatus.PRICED), name="quote_open_until"),
        ]

    @override
    def __str__(self) -> str:
        return self.reference

    @property
    def choices(self) -> Choices:
        """What was asked of the design, as it is asked for again."""
        return Choices(**{field.name: getattr(self, field.name) for field in fields(Choices)})

    @property
    def pieces(self) -> int:
        """How many pieces of the design are made: the quantity counts pairs where a pair is sold."""
        return self.quantity * self.pieces_in_one

    @property
    def amounts(self) -> Amounts:
        """The amounts of a quote that was priced. Refuses with QuoteNotPriced."""
        if self.net is None or self.tax is None or self.gross is None or self.mass_g is None:
            raise QuoteNotPriced
        return Amounts(self.currency, self.net, self.tax, self.gross, self.mass_g)


class QuoteComponent(models.Model):
    """One line of a quote's breakdown; the lines add up to its net amount."""

    quote = models.ForeignKey(Quote, models.CASCADE, related_name="components")
    rank = models.PositiveSmallIntegerField()
    code = models.SlugField(_("component"))
    amount = MoneyField(_("amount"))

    class Meta:
        verbose_name = _("component of a price")
        verbose_name_plural = _("components of a price")
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["quote", "code"], name="quote_component_once")]

    @override
    def __str__(self) -> str:
        return f"{self.code} {self.amount}"


class QuoteLog(StatusLog):
    quote = models.ForeignKey(Quote, models.CASCADE, related_name="log")

    class Meta(StatusLog.Meta):
        verbose_name = _("step of a quote")
        verbose_name_plural = _("steps of a quote")

    @override
    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
