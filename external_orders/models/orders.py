"""What partners order, piece by piece, and the answers kept for repetitions. Nothing of it is the shop's."""

from collections.abc import Sequence

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.fields import MoneyField
from config.kernel.transitions import StatusLog
from external_orders import references, states
from external_orders.models.partners import Partner
from external_orders.models.quotes import ExternalQuote, ExternalQuoteItem
from external_orders.querysets import ExternalOrderQuerySet, OwnedQuerySet
from external_orders.states import ExternalOrderStatus, StatusDetail
from mes.models import WorkOrder


class ExternalOrder(models.Model):
    """What a partner ordered through the API. Its amounts are frozen copies of the accepted quote's.

    `sequence` rises by one with each change of the status; a partner who drops what isn't newer is always right.
    """

    transitions = states.TRANSITIONS

    public_id = models.CharField(_("id"), max_length=32, unique=True, default=references.order_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="orders", verbose_name=_("partner"))
    livemode = models.BooleanField(_("live"), default=True)
    reference = models.CharField(_("partner's reference"), max_length=64)
    quote = models.OneToOneField(ExternalQuote, models.PROTECT, related_name="order", verbose_name=_("quote"))
    status = models.CharField(
        _("status"), max_length=16, choices=ExternalOrderStatus.choices, default=ExternalOrderStatus.RECEIVED
    )
    status_detail = models.CharField(_("waits for"), max_length=20, choices=StatusDetail.choices, blank=True)
    waits_for = models.JSONField(_("why it waited"), default=list, blank=True)  # codes: external_orders.words
    sequence = models.PositiveIntegerField(_("sequence"), default=1)
    currency = models.CharField(_("currency"), max_length=3)
    net = MoneyField(_("net"))
    tax = MoneyField(_("VAT"))
    gross = MoneyField(_("total"))
    promised_on = models.DateField(_("promised date"))
    # What the partner was told when he ordered, and with which probability, per cent. A planner moves promised_on.
    first_promised_on = models.DateField(_("promised at first"), null=True, editable=False)
    promise_probability = models.PositiveSmallIntegerField(_("promised with, %"), null=True, editable=False)
    accepted_at = models.DateTimeField(_("accepted at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)

    ship_to_name = models.CharField(_("name"), max_length=120)
    ship_to_line1 = models.CharField(_("address"), max_length=200)
    ship_to_city = models.CharField(_("city"), max_length=80)
    ship_to_postal_code = models.CharField(_("postal code"), max_length=16)
    ship_to_country = models.CharField(_("country"), max_length=2)
    note = models.CharField(_("note"), max_length=300, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=60, blank=True)

    objects = ExternalOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("external order")
        verbose_name_plural = _("external orders")
        permissions = [
            ("decide_external_order", _("Can confirm, reject and cancel external orders")),
            ("ship_external_order", _("Can hand external orders to the carrier")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["partner", "livemode", "reference"], name="external_order_reference_once"),
            # Rounded, because SQLite adds decimals as binary fractions.
            models.CheckConstraint(
                condition=Q(gross=Round(F("net") + F("tax"), 2)), name="external_order_net_tax_gross"
            ),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="external_order_sequence"),
            models.CheckConstraint(
                condition=~Q(status__in=["shipped", "delivered"]) | ~Q(tracking_number=""),
                name="external_order_shipped_tracking",
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "livemode", "-id"], name="external_order_of_partner"),
            models.Index(fields=["partner", "livemode", "status", "-id"], name="external_order_of_partner_by"),
            models.Index(fields=["partner", "livemode", "changed_at"], name="external_order_changed"),
            models.Index(fields=["-accepted_at", "-id"], name="external_order_newest"),
            models.Index(fields=["reference"], name="external_order_of_reference"),
            models.Index(fields=["status", "-accepted_at", "-id"], name="external_order_by_status"),
            models.Index(
                fields=["accepted_at", "id"],
                condition=Q(status="received", livemode=True),
                name="external_order_waiting",
            ),
            models.Index(
                fields=["accepted_at", "id"], condition=~Q(status_detail=""), name="external_order_asked_about"
            ),
            models.Index(
                fields=["status"], condition=Q(status__in=["confirmed", "in_production"]), name="external_order_in_work"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> str:
        return f"{self.gross} {self.currency}"

    def know_lines(self, lines: "Sequence[ExternalOrderItem]") -> None:
        """Of an order that was just written all is known that `ExternalOrderQuerySet.with_page` would read."""
        self.is_cast = False
        rows = self.items.all()
        rows._result_cache = list(lines)  # as a prefetch leaves it: whoever filters asks the database
        self._prefetched_objects_cache = {"items": rows, "inquiries": self.inquiries.none()}

    def know_inquiries(self) -> None:
        """What was asked right after it was written is known too."""
        self._prefetched_objects_cache["inquiries"] = self.inquiries.model._default_manager.filter(order=self)


class WaitingExternalOrder(ExternalOrder):
    """The same rows where a planner must decide: a list of its own, oldest first."""

    class Meta:
        proxy = True
        verbose_name = _("external order that waits")
        verbose_name_plural = _("external orders that wait")


class ExternalOrderItem(models.Model):
    """One line of an external order, made by one work order once the order is confirmed."""

    order = models.ForeignKey(ExternalOrder, models.PROTECT, related_name="items", verbose_name=_("order"))
    rank = models.PositiveSmallIntegerField(_("line"))
    quote_item = models.OneToOneField(
        ExternalQuoteItem, models.PROTECT, related_name="order_item", verbose_name=_("quoted")
    )
    work_order = models.OneToOneField(
        WorkOrder, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("work order")
    )

    class Meta:
        verbose_name = _("line of an external order")
        verbose_name_plural = _("lines of an external order")
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["order", "rank"], name="external_order_item_once")]

    @override
    def __str__(self) -> str:
        return str(self.rank)


class ExternalOrderLog(StatusLog):
    order = models.ForeignKey(ExternalOrder, models.CASCADE, related_name="log")

    class Meta(StatusLog.Meta):
        verbose_name = _("step of an external order")
        verbose_name_plural = _("steps of an external order")

    @override
    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"


class IdempotencyRecord(models.Model):
    """The answer that was given to a request with a key; committed with what the request did, or not at all."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    livemode = models.BooleanField(default=True)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer kept for a repetition")
        verbose_name_plural = _("answers kept for repetitions")
        constraints = [models.UniqueConstraint(fields=["partner", "livemode", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_oldest")]

    @override
    def __str__(self) -> str:
        return self.key
