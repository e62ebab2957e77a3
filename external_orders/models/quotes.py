"""What partners upload and ask the price of: a quote has items, each priced by a quote of pricing's own."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from external_orders import references
from external_orders.models.partners import Partner
from external_orders.querysets import ExternalQuoteQuerySet, PartnerModelQuerySet
from pricing.models import Design, Quote


class PartnerModel(models.Model):
    """A design as one partner knows it: the same bytes are the same model of a partner, and of nobody else."""

    public_id = models.CharField(_("id"), max_length=32, unique=True, default=references.model_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="models", verbose_name=_("partner"))
    livemode = models.BooleanField(_("live"), default=True)
    design = models.ForeignKey(Design, models.PROTECT, related_name="+", verbose_name=_("design"))
    filename = models.CharField(_("file name"), max_length=120)  # shown to its partner, never used as a path
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    settled_at = models.DateTimeField(_("measured at"), null=True, blank=True)
    refusal_code = models.SlugField(_("refusal"), blank=True)

    objects = PartnerModelQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner's model")
        verbose_name_plural = _("partners' models")
        constraints = [
            models.UniqueConstraint(fields=["partner", "livemode", "design"], name="partner_model_once"),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(settled_at__isnull=True), name="partner_model_unmeasured")
        ]

    @override
    def __str__(self) -> str:
        return self.public_id


class ExternalQuote(models.Model):
    """A quote that a partner asked for. Its state and price are those of its items, never a copy."""

    public_id = models.CharField(_("id"), max_length=32, unique=True, default=references.quote_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="quotes", verbose_name=_("partner"))
    livemode = models.BooleanField(_("live"), default=True)
    created_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    closed_at = models.DateTimeField(_("ordered or expired at"), null=True, blank=True)

    objects = ExternalQuoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("external quote")
        verbose_name_plural = _("external quotes")
        indexes = [
            models.Index(
                fields=["partner", "livemode"], condition=Q(closed_at__isnull=True), name="external_quote_open"
            ),
            models.Index(fields=["created_at"], condition=Q(settled_at__isnull=True), name="external_quote_unsettled"),
            models.Index(
                fields=["expires_at"],
                condition=Q(closed_at__isnull=True, expires_at__isnull=False),
                name="external_quote_open_until",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.public_id


class ExternalQuoteItem(models.Model):
    """One line of a quote: a partner's model or a SKU of the catalogue, priced by pricing's own row."""

    external_quote = models.ForeignKey(
        ExternalQuote, models.PROTECT, related_name="items", verbose_name=_("external quote")
    )
    rank = models.PositiveSmallIntegerField(_("line"))
    model = models.ForeignKey(
        PartnerModel, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("model")
    )
    sku = models.CharField("SKU", max_length=50, blank=True)
    quote = models.OneToOneField(Quote, models.PROTECT, related_name="+", verbose_name=_("quote"))

    class Meta:
        verbose_name = _("line of an external quote")
        verbose_name_plural = _("lines of an external quote")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["external_quote", "rank"], name="external_quote_item_once"),
            models.CheckConstraint(
                condition=Q(model__isnull=True) ^ Q(sku=""), name="external_quote_item_model_or_sku"
            ),
        ]

    @override
    def __str__(self) -> str:
        return str(self.rank)
