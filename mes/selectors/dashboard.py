"""What the planner's first page shows. Bounded counts of what is open, and tallies of what was: the same cost at any
number of work orders.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.core.cache import caches
from django.db.models import Sum
from django.utils import timezone

from config.kernel.dashboards import percentile_of
from mes.models import Tally, WorkCentre, WorkOrder
from mes.querysets import WorkOrderQuerySet
from mes.selectors.floor import recent_open_minutes
from mes.states import WorkOrderStatus

MOST: Final = 1_000
PERIOD_DAYS: Final = 30
SIMULATED: Final = "mes:simulated"
_LEAD: Final = "lead:"
_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of the tallies of a period."""

    sums: Mapping[str, int]

    def share(self, part: str, *others: str) -> float | None:
        """`part` as per cent of itself and the others; None of nothing."""
        whole = self.sums.get(part, 0) + sum(self.sums.get(other, 0) for other in others)
        return 100 * self.sums.get(part, 0) / whole if whole else None

    @property
    def on_time(self) -> float | None:
        finished = self.sums.get("finished", 0)
        return 100 * self.sums.get("on_time", 0) / finished if finished else None

    @property
    def out_of_turn(self) -> float | None:
        return self.share("claims_out_of_turn", "claims")

    def kept(self, probability: int) -> float | None:
        """Per cent of the orders promised with a probability that were ready by the day promised first."""
        promised = self.sums.get(f"promised:{probability}", 0)
        return 100 * self.sums.get(f"kept:{probability}", 0) / promised if promised else None

    def lead_days(self, per_cent: int) -> int | None:
        """Days from order to finish that so many per cent of the pieces didn't exceed."""
        days = {int(name.removeprefix(_LEAD)): many for name, many in self.sums.items() if name.startswith(_LEAD)}
        return percentile_of(days, per_cent)


@dataclass(frozen=True, slots=True)
class CentreLoad:
    """A work centre with the days of its capacity that are open."""

    name: str
    days: float


@dataclass(frozen=True, slots=True)
class PlannerDashboard:
    late: int
    at_risk: int
    on_hold: int
    open: int
    oldest_days: int
    totals: Totals
    loads: tuple[CentreLoad, ...]
    most_late: tuple[WorkOrder, ...]
    simulated: Mapping[str, float]  # on time %, by policy


def planner_dashboard() -> PlannerDashboard:
    """One page of figures. Uses indexes work_order_open_due, work_order_open_oldest, work_order_of_status."""
    today = timezone.localdate()
    running = WorkOrder.objects.open()
    late = WorkOrder.objects.late(today)
    oldest = running.order_by("aged_from").values_list("aged_from", flat=True).first()
    return PlannerDashboard(
        late=_bounded(late),
        at_risk=_bounded(WorkOrder.objects.at_risk(today)),
        on_hold=_bounded(WorkOrder.objects.filter(status=WorkOrderStatus.ON_HOLD)),
        open=_bounded(running),
        oldest_days=(today - timezone.localdate(oldest)).days if oldest else 0,
        totals=totals(since=today - timedelta(days=PERIOD_DAYS)),
        loads=_loads(),
        most_late=tuple(late.order_by("due_on", "pk")[:_SHOWN]),
        simulated=caches["database"].get(SIMULATED) or {},
    )


def _bounded(rows: WorkOrderQuerySet) -> int:
    return int(rows.order_by()[:MOST].values("pk").count())


def totals(*, since: date) -> Totals:
    """What was counted since a day, in the whole workshop and at its work centres together."""
    rows = Tally.objects.filter(day__gte=since).order_by().values_list("measure").annotate(Sum("amount"))
    return Totals(Counter(dict(rows)))


def _loads() -> tuple[CentreLoad, ...]:
    minutes = recent_open_minutes()
    return tuple(
        CentreLoad(one.name, minutes.get(one.pk, 0) / (one.stations * one.minutes_per_day))
        for one in WorkCentre.objects.order_by("rank", "code")
    )
