"""Who buys: a person with an account, or a visitor known by a key in his session."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.references import quote_reference, secret_key
from pricing.models import Quote


class Customer(models.Model):
    """A person with an account, or a visitor who uploaded a design or filled a basket before signing in."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="customer", verbose_name=_("user")
    )
    key = models.CharField(max_length=64, unique=True, default=secret_key, editable=False)
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    created_at = models.DateTimeField(_("customer since"), auto_now_add=True)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [models.Index(fields=["email"], name="customer_of_email")]

    @override
    def __str__(self) -> str:
        return self.name or self.email or str(_("visitor"))


class QuoteRequest(models.Model):
    """Which customer asked for a quote, and under which name he uploaded the file.

    The quotes of one question, one in each alloy, share `batch`. `consented_at`: he wants the piece although he was
    told what he may regret (the quote's reasons, which never change).
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="quote_requests", verbose_name=_("customer"))
    quote = models.OneToOneField(Quote, models.PROTECT, related_name="request", verbose_name=_("quote"))
    title = models.CharField(_("title"), max_length=120)
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    told_at = models.DateTimeField(_("customer told at"), null=True, editable=False)
    batch = models.CharField(_("asked together"), max_length=16, default=quote_reference, editable=False)
    is_lead = models.BooleanField(_("first of those asked together"), default=True, editable=False)
    consented_at = models.DateTimeField(_("wanted in spite of our advice at"), null=True, editable=False)

    class Meta:
        verbose_name = _("asked quote")
        verbose_name_plural = _("asked quotes")
        constraints = [
            models.UniqueConstraint(fields=["batch"], condition=Q(is_lead=True), name="quote_request_one_lead")
        ]
        indexes = [
            models.Index(fields=["customer", "-asked_at"], name="quote_request_newest"),
            models.Index(fields=["customer", "-id"], condition=Q(is_lead=True), name="quote_request_leads"),
            models.Index(fields=["batch", "id"], name="quote_request_batch"),
        ]

    @override
    def __str__(self) -> str:
        return self.title
