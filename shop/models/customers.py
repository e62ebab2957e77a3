"""Who buys: a person with an account, or a visitor known by a key in his session."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.references import quote_reference, secret_key
from pricing.models import Quote
from shop.querysets import CustomerQuerySet
from shop.states import CustomerAct


class Customer(models.Model):
    """A person with an account, or a visitor who uploaded a design or filled a basket before signing in.

    merged_into: he turned out to be the same person as another, who has all that was his. erased_at: his personal data
    is gone; the amounts, dates and countries of his orders stay, as bookkeeping requires.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="customer", verbose_name=_("user")
    )
    key = models.CharField(max_length=64, unique=True, default=secret_key, editable=False)
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    created_at = models.DateTimeField(_("customer since"), auto_now_add=True)
    merged_into = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, editable=False, related_name="+", verbose_name=_("merged into")
    )
    erased_at = models.DateTimeField(_("personal data erased at"), null=True, blank=True, editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        permissions = [
            ("export_customer", _("Can export what is held on a customer")),
            ("erase_customer", _("Can erase a customer's personal data")),
            ("merge_customer", _("Can merge two customers")),
        ]
        indexes = [
            models.Index(fields=["email"], name="customer_of_email"),
            models.Index(fields=["-id"], condition=~Q(email=""), name="customer_known_newest"),
        ]

    @override
    def __str__(self) -> str:
        return self.name or self.email or str(_("erased") if self.erased_at else _("visitor"))


class Address(models.Model):
    """Where a customer has parcels sent to; the usual one is what checkout begins with."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="addresses", verbose_name=_("customer"))
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=200)
    postal_code = models.CharField(_("postal code"), max_length=16)
    city = models.CharField(_("city"), max_length=80)
    country = models.CharField(_("country"), max_length=2)
    is_usual = models.BooleanField(_("the usual one"), default=False, editable=False)

    class Meta:
        verbose_name = _("address of a customer")
        verbose_name_plural = _("addresses of customers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(is_usual=True), name="address_one_usual")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.address}, {self.postal_code} {self.city}"


class CustomerLog(models.Model):
    """What was done about a customer, by whom and why. Written by services, never changed, without personal data."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="log", verbose_name=_("customer"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    act = models.CharField(_("what"), max_length=12, choices=CustomerAct.choices)
    detail = models.CharField(_("details"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("step of a customer")
        verbose_name_plural = _("steps of a customer")
        ordering = ["pk"]

    @override
    def __str__(self) -> str:
        return self.act


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
