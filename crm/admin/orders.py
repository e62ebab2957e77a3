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

from config.kernel.admin import ReadOnlyAdmin
from config.kernel.amounts import money
from config.kernel.dashboards import durations
from config.kernel.sites import sellers
from crm.admin.deeds import OrderDeeds
from crm.admin.order_lists import STATUS_COLOURS, OrderList, moment_words, on_a_line, pictures_of
from crm.models import OrderException, Review
from crm.selectors.lists import pieces_of
from crm.selectors.order_page import sellers_order
from crm.states import Outcome
from crm.words import remedy_of, why_of, words_of
from shop.models import Order
from shop.states import OrderStatus, PaymentStatus


def order_values(order: Order) -> dict[str, Any]:
    """What the page of an order shows, its reasons in words."""
    page = sellers_order(order)
    reasons, warnings = (page.review.reasons, page.review.warnings) if page.review else ([], [])
    return {
        "page": page,
        "status_colour": STATUS_COLOURS.get(order.status, ""),
        "payment_colour": "success" if order.payment_status == PaymentStatus.PAID else "warning",
        "reasons": [(why_of(one), remedy_of(one)) for one in reasons],
        "times": durations((phase.label, 60 * minutes) for phase, minutes in page.minutes.items()),
        "warnings": [why_of(one) for one in warnings if one["outcome"] == Outcome.WARN],
    }


@admin.register(Order, site=sellers)
class OrderAdmin(OrderList, OrderDeeds):
    change_form_template = "admin/order.html"
    fields = ["reference"]

    @override
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        order = Order.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        may_look = order is not None and self.has_view_permission(request, order)
        page = order_values(order) if may_look and order else {}
        return super().change_view(request, object_id, form_url, page | (extra_context or {}))


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
        return on_a_line(money(review.order.gross, review.order.currency))

    @display(description=_("why it stopped"))
    def why(self, review: Review) -> str:
        return format_html_join("", "<p>{}</p>", ((words_of(reason),) for reason in review.reasons)) or review.note
