"""The workshop replayed under a policy: pure and deterministic, by the same rules that order the real lists.

Time is minutes of working time; a day has 480. Every station serves the first of its queue; queues are ordered anew
each morning, as worklists are published, and what arrives during the day takes its place.
`mes/management/commands/simulate.py` feeds it the workshop's own log or a generated year.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from heapq import heappop, heappush
from random import Random
from typing import Final

from mes.dispatch import BAND_EDGES, RULES, Candidate, band_of
from mes.states import Band, Policy

DAY: Final = 480.0
_EPOCH: Final = date(2001, 1, 1)  # a day is a number here; the rules want a date

Key = tuple[float, ...]
Rule = Callable[["Job", float], Key]
Progress = Callable[[int], None]  # told how many per cent of the jobs are finished, at each further one


@dataclass(frozen=True, slots=True)
class Job:
    """A piece: when it was ordered, released and is due, and its minutes at each station of its route."""

    key: int
    ordered: float
    released: float
    due: float
    route: tuple[tuple[int, float], ...]
    is_rush: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a policy made of the jobs. Days are working days from order to finish."""

    jobs: int
    on_time_percent: float
    p50_days: float
    p95_days: float
    p99_days: float
    oldest_days: float


def rule_of(policy: Policy) -> Rule:
    """A policy of mes.dispatch as the simulation asks for it.

    A job is asked about at each of its stations, mostly in the same band: what was found is remembered.
    """
    rule = RULES[policy]
    candidates: dict[int, Candidate] = {}
    found: dict[tuple[int, Band], Key] = {}

    def key(job: Job, now: float) -> Key:
        candidate = candidates.get(job.key)
        if candidate is None:
            candidate = Candidate(job.key, _date(_day(job.ordered)), _date(_day(job.due)), job.is_rush)
            candidates[job.key] = candidate
        place = (job.key, band_of(candidate, today=_date(_day(now))))
        if place not in found:
            found[place] = rule(candidate, place[1])
        return found[place]

    return key


@cache
def _date(day: int) -> date:
    return _EPOCH + timedelta(days=day)


def first_come(job: Job, _now: float) -> Key:
    return (job.released, job.key)


def last_come(job: Job, _now: float) -> Key:
    return (-job.released, -job.key)


