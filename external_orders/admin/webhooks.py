"""Where partners are told, and how each message went; a settled one can be sent again."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from config.kernel.admin import ReadOnlyAdmin
from config.kernel.decisions import ask
from config.kernel.sites import operators
from external_orders.models import WebhookDelivery, WebhookEndpoint
from external_orders.services.webhooks import payload_of, replay_delivery, replay_range
from external_orders.states import DeliveryStatus

STATUS_COLOURS = {"pending": "warning", "delivered": "success", "failed": "danger"}


@admin.register(WebhookEndpoint, site=operators)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "partner", "url", "is_active", "disabled_reason", "failures", "failing_since"]
    list_filter = ["is_active"]
    list_select_related = ["partner"]
    exact_search = ["public_id"]
    fields = [
        ("public_id", "partner"),
        ("livemode", "created_at"),
        ("url", "description"),
        ("is_active", "disabled_reason"),
        ("failures", "failing_since"),
        ("paused_until", "previous_secret_until"),
        "hears_of",
    ]
    readonly_fields = ["hears_of"]
    actions_detail = ["replay_failed"]

    @display(description=_("types of events"))
    def hears_of(self, endpoint: WebhookEndpoint) -> str:
        return ", ".join(endpoint.event_types) or str(_("all"))

    @action(
        description=_("Send failed ones again"), permissions=["external_orders.replay_webhook_delivery"], icon="replay"
    )
    def replay_failed(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What failed in the last hours goes out again, the oldest thousand events first."""
        return ask(
            self,
            request,
            object_id,
            title=_("Send failed ones again"),
            call=_replay_failed,
            fields=lambda endpoint: {
                "hours": forms.IntegerField(
                    label=_("Of the last hours"), min_value=1, max_value=719, widget=UnfoldAdminIntegerFieldWidget()
                )
            },
            is_required=False,
        )


@admin.register(WebhookDelivery, site=operators)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = [
        "order_or_type",
        "sequence",
        "status_label",
        "partner",
        "attempts",
        "last_status",
        "due_at",
        "message_id",
    ]
    list_filter = ["status"]
    list_select_related = ["order", "endpoint__partner", "event"]
    exact_search = ["message_id", "order__reference"]
    ordering = ["-pk"]
    fields = [
        ("order", "sequence"),
        ("endpoint", "url"),
        ("status", "attempts"),
        ("next_at", "delivered_at"),
        ("last_status", "duration_ms"),
        "last_error",
        ("message_id", "event"),
        "told",
    ]
    readonly_fields = ["told", "url"]
    actions_detail = ["replay"]
    actions_row = ["replay"]

    @display(description=_("status"), label=STATUS_COLOURS)
    def status_label(self, delivery: WebhookDelivery) -> tuple[str, str]:
        return delivery.status, delivery.get_status_display()

    @display(description=_("order"))
    def order_or_type(self, delivery: WebhookDelivery) -> str:
        return str(delivery.order or delivery.event.get_type_display())

    @display(description=_("partner"))
    def partner(self, delivery: WebhookDelivery) -> str:
        return str(delivery.endpoint.partner)

    @display(description=_("due at"))
    def due_at(self, delivery: WebhookDelivery) -> Any:
        return delivery.next_at if delivery.status == DeliveryStatus.PENDING else None

    @display(description=_("what is told"))
    def told(self, delivery: WebhookDelivery) -> str:
        return format_html('<code class="break-all whitespace-normal">{}</code>', payload_of(delivery.event))

    @display(description=_("address"))
    def url(self, delivery: WebhookDelivery) -> str:
        return delivery.endpoint.url

    @action(description=_("Send again"), permissions=["external_orders.replay_webhook_delivery"], icon="replay")
    def replay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return ask(self, request, object_id, title=_("Send again"), call=_replay, is_required=False)


def _replay_failed(endpoint: Any, reason: str, *, hours: int) -> None:
    replay_range(
        partner=endpoint.partner,
        livemode=endpoint.livemode,
        endpoint_id=endpoint.public_id,
        since=timezone.now() - timedelta(hours=hours),
    )


def _replay(delivery: Any, reason: str) -> None:
    replay_delivery(delivery_id=delivery.pk)
