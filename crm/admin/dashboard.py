"""The seller's first page: what waits for him, and what only flows by."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from config.kernel.dashboards import Figure, Row, capped
from crm.selectors import MOST, SellerDashboard, seller_dashboard
from crm.words import words_of
from shop.models import Order


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the figures and the oldest exceptions."""
    if not request.user.has_perm("shop.view_order"):
        return context
    dashboard = seller_dashboard()
    rows = [_row(order) for order in dashboard.oldest_exceptions]
    return context | {
        "figures": _figures(dashboard),
        "rows_title": _("Waiting for a decision, oldest first"),
        "rows": rows,
    }


def _figures(dashboard: SellerDashboard) -> list[Figure]:
    orders = reverse("sellers:shop_order_changelist")
    exceptions = reverse("sellers:crm_orderexception_changelist")
    return [
        Figure(
            _("Exceptions"),
            capped(dashboard.exceptions, MOST),
            _("wait for a decision"),
            exceptions,
            is_alarm=dashboard.exceptions > 0,
        ),
        Figure(
            _("Just placed"),
            capped(dashboard.undecided, MOST),
            _("the rules look at them now"),
            f"{orders}?status__exact=placed",
        ),
        Figure(
            _("In production"),
            capped(dashboard.in_production, MOST),
            _("on the shop floor"),
            f"{orders}?status__exact=in_production",
        ),
        Figure(
            _("Ready to ship"),
            capped(dashboard.ready, MOST),
            _("packed, wait for the carrier"),
            f"{orders}?status__exact=ready",
        ),
    ]


def _row(order: Order) -> Row:
    reasons = [words_of(reason) for reason in order.review.reasons] if hasattr(order, "review") else []
    return Row(
        name=order.reference,
        what=" ".join(reasons) or order.name,
        amount=f"{order.gross} {order.currency}",
        link=reverse("sellers:shop_order_change", args=[order.pk]),
    )
