"""Companies that order through the API, and the keys they do it with."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.fields import MoneyField
from external_orders.states import all_scopes
from pricing.models import Alloy


class Partner(models.Model):
    """A company that orders through the API, within its limits without a person."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    most_amount = MoneyField(
        _("most per order"), help_text=_("Orders up to this total go to production by themselves; others wait here.")
    )
    most_pieces = models.PositiveIntegerField(_("most pieces per order"), null=True, blank=True)
    alloys = models.ManyToManyField(
        Alloy, blank=True, related_name="+", verbose_name=_("alloys"), help_text=_("Agreed on; none named: all.")
    )
    credit_limit = MoneyField(
        _("credit"), null=True, blank=True, help_text=_("Most that open orders may come to together; empty: no limit.")
    )
    contact_email = models.EmailField(
        _("contact's e-mail"), blank=True, help_text=_("Who hears that the partner's webhooks aren't taken.")
    )
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(most_amount__gte=0), name="partner_most_amount"),
            models.CheckConstraint(
                condition=Q(credit_limit__isnull=True) | Q(credit_limit__gte=0), name="partner_credit_limit"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class PartnerKey(models.Model):
    """A key as Karat keeps it: a prefix to find it by and the SHA-256 of the whole.

    The whole has 256 random bits and is shown once, so a plain hash is enough: there is nothing to guess.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="keys", verbose_name=_("partner"))
    livemode = models.BooleanField(_("live"), default=True)
    scopes = models.JSONField(_("may be used to"), default=all_scopes)
    api_version = models.CharField(_("version of the API"), max_length=10, blank=True)
    networks = models.JSONField(_("only from"), default=list, blank=True)  # of addresses; none named: from anywhere
    prefix = models.CharField(_("prefix"), max_length=8, unique=True)
    sha256 = models.CharField("SHA-256", max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("issued by")
    )
    created_at = models.DateTimeField(_("issued at"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("partner's key")
        verbose_name_plural = _("partners' keys")
        permissions = [("issue_partner_key", _("Can issue and revoke partners' keys"))]
        ordering = ["-created_at"]

    @override
    def __str__(self) -> str:
        return f"jwl_{'live' if self.livemode else 'test'}_{self.prefix}_…"