class Workshop:
    """Stations with parallel servers, a queue before each, and the clock."""

    def __init__(self, servers: Sequence[int], rule: Rule, *, is_daily: bool = True) -> None:
        self._free = list(servers)
        self._queues: list[list[tuple[Key, int]]] = [[] for _ in servers]
        self._rule = rule
        self._is_daily = is_daily
        self._today = -1
        self._events: list[tuple[float, int, int]] = []  # time, serial, place of the job
        self._serial = 0
        self._jobs: Sequence[Job] = ()
        self._step: list[int] = []
        # The place that counts of each job that waits. One that got another leaves its old entry in the queue.
        self._waiting: dict[int, Key] = {}
        self._due: dict[int, set[int]] = {}  # who waits, by the day on which he is due
        self._unfinished = 0
        self.started: list[float] = []  # when each job's first operation began
        self.finished: list[float] = []

    def run(self, jobs: Sequence[Job], tell: Progress | None = None) -> "Workshop":
        """Make all jobs; their times are in `started` and `finished`, in the order of `jobs`."""
        self._jobs, self._unfinished, told = jobs, len(jobs), 0
        self._step = [-1] * len(jobs)
        self.started = [-1.0] * len(jobs)
        self.finished = [-1.0] * len(jobs)
        for place, job in enumerate(jobs):
            self._later(job.released, place)
        while self._events:
            now, _serial, place = heappop(self._events)
            self._publish(now)
            self._arrive_or_finish(place, now)
            if tell and (done := 100 - -(-100 * self._unfinished // len(jobs))) > told:
                told = done
                tell(done)
        return self

    def _later(self, at: float, place: int) -> None:
        self._serial += 1
        heappush(self._events, (at, self._serial, place))

    def _publish(self, now: float) -> None:
        """On the first event of a day, find its place anew for every job that came into another band since the last.

        All others keep theirs: a year of an overloaded workshop would else be sorted anew every morning.
        """
        before, self._today = self._today, _day(now)
        if self._is_daily and before != self._today:
            for place in self._in_another_band(before):
                self._join(self._station(place), place, now)

    def _in_another_band(self, before: int) -> list[int]:
        """Who waits and is due on a day whose band is another one today than it was on the day before."""
        days = {day - edge for day in range(before + 1, self._today + 1) for edge in BAND_EDGES}
        return [place for day in sorted(days) for place in sorted(self._due.get(day, ()))]

    def _station(self, place: int) -> int:
        return self._jobs[place].route[self._step[place]][0]

    def _arrive_or_finish(self, place: int, now: float) -> None:
        """A job comes in, or has passed a station: it leaves there, and joins the next queue or is finished."""
        job, done = self._jobs[place], self._step[place]
        if done >= 0:
            left = job.route[done][0]
            self._free[left] += 1
            self._serve(left, now)
        self._step[place] = done + 1
        if done + 1 == len(job.route):
            self.finished[place] = now
            self._unfinished -= 1
            return
        station = self._station(place)
        self._join(station, place, now)
        self._serve(station, now)

    def _join(self, station: int, place: int, now: float) -> None:
        job = self._jobs[place]
        key = self._rule(job, now)
        self._waiting[place] = key
        self._due.setdefault(_day(job.due), set()).add(place)
        heappush(self._queues[station], (key, place))

    def _serve(self, station: int, now: float) -> None:
        queue = self._queues[station]
        while queue and self._free[station]:
            key, place = heappop(queue)
            if self._waiting.get(place) != key or self._station(place) != station:
                continue  # it has another place by now, or was served from it
            del self._waiting[place]
            self._due[_day(self._jobs[place].due)].discard(place)
            self._free[station] -= 1
            if self._step[place] == 0:
                self.started[place] = now
            self._later(now + self._jobs[place].route[self._step[place]][1], place)


def _day(minutes: float) -> int:
    return int(minutes // DAY)


def simulate(jobs: Sequence[Job], servers: Sequence[int], policy: Policy, *, tell: Progress | None = None) -> Outcome:
    """What becomes of the jobs under a policy."""
    workshop = Workshop(servers, rule_of(policy)).run(jobs, tell)
    days = sorted((end - job.ordered) / DAY for job, end in zip(jobs, workshop.finished, strict=True))
    kept = sum(end <= job.due for job, end in zip(jobs, workshop.finished, strict=True))
    return Outcome(
        jobs=len(jobs),
        on_time_percent=round(100 * kept / len(jobs), 2) if jobs else 100.0,
        p50_days=percentile(days, 50),
        p95_days=percentile(days, 95),
        p99_days=percentile(days, 99),
        oldest_days=percentile(days, 100),
    )


def percentile(ordered: Sequence[float], per_cent: int) -> float:
    """The smallest value that so many per cent don't exceed; 0 of nothing."""
    if not ordered:
        return 0.0
    return round(ordered[max(0, -(-len(ordered) * per_cent // 100) - 1)], 2)


@dataclass(frozen=True, slots=True)
class Year:
    """A year to generate: a route of (station, mean minutes), orders a day, a peak at its end, days promised."""

    route: tuple[tuple[int, float], ...]
    orders_a_day: float
    days: int = 250
    peak_days: int = 30
    peak_factor: float = 2.0
    promised_days: float = 10.0
    approval_days: float = 0.0
    rush_share: float = 0.03


def generate(year: Year, *, seed: int) -> list[Job]:
    """The orders of a year, the same for a seed: they come at random, more of them in the peak at its end.

    With an `approval_days` above 0 a person lets each order into the workshop after a random time of that mean.
    """
    draw = Random(seed)  # noqa: S311  (a simulation)
    jobs: list[Job] = []
    now = 0.0
    while now < year.days * DAY:
        is_peak = now > (year.days - year.peak_days) * DAY
        now += draw.expovariate(year.orders_a_day * (year.peak_factor if is_peak else 1.0) / DAY)
        jobs.append(_job(len(jobs) + 1, now, year, draw))
    return jobs


def _job(serial: int, now: float, year: Year, draw: Random) -> Job:
    delay = draw.expovariate(1 / (year.approval_days * DAY)) if year.approval_days else 0.0
    route = tuple((station, draw.gammavariate(4.0, minutes / 4.0)) for station, minutes in year.route)
    return Job(
        key=draw.getrandbits(40) << 20 | serial,
        ordered=now,
        released=now + delay,
        due=now + year.promised_days * DAY,
        route=route,
        is_rush=draw.random() < year.rush_share,
    )
