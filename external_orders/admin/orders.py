"""External orders for planners: most need nobody; those over a limit wait here for a decision with a reason."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from config.kernel.admin import LogInline, ReadOnlyAdmin, ReadOnlyInline, thumbnail
from config.kernel.amounts import money
from config.kernel.dashboards import durations
from config.kernel.decisions import decision
from config.kernel.sites import Way, operators
from external_orders.models import (
    Event,
    ExternalOrder,
    ExternalOrderItem,
    ExternalOrderLog,
    Inquiry,
    Partner,
    WaitingExternalOrder,
    WebhookDelivery,
)
from external_orders.querysets import CAN_BE_HELD
from external_orders.services import inquiries, orders
from external_orders.states import TRANSITIONS, DeliveryStatus, ExternalOrderStatus, StatusDetail
from external_orders.words import reasons_in_words
from mes.models import WorkOrder
from mes.selectors import seconds_to_price, time_spent

STATUS_COLOURS = {
    "received": "danger",
    "confirmed": "info",
    "in_production": "warning",
    "ready": "success",
    "shipped": "success",
    "delivered": "success",
}
_MOST_PARTNERS = 200


class PartnerFilter(admin.SimpleListFilter):
    """A bounded list of names, read once."""

    title = _("partner")
    parameter_name = "partner"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return list(Partner.objects.order_by("name").values_list("pk", "name")[:_MOST_PARTNERS])

    @override
    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value()
        return queryset.filter(partner=chosen) if chosen and chosen.isdecimal() else queryset


_LINES = Prefetch(
    "items",
    ExternalOrderItem.objects.select_related(
        "work_order", "quote_item__model", "quote_item__quote__alloy", "quote_item__quote__measurement"
    ).order_by("rank"),
)


class ExternalOrderItemInline(ReadOnlyInline):
    """What was ordered, line by line, each with the work order that makes it."""

    model = ExternalOrderItem
    verbose_name_plural = _("lines")
    fields = readonly_fields = ["rank", "picture", "piece", "price", "work_order_link"]

    @override
    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows.select_related("work_order", "quote_item__quote__alloy", "quote_item__quote__measurement")

    @display(description="")
    def picture(self, item: ExternalOrderItem) -> str:
        measurement = item.quote_item.quote.measurement
        return thumbnail(measurement.picture_url if measurement else "")

    @display(description=_("piece"))
    def piece(self, item: ExternalOrderItem) -> str:
        quote = item.quote_item.quote
        asked = [
            quote.get_kind_display(),
            quote.alloy.name,
            quote.get_finish_display(),
            quote.size,
            f"“{quote.engraving}”" if quote.engraving else "",
            item.quote_item.sku,
        ]
        return f"{quote.quantity} × " + ", ".join(str(word) for word in asked if word)

    @display(description=_("price"))
    def price(self, item: ExternalOrderItem) -> str:
        quote = item.quote_item.quote
        return money(quote.gross, quote.currency)

    @display(description=_("work order"))
    def work_order_link(self, item: ExternalOrderItem) -> str:
        if item.work_order is None:
            return "–"
        url = reverse(f"{self.admin_site.name}:mes_workorder_change", args=[item.work_order.pk])
        return format_html('<a class="font-semibold" href="{}">{}</a>', url, item.work_order.reference)


class EventInline(ReadOnlyInline):
    """What the partner was told, as a line each."""

    model = Event
    fields = readonly_fields = ["sequence", "type", "told", "at", "public_id"]

    @display(description=_("what is told"))
    def told(self, event: Event) -> str:
        """From what to what, whichever of its members the event is about."""
        before = next((value for name, value in event.data.items() if name.startswith("previous_")), None)
        about = next((name for name in event.data if name.startswith("previous_")), "previous_status")
        return f"{before or '–'} → {event.data.get(about.removeprefix('previous_')) or '–'}"


class WebhookDeliveryInline(ReadOnlyInline):
    model = WebhookDelivery
    fk_name = "order"
    ordering = ["sequence", "pk"]
    fields = readonly_fields = ["sequence", "message", "endpoint", "status", "attempts", "last_error", "due_at"]

    @override
    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("endpoint")

    @display(description=_("message"))
    def message(self, delivery: WebhookDelivery) -> str:
        """The way to its page, where it can be sent again."""
        url = reverse(f"{self.admin_site.name}:external_orders_webhookdelivery_change", args=[delivery.pk])
        return format_html('<a class="font-semibold" href="{}">{}</a>', url, delivery.message_id)

    @display(description=_("due at"))
    def due_at(self, delivery: WebhookDelivery) -> Any:
        return delivery.next_at if delivery.status == DeliveryStatus.PENDING else None


class InquiryInline(ReadOnlyInline):
    model = Inquiry
    verbose_name_plural = _("questions")
    fields = readonly_fields = ["kind", "text", "asked_at", "answer", "answered_at", "outcome", "fee"]


class ExternalOrderLogInline(LogInline):
    model = ExternalOrderLog


_DECIDE = "external_orders.decide_external_order"
_SHIP = "external_orders.ship_external_order"


def _decision(title: Any, service: Any, *, permission: str = _DECIDE, **how: Any) -> Any:
    return decision(title, service, thing="order_id", permission=permission, **how)


def _fee_fields(order: ExternalOrder) -> dict[str, forms.Field]:
    label = _("Fee of %(most)s at most") % {"most": order.amount}
    amount: dict[str, Any] = {"min_value": 0, "max_value": order.gross, "decimal_places": 2}
    return {"fee": forms.DecimalField(label=label, required=False, widget=UnfoldAdminDecimalFieldWidget(), **amount)}


_ASKED = {StatusDetail.WAITS_FOR_ANSWER, StatusDetail.ANSWERED}
_MOVES = {
    "confirm": "confirmed",
    "reject": "rejected",
    "cancel": "cancelled",
    "ship": "shipped",
    "deliver": "delivered",
}
_OFFERED: dict[str, set[str]] = {
    "ask_partner": {""},
    "resume": {str(one) for one in _ASKED},
    "accept_cancellation": {StatusDetail.CANCEL_REQUESTED},
    "refuse_cancellation": {StatusDetail.CANCEL_REQUESTED},
}


def _is_offered(name: str, order: ExternalOrder) -> bool:
    """Whether a decision can be made on an order as it is now."""
    button = name.rsplit("externalorder_", 1)[-1]
    if button in _MOVES:
        return _MOVES[button] in TRANSITIONS[order.status]
    return order.status in CAN_BE_HELD and order.status_detail in _OFFERED.get(button, {order.status_detail})


class ModeFilter(admin.SimpleListFilter):
    """Live orders unless test orders are asked for."""

    title = _("mode")
    parameter_name = "mode"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return [("test", _("Tests"))]

    @override
    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(livemode=self.value() != "test")


@admin.register(ExternalOrder, site=operators)
class ExternalOrderAdmin(ReadOnlyAdmin):
    list_display = ["picture", "reference", "status_label", "partner", "amount", "promised_on", "accepted_at"]
    list_filter = ["status", PartnerFilter, ModeFilter]
    list_select_related = ["partner"]
    list_display_links = ["reference"]
    exact_search = ["reference", "public_id"]
    ordering = ["-accepted_at", "-pk"]
    fields = [
        ("partner", "reference"),
        ("status", "status_detail", "livemode"),
        "why",
        ("accepted_at", "promised_on"),
        ("first_promised_on", "promise_probability"),
        "where_the_time_went",
        ("amount", "ship_to"),
        "public_id",
        ("note", "tracking_number"),
    ]
    readonly_fields = ["amount", "ship_to", "why", "where_the_time_went"]
    inlines = [ExternalOrderItemInline, InquiryInline, ExternalOrderLogInline, EventInline, WebhookDeliveryInline]
    actions_detail = [
        "confirm",
        "reject",
        "ship",
        "deliver",
        "ask_partner",
        "resume",
        "accept_cancellation",
        "refuse_cancellation",
        "cancel",
    ]
    actions_row = ["confirm", "ship"]

    confirm = _decision(_("Confirm"), orders.confirm_external_order, icon="check")
    reject = _decision(_("Reject"), orders.reject_external_order, icon="close")
    cancel = _decision(_("Cancel"), orders.cancel_external_order, icon="cancel")
    ask_partner = _decision(
        _("Ask the partner"), inquiries.ask_partner, icon="contact_support", label=_("What should he answer?")
    )
    resume = _decision(_("Go on"), inquiries.resume_external_order, icon="play_arrow")
    accept_cancellation = _decision(
        _("Cancel as he wishes"), inquiries.accept_cancellation, icon="cancel", fields=_fee_fields
    )
    refuse_cancellation = _decision(_("Don't cancel"), inquiries.refuse_cancellation, icon="undo")
    ship = _decision(
        _("Ship"),
        orders.ship_external_order,
        icon="local_shipping",
        permission=_SHIP,
        text="tracking_number",
        label=_("Tracking number"),
    )
    deliver = _decision(
        _("Delivered"),
        orders.deliver_external_order,
        icon="done_all",
        permission=_SHIP,
        label=_("How do we know?"),
    )

    @override
    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only the buttons that its service would not refuse: what can't be done now isn't asked for."""
        allowed = super().get_actions_detail(request, object_id)
        order = ExternalOrder.objects.filter(pk=object_id).first() if str(object_id).isdecimal() else None
        return [one for one in allowed if order is None or _is_offered(one.action_name, order)]

    @override
    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("partner").prefetch_related(_LINES)

    @display(description="")
    def picture(self, order: ExternalOrder) -> str:
        first = next(iter(order.items.all()), None)
        measurement = first.quote_item.quote.measurement if first else None
        return thumbnail(measurement.picture_url if measurement else "")

    @display(description=_("status"), label=STATUS_COLOURS)
    def status_label(self, order: ExternalOrder) -> tuple[str, str]:
        return order.status, order.get_status_display()

    @display(description=_("total"))
    def amount(self, order: ExternalOrder) -> str:
        return order.amount

    @display(description=_("ship to"))
    def ship_to(self, order: ExternalOrder) -> str:
        town = f"{order.ship_to_postal_code} {order.ship_to_city}"
        return f"{order.ship_to_name}, {order.ship_to_line1}, {town}, {order.ship_to_country}"

    @display(description=_("Where the time went"))
    def where_the_time_went(self, order: ExternalOrder) -> str:
        """Of all its lines together, or of an order that still waits for us."""
        lines = list(order.items.all())
        work_orders = [line.work_order for line in lines if line.work_order]
        if not work_orders and order.status != ExternalOrderStatus.RECEIVED:
            return "–"
        priced = max((seconds_to_price(line.quote_item.quote) for line in lines), default=0)
        spent = time_spent(work_orders, ordered_at=order.accepted_at, pricing_seconds=priced)
        return durations((phase.label, 60 * minutes) for phase, minutes in spent.items())

    @display(description=_("why it waited"))
    def why(self, order: ExternalOrder) -> str:
        return format_html_join("", "<p>{}</p>", ((words,) for words in reasons_in_words(order))) or "–"

    @override
    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """A work order's reference finds its order; asked for apart, because no index serves both in one OR."""
        made = ExternalOrderItem.objects.filter(work_order__reference=search_term.strip().upper()).values("order")
        if search_term.strip() and made.exists():
            return queryset.filter(pk__in=made), False
        return super().get_search_results(request, queryset, search_term)

    @override
    def get_urls(self) -> list[Any]:
        found = path(
            "by-work-order/<int:work_order_id>/",
            self.admin_site.admin_view(self.of_work_order),
            name="external_orders_externalorder_of_work_order",
        )
        return [found, *super().get_urls()]

    def of_work_order(self, request: HttpRequest, work_order_id: int) -> HttpResponse:
        """From a work order to the external order it is made for, or back with a word when it is another's."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        order_id = ExternalOrder.objects.filter(items__work_order=work_order_id).values_list("pk", flat=True).first()
        site = self.admin_site.name
        if order_id is not None:
            return redirect(f"{site}:external_orders_externalorder_change", order_id)
        messages.info(request, _("No partner ordered this piece."))
        return redirect(f"{site}:mes_workorder_change", work_order_id)


operators.add_way(WorkOrder, Way(_("External order"), "handshake", "external_orders_externalorder_of_work_order"))


@admin.register(WaitingExternalOrder, site=operators)
class WaitingExternalOrderAdmin(ExternalOrderAdmin):
    """What waits for a planner, oldest first, with the reasons in words."""

    list_display = ["picture", "reference", "partner", "amount", "why", "accepted_at"]
    list_filter = [PartnerFilter]
    ordering = ["accepted_at", "pk"]
    actions_detail = [
        "confirm",
        "reject",
        "ask_partner",
        "resume",
        "accept_cancellation",
        "refuse_cancellation",
        "cancel",
    ]
    actions_row = ["confirm", "reject"]

    @override
    def get_queryset(self, request: HttpRequest) -> Any:
        """All of them on a thing's page: whoever has just decided sees what became of it."""
        rows = super().get_queryset(request)
        is_list = request.resolver_match is not None and str(request.resolver_match.url_name).endswith("_changelist")
        return rows.waiting() if is_list else rows

    @override
    def get_urls(self) -> list[Any]:
        return super(ExternalOrderAdmin, self).get_urls()
