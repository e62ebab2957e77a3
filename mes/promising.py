"""The date a piece is promised for, with its probability: pure, from the load that waits at each work centre, from the
minutes the piece needs there, and from how far expectations were off lately.

A work centre with `open_minutes` of work before this piece reaches it after open_minutes / (stations x minutes_per_day)
working days: a rush piece has only rush before it, any other one has both. The piece waits at the fullest one of its
route and then runs through its own operations, one a day at most. That is the day that is expected. What is promised is
later by as many days as it takes to keep the promise with the asked probability: a normal spread stands for what isn't
known yet, and gives way to what is observed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, sqrt
from statistics import NormalDist
from typing import Final

PROBABILITY: Final = 90  # per cent; what a buyer is told
_PRIOR: Final = 40  # as many finished pieces weigh as much as the assumed spread
_SPREAD_OF_WAITING: Final = 0.3  # of the waiting days
_SPREAD_OF_AN_OPERATION: Final = 0.5  # days
_MOST_DAYS_LATER: Final = 120


class Ahead:
    """Minutes of work that wait at each work centre, rush and the rest apart."""

    def __init__(self, work: Iterable[tuple[int, bool, int]] = ()) -> None:
        """`work`: work centre, whether it is rush, minutes."""
        self._rush: Counter[int] = Counter()
        self._all: Counter[int] = Counter()
        for work_centre, is_rush, minutes in work:
            self.add(work_centre, minutes, is_rush=is_rush)

    def add(self, work_centre: int, minutes: int, *, is_rush: bool) -> None:
        """Another piece waits there."""
        self._all[work_centre] += minutes
        if is_rush:
            self._rush[work_centre] += minutes

    def of(self, work_centre: int, *, is_rush: bool) -> int:
        """Minutes of what is worked on before a piece that comes now."""
        return (self._rush if is_rush else self._all)[work_centre]


@dataclass(frozen=True, slots=True)
class Load:
    """A work centre on the piece's route: minutes a day it can do, minutes of others and of the piece it must do."""

    minutes_per_day: int
    open_minutes: int
    own_minutes: int


@dataclass(frozen=True, slots=True)
class Promise:
    """A day, the probability in per cent that the piece is ready by then, and the day that is expected."""

    day: date
    probability: int
    expected_on: date


def promise_day(
    loads: Iterable[Load],
    *,
    today: date,
    days_off: frozenset[date] = frozenset(),
    errors: Mapping[int, int] | None = None,
    probability: int = PROBABILITY,
) -> Promise:
    """The first working day by which the piece is ready with at least the probability, in per cent.

    `errors`: how many finished pieces were so many working days later (or, below 0, earlier) than expected.
    """
    loads = list(loads)
    waiting, working = _days(loads)
    spread = _spread(waiting, loads)
    expected = ceil(waiting + working)
    later = _days_later(probability / 100, spread=max(spread, _SPREAD_OF_AN_OPERATION), errors=errors or {})
    return Promise(
        day=after_working_days(today, max(1, expected + later), days_off),
        probability=probability,
        expected_on=after_working_days(today, expected, days_off),
    )


def chance_of_day(
    day: date,
    loads: Iterable[Load],
    *,
    today: date,
    days_off: frozenset[date] = frozenset(),
    errors: Mapping[int, int] | None = None,
) -> Promise:
    """How probable it is, in per cent, that what is still to be done is done by a day that was promised before."""
    loads, errors = list(loads), errors or {}
    waiting, working = _days(loads)
    expected = ceil(waiting + working)
    spare = working_days_between(today, day, days_off) - expected
    assumed = NormalDist(0.0, max(_spread(waiting, loads), _SPREAD_OF_AN_OPERATION)).cdf(spare)
    kept = sum(count for days, count in errors.items() if days <= spare)
    share = (_PRIOR * assumed + kept) / (_PRIOR + sum(errors.values()))
    return Promise(day, floor(100 * share) if loads else 100, after_working_days(today, expected, days_off))


def _spread(waiting: float, loads: list[Load]) -> float:
    return sqrt((_SPREAD_OF_WAITING * waiting) ** 2 + len(loads) * _SPREAD_OF_AN_OPERATION**2)


def _days(loads: list[Load]) -> tuple[float, float]:
    waiting = max((load.open_minutes / load.minutes_per_day for load in loads), default=0.0)
    return waiting, sum(max(1.0, load.own_minutes / load.minutes_per_day) for load in loads)


def _days_later(probability: float, *, spread: float, errors: Mapping[int, int]) -> int:
    """The fewest days after the expected one by which a piece is ready with the probability."""
    assumed, observed = NormalDist(0.0, spread), sum(errors.values())
    seen = sum(count for days, count in errors.items() if days < -_MOST_DAYS_LATER)
    for days in range(-_MOST_DAYS_LATER, _MOST_DAYS_LATER):
        seen += errors.get(days, 0)
        if (_PRIOR * assumed.cdf(days) + seen) / (_PRIOR + observed) >= probability:
            return days
    return _MOST_DAYS_LATER


def after_working_days(day: date, days: int, days_off: frozenset[date] = frozenset()) -> date:
    """The date so many working days later; Saturdays, Sundays and days off aren't counted."""
    while days > 0:
        day += timedelta(days=1)
        days -= _is_working(day, days_off)
    return day


def working_days_between(first: date, last: date, days_off: frozenset[date] = frozenset()) -> int:
    """How many working days `last` is after `first`; below 0 when it is before."""
    if last < first:
        return -working_days_between(last, first, days_off)
    weeks, rest = divmod((last - first).days, 7)
    weekdays = 5 * weeks + sum(_is_working(last - timedelta(days=back)) for back in range(rest))
    return weekdays - sum(first < day <= last and _is_working(day) for day in days_off)


def _is_working(day: date, days_off: frozenset[date] = frozenset()) -> bool:
    return day.weekday() < 5 and day not in days_off
