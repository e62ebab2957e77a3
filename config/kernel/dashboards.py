"""What a dashboard shows: figures that link to their list, bars and a short table. Values only, no queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    note: str
    link: str
    is_alarm: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    percent: int
    note: str


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what it is called, what is to be said of it, and its picture where it has one."""

    name: str
    what: str
    amount: str
    link: str
    picture: str = ""
    note: str = ""


def capped(count: int, most: int) -> str:
    """A count that stopped at its bound says so."""
    return f"{most}+" if count >= most else str(count)


def duration(seconds: float) -> str:
    """A time as a person says it: "40 s", "12 min", "3.5 h", "2.1 days"."""
    if seconds < 100:
        return _("%(number)s s") % {"number": number_format(seconds, 0)}
    if seconds < 6_000:
        return _("%(number)s min") % {"number": number_format(seconds / 60, 0)}
    if seconds < 48 * 3_600:
        return _("%(number)s h") % {"number": number_format(seconds / 3_600, 1)}
    return _("%(number)s days") % {"number": number_format(seconds / 86_400, 1)}


def durations(named: Iterable[tuple[object, float]]) -> str:
    """Several names, each with its seconds: "in a queue: 12 min; worked on: 3.5 h"."""
    return "; ".join(f"{name}: {duration(seconds)}" for name, seconds in named)


def percentile_of(counts: Mapping[int, int], per_cent: int) -> int | None:
    """The smallest value that so many per cent of what was counted don't exceed; None of nothing."""
    wanted = sum(counts.values()) * per_cent / 100
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= wanted:
            return value
    return None
