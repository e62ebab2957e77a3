"""What was decided about an order, and which work orders came of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from crm.models.rules import RuleSet
from crm.states import Verdict
from mes.models import WorkOrder
from shop.models import Order, OrderLine


class Review(models.Model):
    """The decision about an order with the rules and facts it saw; a seller's decision stands beside the rules'."""

    order = models.OneToOneField(Order, models.PROTECT, related_name="review", verbose_name=_("order"))
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict.choices)
    reasons = models.JSONField(_("reasons"), default=list)
    warnings = models.JSONField(_("found, but no reason to stop"), default=list)
    rule_set = models.ForeignKey(
        RuleSet, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("version of the rules")
    )
    rules = models.JSONField(_("rules as applied"), default=list)
    facts = models.JSONField(_("facts seen"), default=dict)
    reviewed_at = models.DateTimeField(_("reviewed at"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        permissions = [
            ("use_sellers_site", _("Can use the sellers' site")),
            ("decide_order", _("Can approve, hold and reject orders")),
        ]
        indexes = [
            models.Index(fields=["verdict", "reviewed_at"], name="review_by_verdict"),
            models.Index(fields=["decided_at"], condition=models.Q(decided_at__isnull=False), name="review_decided"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.verdict}"


class OrderException(Review):
    """A review as sellers meet it: an order that waits for a decision."""

    class Meta:
        proxy = True
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")


class ProductionRequest(models.Model):
    """Which work order makes which line of an order."""

    order_line = models.OneToOneField(
        OrderLine, models.PROTECT, related_name="production", verbose_name=_("order line")
    )
    work_order = models.OneToOneField(
        WorkOrder, models.PROTECT, related_name="production_request", verbose_name=_("work order")
    )

    class Meta:
        verbose_name = _("production request")
        verbose_name_plural = _("production requests")

    @override
    def __str__(self) -> str:
        return f"{self.order_line_id}"
