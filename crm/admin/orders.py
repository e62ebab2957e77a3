"""Orders and exceptions for sellers: every decision is a button that calls a service with a reason."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from unfold.decorators import display

from config.kernel.admin import LogInline, ReadOnlyAdmin, ReadOnlyInline, ReadOnlyStack, thumbnail
from config.kernel.decisions import decision
from config.kernel.sites import sellers
from crm.admin.order_lists import OrderList, moment_words, on_a_line, pictures_of, pieces_of
from crm.models import OrderException, Review
from crm.services import reviews
from crm.words import words_of
from shop.models import Order, OrderLine, OrderLog
from shop.services.orders import deliver_order, ship_order
from shop.states import OrderStatus


class OrderLineInline(ReadOnlyInline):
    model = OrderLine
    fields = readonly_fields = [
        "picture",
        "title",
        "alloy",
        "finish",
        "size",
        "quantity",
        "mass_g",
        "gross",
        "work_order",
    ]

    @override
    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("alloy", "quote__measurement", "production__work_order")

    @display(description=_("picture"))
    def picture(self, line: OrderLine) -> str:
        return thumbnail(line.quote.measurement.picture_url if line.quote.measurement else "")

    @display(description=_("work order"))
    def work_order(self, line: OrderLine) -> str:
        production = getattr(line, "production", None)
        return f"{production.work_order} · {production.work_order.get_status_display()}" if production else "–"


class ReviewInline(ReadOnlyStack):
    model = Review
    verbose_name_plural = _("Decision")
    fields = readonly_fields = ["verdict", "why", "note", "decided_by", "decided_at"]

    @display(description=_("reasons"))
    def why(self, review: Review) -> str:
        return format_html_join("", "<p>{}</p>", ((words_of(reason),) for reason in review.reasons)) or "–"


class OrderLogInline(LogInline):
    model = OrderLog


def _decision(title: Any, service: Any, permission: str, **how: Any) -> Any:
    return decision(title, service, thing="order_id", permission=permission, **how)


@admin.register(Order, site=sellers)
class OrderAdmin(OrderList, ReadOnlyAdmin):
    fields = [
        ("status", "promised_on"),
        ("name", "email", "phone"),
        ("total", "ship_to"),
        ("net", "tax"),
        ("note", "tracking_number"),
    ]
    readonly_fields = ["total", "ship_to"]
    inlines = [ReviewInline, OrderLineInline, OrderLogInline]
    actions_detail = ["approve", "hold", "resume", "reject", "ship", "deliver"]
    actions_row = ["approve", "ship"]

    approve = _decision(_("Approve"), reviews.approve_order, "crm.decide_order", icon="check")
    hold = _decision(_("Hold"), reviews.hold_order, "crm.decide_order", icon="pause")
    resume = _decision(_("Resume"), reviews.resume_order, "crm.decide_order", icon="play_arrow")
    reject = _decision(_("Reject or cancel"), reviews.reject_order, "crm.decide_order", icon="close")
    ship = _decision(
        _("Ship"),
        ship_order,
        "shop.ship_order",
        icon="local_shipping",
        text="tracking_number",
        label=_("Tracking number"),
    )
    deliver = _decision(_("Delivered"), deliver_order, "shop.ship_order", icon="done_all", label=_("How do we know?"))

    @display(description=_("ship to"))
    def ship_to(self, order: Order) -> str:
        return f"{order.address}, {order.postal_code} {order.city}, {order.country}"


@admin.register(OrderException, site=sellers)
class ExceptionAdmin(ReadOnlyAdmin):
    """The seller's day: orders that wait for a decision, oldest first, each with why."""

    list_display = ["pictures", "order_link", "customer", "amount", "why", "verdict", "waits_since"]
    list_display_links = None
    list_select_related = ["order"]
    exact_search = ["order__reference"]
    search_help_text = _("Reference")
    ordering = ["order__placed_at", "pk"]

    @override
    def get_queryset(self, request: HttpRequest) -> Any:
        """Uses index order_undecided."""
        waiting = super().get_queryset(request).filter(order__status=OrderStatus.EXCEPTION)
        return waiting.prefetch_related(pieces_of("order__lines"))

    @override
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = {"title": _now("Exceptions: orders that wait for a decision")}
        return super().changelist_view(request, title | (extra_context or {}))

    @display(description=_("pieces"))
    def pictures(self, review: Any) -> str:
        return pictures_of(review.order.pieces)

    @display(description=_("waits since"))
    def waits_since(self, review: Review) -> str:
        return moment_words(review.order.placed_at)

    @display(description=_("order"))
    def order_link(self, review: Review) -> str:
        url = f"{self.admin_site.name}:shop_order_change"
        return format_html(
            '<a class="font-semibold whitespace-nowrap" href="{}">{}</a>',
            reverse(url, args=[review.order_id]),
            review.order.reference,
        )

    @display(description=_("customer"))
    def customer(self, review: Review) -> str:
        return review.order.name

    @display(description=_("total"))
    def amount(self, review: Review) -> str:
        return on_a_line(f"{review.order.gross} {review.order.currency}")

    @display(description=_("why it stopped"))
    def why(self, review: Review) -> str:
        return format_html_join("", "<p>{}</p>", ((words_of(reason),) for reason in review.reasons)) or review.note
