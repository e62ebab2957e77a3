"""The planner's first page: what is late or at risk, what waits where, and how the workshop has done lately."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from config.kernel.dashboards import Bar, Chart, Figure, Row, capped, duration
from config.kernel.queue import PRICING, oldest_waiting
from mes.models import WorkOrder
from mes.promising import PROBABILITY
from mes.selectors.dashboard import MOST, CentreLoad, PlannerDashboard, Totals, planner_dashboard
from mes.states import Phase, Policy

_DAYS_OF_A_FULL_BAR = 5  # unless a work centre has more to do than that


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add figures, charts and the most late work orders."""
    if not request.user.has_perm("mes.view_workorder"):
        return context
    page = planner_dashboard()
    return context | {
        "figures": [*_now(page), *_lately(page.totals)],
        "charts": [chart for chart in (_open_work(page.loads), *_spent(page.totals), _policies(page)) if chart.bars],
        "rows_title": _("Most late"),
        "rows": [_row(work_order) for work_order in page.most_late],
    }


def _now(page: PlannerDashboard) -> list[Figure]:
    link = reverse("operators:mes_workorder_changelist")
    held, late, soon = (f"{link}?{asked}" for asked in ("status__exact=on_hold", "due=late", "due=at_risk"))
    waiting = oldest_waiting(PRICING).total_seconds()
    return [
        Figure(_("Late"), capped(page.late, MOST), _("open work orders past their due date"), late, page.late > 0),
        Figure(_("At risk"), capped(page.at_risk, MOST), _("due in two days or sooner"), soon, page.at_risk > 0),
        Figure(_("On hold"), capped(page.on_hold, MOST), _("waiting for a planner"), held, page.on_hold > 0),
        Figure(_("Open work orders"), capped(page.open, MOST), _("released or in progress"), link),
        Figure(_("Oldest"), _days(page.oldest_days), _("since it was ordered"), link),
        Figure(_("Pricing queue"), duration(waiting), _("the oldest design waits"), link, waiting > 60),
    ]


def _lately(totals: Totals) -> list[Figure]:
    link = reverse("operators:mes_workorder_changelist")
    leads = " / ".join(_known(totals.lead_days(per_cent)) for per_cent in (50, 95, 99))
    return [
        Figure(_("Promises kept"), _per_cent(totals.kept(PROBABILITY)), _promised(totals), link),
        Figure(_("On time"), _per_cent(totals.on_time), _("of the pieces finished in 30 days"), link),
        Figure(_("Lead time, days"), leads, _("half, 95 % and 99 % of the pieces took no longer"), link),
        Figure(_("Out of turn"), _per_cent(totals.out_of_turn), _("of what operators took"), link),
        Figure(_("By hand"), str(totals.sums.get("touches", 0)), _("corrections in 30 days"), link),
    ]


def _promised(totals: Totals) -> str:
    given = {"orders": totals.sums.get(f"promised:{PROBABILITY}", 0), "probability": PROBABILITY}
    return _("of %(orders)s orders that were promised with %(probability)s %%, in 30 days") % given


def _known(value: int | None) -> str:
    return "–" if value is None else str(value)


def _per_cent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} %"


def _days(days: float) -> str:
    return _("%(days)s days") % {"days": number_format(days, 0 if days == round(days) else 1)}


def _open_work(loads: Iterable[CentreLoad]) -> Chart:
    loads = list(loads)
    full = max([_DAYS_OF_A_FULL_BAR, *(one.days for one in loads)])
    bars = [Bar(one.name, round(100 * one.days / full), _days(one.days)) for one in loads]
    return Chart(_("Open work, days of capacity"), bars)


def _spent(totals: Totals) -> list[Chart]:
    """Where the time went, of each order and piece that was finished, on average."""
    return [
        _phases(totals, "order_seconds", "orders", _("Where the time went, 30 days, an order")),
        _phases(totals, "late_seconds", "orders_late", _("Where the time of late orders went, 30 days, an order")),
        _phases(totals, "seconds", "finished", _("Where the time went, 30 days, a piece")),
    ]


def _phases(totals: Totals, measure: str, counted: str, title: str) -> Chart:
    seconds = {phase: totals.sums.get(f"{measure}:{phase}", 0) for phase in Phase}
    whole, many = sum(seconds.values()), totals.sums.get(counted, 0)
    if not whole or not many:
        return Chart("", [])
    bars = [
        Bar(str(phase.label), 100 * spent // whole, f"{100 * spent / whole:.1f} %, {duration(spent / many)}")
        for phase, spent in seconds.items()
    ]
    return Chart(title, bars)


def _policies(page: PlannerDashboard) -> Chart:
    bars = [
        Bar(str(Policy(policy).label), round(per_cent), f"{per_cent:.1f} %")
        for policy, per_cent in page.simulated.items()
    ]
    return Chart(_("On time under each policy, a simulated year"), bars)


def _row(work_order: WorkOrder) -> Row:
    link = reverse("operators:mes_workorder_change", args=[work_order.pk])
    what = f"{work_order.quantity} × {work_order.get_kind_display()}, {work_order.get_status_display()}"
    return Row(work_order.reference, what, f"{work_order.due_on:%d.%m.%Y}", link)
