"""In which order operations are worked on, and by whom: pure, used by the planner and by the simulation alike.

Rush comes first as a class of its own, under every policy. Then, under the default, the bands of urgency, age by whole
days, and a random key. Days are as fine as age may show: the list is published once a day, and within a day the random
key settles the order, so a place on the list tells an operator no more than the day's batch does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from mes.states import Band, Policy


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the rules may look at of an operation that is ready."""

    key: int
    aged_on: date
    due_on: date
    is_rush: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A candidate's place on the list, counted from 1."""

    rank: int
    band: Band
    key: int


def band_of(candidate: Candidate, *, today: date) -> Band:
    """How urgent the piece is, as coarsely as it may be shown."""
    if candidate.is_rush:
        return Band.RUSH
    if candidate.due_on < today:
        return Band.LATE
    if candidate.due_on == today:
        return Band.TODAY
    return Band.THIS_WEEK if candidate.due_on <= today + timedelta(days=7) else Band.LATER


# Days from the due date on which `band_of` comes to another answer than the day before.
BAND_EDGES: Final = (-7, 0, 1)

Rule = Callable[[Candidate, Band], tuple[int, ...]]


def _oldest_first(candidate: Candidate, band: Band) -> tuple[int, ...]:
    return band, candidate.aged_on.toordinal(), candidate.key


def _earliest_due_date(candidate: Candidate, band: Band) -> tuple[int, ...]:
    return band, candidate.due_on.toordinal(), candidate.key


def _newest_first(candidate: Candidate, band: Band) -> tuple[int, ...]:
    """What operators did who chose for themselves: kept to compare with, it looks at no due date."""
    return int(band != Band.RUSH), -candidate.aged_on.toordinal(), candidate.key


RULES: Final[Mapping[Policy, Rule]] = {
    Policy.OLDEST_FIRST: _oldest_first,
    Policy.EARLIEST_DUE_DATE: _earliest_due_date,
    Policy.NEWEST_FIRST: _newest_first,
}


def arrange(candidates: Sequence[Candidate], policy: Policy, *, today: date) -> list[Place]:
    """Place the candidates under a policy. The order in which they come doesn't matter."""
    rule = RULES[policy]
    banded = [(one, band_of(one, today=today)) for one in candidates]
    ordered = sorted(banded, key=lambda pair: rule(*pair))
    return [Place(rank, band, one.key) for rank, (one, band) in enumerate(ordered, start=1)]


@dataclass(frozen=True, slots=True)
class Job:
    """An operation to be given to somebody: its key, minutes, and for whom a planner pinned it, if he did."""

    key: int
    minutes: int
    pinned_to: int | None = None


def share_out(jobs: Sequence[Job], operators: Sequence[int], *, loads: Mapping[int, int]) -> dict[int, int]:
    """Give each job, in the order of the list, to the operator who has the fewest minutes; a pinned one to its own.

    `loads`: minutes that operators have in hand already. Returns operator by job; nothing when nobody is there.
    """
    minutes = {operator: loads.get(operator, 0) for operator in operators}
    given: dict[int, int] = {}
    for job in jobs:
        chosen = job.pinned_to if job.pinned_to is not None else min(minutes, key=minutes.__getitem__, default=None)
        if chosen is None:
            continue
        given[job.key] = chosen
        minutes[chosen] = minutes.get(chosen, 0) + job.minutes
    return given
