"""The seller's first page: what waits for him, how the rules decide without him, and what it brings."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from config.kernel.amounts import money, money_rounded
from config.kernel.dashboards import Bar, Chart, Figure, Row, capped, duration
from crm.admin.order_lists import pictures_of
from crm.selectors.dashboard import MOST, Decisions, SellerDashboard, seller_dashboard
from crm.words import title_of, words_of

_WANTED = 95  # per cent without a person


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add figures, charts and the oldest exceptions."""
    if not request.user.has_perm("shop.view_order"):
        return context
    page = seller_dashboard()
    charts = [_reasons(page.decisions), *(_revenue(currency, weeks) for currency, weeks in page.revenue.items())]
    return context | {
        "figures": [*_now(page), *_lately(page.decisions)],
        "rows_title": _("Waiting for a decision, oldest first"),
        "rows": [_row(order) for order in page.oldest_exceptions],
        "charts": [chart for chart in charts if chart.bars],
    }


def _now(page: SellerDashboard) -> list[Figure]:
    orders = reverse("sellers:shop_order_changelist")
    exceptions = reverse("sellers:crm_orderexception_changelist")

    def figure(label: str, count: int, note: str, link: str, *, is_alarm: bool = False) -> Figure:
        return Figure(label, capped(count, MOST), note, link, is_alarm=is_alarm)

    is_risky, is_waiting = page.at_risk > 0, page.exceptions > 0
    at_risk, placed, made, ready = (
        f"{orders}?{asked}"
        for asked in ("due=at_risk", "status__exact=placed", "status__exact=in_production", "status__exact=ready")
    )
    return [
        figure(_("Exceptions"), page.exceptions, _("wait for a decision"), exceptions, is_alarm=is_waiting),
        figure(_("At risk"), page.at_risk, _("promised in two days or sooner, not ready"), at_risk, is_alarm=is_risky),
        figure(_("Just placed"), page.undecided, _("the rules look at them now"), placed),
        figure(_("In production"), page.in_production, _("on the shop floor"), made),
        figure(_("Ready to ship"), page.ready, _("packed, wait for the carrier"), ready),
    ]


def _lately(found: Decisions) -> list[Figure]:
    orders = reverse("sellers:shop_order_changelist")
    share = found.touchless
    half, most = (found.seconds_to_approval(per_cent) for per_cent in (50, 95))
    is_low = share is not None and share < _WANTED
    return [
        Figure(
            _("Without a person"),
            _per_cent(share),
            _("approved by the rules, of all decided in 30 days"),
            orders,
            is_low,
        ),
        Figure(_("Half approved within"), _time(half), _("after the order was placed, 30 days"), orders),
        Figure(_("95 % approved within"), _time(most), _("after the order was placed, 30 days"), orders),
    ]


def _per_cent(value: float | None) -> str:
    return "–" if value is None else f"{number_format(value, 1)} %"


def _time(seconds: int | None) -> str:
    return "–" if seconds is None else duration(seconds)


def _reasons(found: Decisions) -> Chart:
    most = max(found.reasons.values(), default=0)
    bars = [Bar(title_of(code), round(100 * many / most), str(many)) for code, many in found.reasons.items()]
    return Chart(_("What stopped orders, 30 days"), bars)


def _revenue(currency: str, weeks: tuple[tuple[date, Decimal], ...]) -> Chart:
    most = max((amount for _week, amount in weeks), default=Decimal(0))
    if not most:
        return Chart("", [])
    bars = [
        Bar(
            _("from %(day)s") % {"day": f"{week:%d.%m.}"},
            round(100 * amount / most),
            money_rounded(amount, currency),
        )
        for week, amount in weeks
    ]
    return Chart(_("Orders by week, %(currency)s") % {"currency": currency}, bars)


def _row(order: Any) -> Row:
    reasons = [words_of(reason) for reason in order.review.reasons] if hasattr(order, "review") else []
    return Row(
        name=order.reference,
        what=" ".join(reasons) or order.name,
        amount=money(order.gross, order.currency),
        link=reverse("sellers:shop_order_change", args=[order.pk]),
        picture=pictures_of(order.pieces),
        note=_("waits for %(time)s") % {"time": duration((timezone.now() - order.placed_at).total_seconds())},
    )
