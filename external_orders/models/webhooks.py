"""What partners are told: events, where they are sent, and how each sending went."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from external_orders import references
from external_orders.models.orders import ExternalOrder
from external_orders.models.partners import Partner
from external_orders.querysets import EventQuerySet, WebhookDeliveryQuerySet, WebhookEndpointQuerySet
from external_orders.sealing import unseal
from external_orders.states import DeliveryStatus, DisabledReason, EventType


class Event(models.Model):
    """Something a partner should know, written in the transaction in which it happened and never altered.

    Events of an order are numbered within it. `feed_number` is given by a relay after the commit: a number given at
    the writing could appear behind a higher one that committed first, and whoever reads on from there would skip it.
    """

    public_id = models.CharField(_("id"), max_length=32, unique=True, default=references.event_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("partner"))
    livemode = models.BooleanField(_("live"), default=True)
    type = models.CharField(_("type"), max_length=32, choices=EventType.choices)
    order = models.ForeignKey(
        ExternalOrder, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("order")
    )
    sequence = models.PositiveIntegerField(_("sequence"), default=1)
    data = models.JSONField(_("what is told"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    feed_number = models.BigIntegerField(_("number in the feed"), null=True, unique=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["order", "sequence"], name="event_sequence_once")]
        indexes = [
            models.Index(fields=["partner", "livemode", "feed_number"], name="event_feed"),
            models.Index(fields=["partner", "livemode", "at", "id"], name="event_by_time"),
            models.Index(fields=["id"], condition=Q(feed_number__isnull=True), name="event_unnumbered"),
        ]

    @override
    def __str__(self) -> str:
        return self.type


class WebhookEndpoint(models.Model):
    """An address of a partner that hears of his orders, the secret that signs its messages, and how it fares."""

    public_id = models.CharField(_("id"), max_length=32, unique=True, default=references.endpoint_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="endpoints", verbose_name=_("partner"))
    livemode = models.BooleanField(_("live"), default=True)
    url = models.CharField(_("address"), max_length=500)
    description = models.CharField(_("description"), max_length=100, blank=True)
    event_types = models.JSONField(_("types of events"), default=list, blank=True)  # none named: all
    sealed_secret = models.CharField(max_length=300, editable=False)
    sealed_previous_secret = models.CharField(max_length=300, blank=True, editable=False)
    previous_secret_until = models.DateTimeField(_("previous secret until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    disabled_reason = models.CharField(_("why disabled"), max_length=16, choices=DisabledReason.choices, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    warned_days = models.PositiveSmallIntegerField(_("warned at day"), default=0)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=True, disabled_reason="") | (Q(is_active=False) & ~Q(disabled_reason="")),
                name="webhook_endpoint_disabled_reason",
            )
        ]
        indexes = [
            models.Index(
                fields=["failing_since"],
                condition=Q(is_active=True, failing_since__isnull=False),
                name="webhook_endpoint_failing",
            )
        ]

    @override
    def __str__(self) -> str:
        return self.public_id

    @property
    def secret(self) -> str:
        return unseal(self.sealed_secret)

    def signing_secrets(self, *, at: datetime) -> list[str]:
        """The secret, and the one before it until the overlap of a rotation ends."""
        is_overlapping = self.previous_secret_until is not None and self.previous_secret_until > at
        return [self.secret, unseal(self.sealed_previous_secret)] if is_overlapping else [self.secret]


class WebhookDelivery(models.Model):
    """An event on its way to an endpoint. The row is the truth: when it is due again, who sends it, how it went."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries", verbose_name=_("event"))
    endpoint = models.ForeignKey(WebhookEndpoint, models.PROTECT, related_name="deliveries", verbose_name=_("endpoint"))
    # Copies of the event's, so that one index finds the earlier messages of an order that this one waits for.
    order = models.ForeignKey(
        ExternalOrder, models.PROTECT, null=True, blank=True, related_name="deliveries", verbose_name=_("order")
    )
    sequence = models.PositiveIntegerField(_("sequence"))
    message_id = models.CharField(
        _("message"), max_length=32, unique=True, default=references.message_id, editable=False
    )
    status = models.CharField(
        _("status"), max_length=12, choices=DeliveryStatus.choices, default=DeliveryStatus.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("due at"), default=timezone.now)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(_("last answer"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=1000, blank=True)
    duration_ms = models.PositiveIntegerField(_("took, ms"), null=True, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        permissions = [("replay_webhook_delivery", _("Can send webhooks again"))]
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=~Q(status=DeliveryStatus.DELIVERED) | Q(delivered_at__isnull=False),
                name="webhook_delivered_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["endpoint", "next_at"], condition=Q(status="pending"), name="webhook_delivery_lane"),
            models.Index(
                fields=["endpoint", "order", "sequence"],
                condition=Q(status="pending"),
                name="webhook_delivery_line",
            ),
            models.Index(
                fields=["endpoint"], condition=Q(lease_until__isnull=False), name="webhook_delivery_in_flight"
            ),
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_newest"),
        ]

    @override
    def __str__(self) -> str:
        return self.message_id
