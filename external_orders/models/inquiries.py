"""What is asked about an order while it is made: by the workshop of its partner, or by the partner of the workshop."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.fields import MoneyField
from external_orders.models.orders import ExternalOrder
from external_orders.states import InquiryKind, InquiryOutcome


class Inquiry(models.Model):
    """A question to the partner, or his wish to cancel what is being made. An order has one open at a time."""

    order = models.ForeignKey(ExternalOrder, models.PROTECT, related_name="inquiries", verbose_name=_("order"))
    kind = models.CharField(_("kind"), max_length=16, choices=InquiryKind.choices)
    text = models.CharField(_("what is asked"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=InquiryOutcome.choices, blank=True)
    fee = MoneyField(_("fee"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("question about an external order")
        verbose_name_plural = _("questions about external orders")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(closed_at__isnull=True), name="inquiry_one_open"),
            models.CheckConstraint(condition=Q(closed_at__isnull=True) ^ ~Q(outcome=""), name="inquiry_closed_outcome"),
            models.CheckConstraint(condition=Q(fee__isnull=True) | Q(fee__gte=0), name="inquiry_fee"),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(closed_at__isnull=True, kind="cancellation"),
                name="inquiry_undecided",
            )
        ]

    @override
    def __str__(self) -> str:
        return self.text
