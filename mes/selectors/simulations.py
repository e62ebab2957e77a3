"""What the simulation is fed with: the stations as they are, the log as it was, or a year of the same kind of work."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache, partial
from itertools import groupby

from django.utils import timezone

from mes.errors import NoRouting
from mes.models import Operation, RoutingStep, WorkCentre, WorkContent, WorkOrder
from mes.promising import working_days_between
from mes.simulation import DAY, Job, Year

_A_PIECE = WorkContent()
_MORNING, _HOURS = 8, 8


def _centres() -> list[WorkCentre]:
    return list(WorkCentre.objects.order_by("rank", "code"))


def servers() -> list[int]:
    """Parallel servers of each work centre, in the order of `rank`; each works DAY minutes a day."""
    return [max(1, round(one.stations * one.minutes_per_day / DAY)) for one in _centres()]


def generated_year(*, load: float, capacity: float, approval_days: float, kind: str = "ring") -> Year:
    """A year in which orders need the share `load` of the fullest work centre's capacity. Refuses with NoRouting."""
    places = {one.pk: place for place, one in enumerate(_centres())}
    steps = [
        step
        for step in RoutingStep.objects.filter(routing__kind=kind).order_by("sequence")
        if step.is_needed_by(_A_PIECE)
    ]
    if not steps:
        raise NoRouting(kind=kind)
    route = tuple((places[step.work_centre_id], step.minutes_for(_A_PIECE) / capacity) for step in steps)
    most = max(minutes / servers()[place] for place, minutes in route)
    return Year(route=route, orders_a_day=load * capacity * DAY / most, approval_days=approval_days)


def logged_jobs(*, days: int, capacity: float) -> list[Job]:
    """The work orders that were released in the last days, as they came, with the minutes planned for them."""
    since = timezone.now() - timedelta(days=days)
    places = {one.pk: place for place, one in enumerate(_centres())}
    rows = Operation.objects.filter(work_order__released_at__gte=since).order_by("work_order", "sequence")
    columns = rows.values_list("work_order", "work_centre", "planned_minutes").iterator(chunk_size=5_000)
    routes = {
        key: tuple((places[centre], minutes / capacity) for _order, centre, minutes in steps)
        for key, steps in groupby(columns, key=lambda row: row[0])
    }
    orders = WorkOrder.objects.filter(released_at__gte=since).order_by("released_at", "pk")
    fields = ("pk", "aged_from", "released_at", "promised_on", "due_on", "is_rush")
    days_to = _working_days_from(timezone.localdate(since))
    return [
        Job(
            key,
            _clock(aged, days_to),
            _clock(released, days_to),
            _end_of(promised or due, days_to),
            routes[key],
            is_rush,
        )
        for key, aged, released, promised, due, is_rush in orders.values_list(*fields)
        if key in routes
    ]


def _working_days_from(first: date) -> Callable[[date], int]:
    """Working days from the first day to another one, found once for each: a year has few, its log many thousand."""
    return cache(partial(working_days_between, first))


def _clock(moment: datetime, days_to: Callable[[date], int]) -> float:
    """Working minutes from the first day to a moment; what happens at night happens in the morning."""
    local = timezone.localtime(moment)
    hours = min(max(local.hour + local.minute / 60 - _MORNING, 0.0), _HOURS)
    return days_to(local.date()) * DAY + hours / _HOURS * (DAY - 1)


def _end_of(day: date, days_to: Callable[[date], int]) -> float:
    return (days_to(day) + 1) * DAY - 1
