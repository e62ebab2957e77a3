"""What the seller's first page shows. Bounded counts of what is open, and tallies of what was: the same cost at any
number of orders.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Sum
from django.utils import timezone

from config.kernel.dashboards import percentile_of
from crm.measures import APPROVAL, DECIDED, REASON, REVENUE, TOUCHLESS
from crm.models import OrderTally
from crm.selectors.lists import pieces_of
from shop.models import Order
from shop.states import OrderStatus

MOST: Final = 1_000
PERIOD_DAYS: Final = 30
WEEKS: Final = 12
_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Decisions:
    """Sums of the tallies of a period."""

    sums: Mapping[str, int]

    @property
    def touchless(self) -> float | None:
        """Per cent of the decided orders that no person touched; None of nothing."""
        decided = self.sums.get(DECIDED, 0)
        return 100 * self.sums.get(TOUCHLESS, 0) / decided if decided else None

    @property
    def reasons(self) -> dict[str, int]:
        """How many orders each reason stopped, the commonest first."""
        found = Counter(
            {name.removeprefix(REASON): many for name, many in self.sums.items() if name.startswith(REASON)}
        )
        return dict(found.most_common())

    def seconds_to_approval(self, per_cent: int) -> int | None:
        """What so many per cent of the approvals didn't exceed."""
        steps = {
            int(name.removeprefix(APPROVAL)): many for name, many in self.sums.items() if name.startswith(APPROVAL)
        }
        return percentile_of(steps, per_cent)


@dataclass(frozen=True, slots=True)
class SellerDashboard:
    """How many orders are where (at most MOST each), how they were decided, what they bring, and what waits longest."""

    exceptions: int
    undecided: int
    at_risk: int
    in_production: int
    ready: int
    decisions: Decisions
    revenue: Mapping[str, tuple[tuple[date, Decimal], ...]]
    """By currency: the Monday of each of the last WEEKS weeks with its sum, the oldest first."""
    oldest_exceptions: tuple[Any, ...]


def seller_dashboard() -> SellerDashboard:
    """Uses indexes order_by_status, order_undecided, order_unfinished, order_tally_once."""
    today = timezone.localdate()
    exceptions = Order.objects.exceptions().oldest_first().select_related("review")
    return SellerDashboard(
        exceptions=_count(Order.objects.exceptions()),
        undecided=_count(Order.objects.filter(status=OrderStatus.PLACED)),
        at_risk=_count(Order.objects.at_risk(today)),
        in_production=_count(Order.objects.filter(status=OrderStatus.IN_PRODUCTION)),
        ready=_count(Order.objects.filter(status=OrderStatus.READY)),
        decisions=decisions(since=today - timedelta(days=PERIOD_DAYS)),
        revenue=revenue(today),
        oldest_exceptions=tuple(exceptions.prefetch_related(pieces_of("lines"))[:_SHOWN]),
    )


def _count(orders: Any) -> int:
    return len(orders.order_by().values("pk")[:MOST])


def decisions(*, since: date) -> Decisions:
    """How orders were decided since a day."""
    rows = OrderTally.objects.filter(day__gte=since).order_by().values_list("measure").annotate(Sum("amount"))
    return Decisions(dict(rows))


def revenue(today: date) -> dict[str, tuple[tuple[date, Decimal], ...]]:
    """What the orders of each of the last weeks come to, by currency; cancelled ones aside."""
    this = today - timedelta(days=today.weekday())
    weeks = [this - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    sums: Counter[tuple[str, date]] = Counter()
    rows = OrderTally.objects.filter(day__gte=weeks[0], measure__startswith=REVENUE)
    for day, measure, amount in rows.values_list("day", "measure", "amount"):
        sums[measure.removeprefix(REVENUE), day - timedelta(days=day.weekday())] += amount
    currencies = sorted({currency for currency, _week in sums})
    return {one: tuple((week, Decimal(sums[one, week]) / 100) for week in weeks) for one in currencies}
