"""The promised date: from what the pieces need at each work centre and from the work that waits there."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.cache import cache
from django.db.models import Sum, prefetch_related_objects
from django.utils import timezone

from mes.errors import NoRouting
from mes.models import DayOff, Operation, RoutingStep, Tally, WorkContent, WorkOrder
from mes.promising import Ahead, Load, Promise, chance_of_day, promise_day, working_days_between
from mes.selectors.floor import open_work, recent_open_work
from pricing.models import Quote

_A_MINUTE = 60
ERROR_OF_PROMISE = "error:"  # and days: a measure of mes.Tally


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A piece to be promised: what it is, the work it is, whether it goes before the others."""

    kind: str
    content: WorkContent
    is_rush: bool = False


def promise_for(quotes: Sequence[Quote], *, is_binding: bool = False) -> Promise:
    """When all that was quoted is ready if ordered now: the day of the piece that takes longest, with the probability
    that this piece keeps it. Refuses with NoRouting.

    A page shows it from a load at most a minute old; the binding one is given on the load of this moment.
    """
    prefetch_related_objects(list(quotes), "alloy", "measurement")
    return _latest([_wanted(quote) for quote in quotes], is_binding=is_binding)


def _wanted(quote: Quote) -> _Wanted:
    return _Wanted(quote.kind, content_of(quote), quote.rush)


def promise_of(*, kind: str, content: WorkContent, is_rush: bool = False, is_binding: bool = False) -> Promise:
    """The same for one piece, or several alike, of which only the work they are is known. Refuses with NoRouting."""
    return _latest([_Wanted(kind, content, is_rush)], is_binding=is_binding)


def promise_each(pieces: Sequence[tuple[str, WorkContent]]) -> list[Promise | None]:
    """What is promised of each of these if it alone is ordered now; None where the workshop doesn't know how."""
    ahead, routes = Ahead(recent_open_work()), _routes({kind for kind, _content in pieces})
    wanted = [_Wanted(kind, content) for kind, content in pieces]
    return [_promise(_loads(needed, one, ahead)) if (needed := _route(one, routes)) else None for one in wanted]


def chance_for(quotes: Sequence[Quote], day: date) -> Promise | None:
    """How sure it is that all that was quoted is ready by a day if it is released now; None where nobody knows how."""
    prefetch_related_objects(list(quotes), "alloy", "measurement")
    ahead = Ahead(recent_open_work())
    routes = _routes({quote.kind for quote in quotes})
    chances = []
    for piece in map(_wanted, quotes):
        needed = _route(piece, routes)
        if not needed:
            return None
        chances.append(_chance(day, _loads_in_turn(needed, piece, ahead)))
    return min(chances, key=lambda one: one.probability, default=None)


def chance_of(work_orders: Collection[WorkOrder], day: date) -> Promise | None:
    """How sure it is that work orders are done by a day, at least: as if all that waits were before them, or all that
    is rush when they are.
    """
    ahead = Ahead(recent_open_work())
    steps = Operation.objects.filter(work_order__in=work_orders).open().select_related("work_centre")
    loads: dict[int, list[Load]] = {work_order.pk: [] for work_order in work_orders}
    for step in steps:
        centre, own = step.work_centre, step.planned_minutes
        before = max(0, ahead.of(centre.pk, is_rush=step.is_rush) - own)
        loads[step.work_order_id].append(Load(centre.stations * centre.minutes_per_day, before, own))
    return min((_chance(day, one) for one in loads.values()), key=lambda one: one.probability, default=None)


def _chance(day: date, loads: Sequence[Load]) -> Promise:
    today = timezone.localdate()
    return chance_of_day(day, loads, today=today, days_off=days_off(today), errors=recent_errors())


def content_of(quote: Quote) -> WorkContent:
    """The work that a quoted piece is for the workshop: what it asks of each step."""
    return WorkContent(
        quantity=quote.pieces,
        mass_g=quote.cast_mass_g or quote.mass_g or Decimal(0),
        area_cm2=area_cm2(quote.measurement.figures if quote.measurement else None),
        stones=stones_to_set(quote)[1],
        colour=quote.alloy.colour,
        is_engraved=bool(quote.engraving),
    )


def area_cm2(figures: dict[str, object] | None) -> Decimal:
    """The surface of a measured piece."""
    return Decimal(str((figures or {}).get("area_mm2", 0))) / 100


def stones_to_set(quote: Quote) -> tuple[str, int]:
    """The stones that were found in the design, in words ("12 round 1.5 mm"), and how many: none if none are set."""
    figures = (quote.measurement.figures if quote.measurement else None) or {}
    if not quote.set_stones or quote.stones_are_metal:
        return "", 0
    alike = Counter((str(one["cut"]), round(float(one["length_mm"]), 1)) for one in figures.get("stones", ()))
    words = ", ".join(f"{count} {cut} {length} mm" for (cut, length), count in alike.most_common())
    return words[:300], alike.total()


def _latest(pieces: Sequence[_Wanted], *, is_binding: bool) -> Promise:
    """The latest promise of the pieces; each waits for the ones before it too."""
    ahead = Ahead(open_work() if is_binding else recent_open_work())
    routes = _routes({piece.kind for piece in pieces})
    promises = []
    for piece in pieces:
        needed = _route(piece, routes)
        if not needed:
            raise NoRouting(kind=piece.kind)
        promises.append(_promise(_loads_in_turn(needed, piece, ahead)))
    return max(promises, key=lambda one: one.day)


def _promise(loads: Sequence[Load]) -> Promise:
    today = timezone.localdate()
    return promise_day(loads, today=today, days_off=days_off(today), errors=recent_errors())


def _route(piece: _Wanted, routes: Mapping[str, Sequence[RoutingStep]]) -> list[RoutingStep]:
    """The steps that a piece passes; none when nobody knows how it is made."""
    return [step for step in routes.get(piece.kind, ()) if step.is_needed_by(piece.content)]


def _loads_in_turn(steps: Sequence[RoutingStep], piece: _Wanted, ahead: Ahead) -> list[Load]:
    """What a piece meets on its route; the next one that is asked about meets it too."""
    loads = _loads(steps, piece, ahead)
    for step, load in zip(steps, loads, strict=True):
        ahead.add(step.work_centre_id, load.own_minutes, is_rush=piece.is_rush)
    return loads


def _routes(kinds: set[str]) -> dict[str, list[RoutingStep]]:
    steps = RoutingStep.objects.filter(routing__kind__in=kinds).select_related("routing", "work_centre")
    routes: dict[str, list[RoutingStep]] = {}
    for step in steps:
        routes.setdefault(step.routing.kind, []).append(step)
    return routes


def _loads(steps: Sequence[RoutingStep], piece: _Wanted, ahead: Ahead) -> list[Load]:
    return [
        Load(
            minutes_per_day=step.work_centre.stations * step.work_centre.minutes_per_day,
            open_minutes=ahead.of(step.work_centre_id, is_rush=piece.is_rush),
            own_minutes=step.minutes_for(piece.content),
        )
        for step in steps
    ]


def is_past_working_days(since: datetime, days: int, *, at: datetime) -> bool:
    """Whether so many working days have gone by after the day of a moment."""
    first, today = timezone.localdate(since), timezone.localdate(at)
    return working_days_between(first, today, days_off(today)) > days


def days_off(today: date) -> frozenset[date]:
    """Days of the coming year on which the whole workshop rests."""
    known: list[str] | None = cache.get("mes:days_off")
    if known is None:
        rows = DayOff.objects.filter(work_centre=None, day__range=(today, today + timedelta(days=400)))
        known = [day.isoformat() for day in rows.values_list("day", flat=True)]
        cache.set("mes:days_off", known, _A_MINUTE)
    return frozenset(map(date.fromisoformat, known))


def recent_errors() -> dict[int, int]:
    """How many pieces were finished how many working days after the expected one, in the last 90 days."""
    known: list[list[int]] | None = cache.get("mes:promise_errors")
    if known is None:
        since = timezone.localdate() - timedelta(days=90)
        rows = Tally.objects.filter(day__gte=since, measure__startswith=ERROR_OF_PROMISE).values_list("measure")
        sums = rows.annotate(Sum("amount")).order_by()
        known = [[int(measure.removeprefix(ERROR_OF_PROMISE)), amount] for measure, amount in sums]
        cache.set("mes:promise_errors", known, _A_MINUTE)
    return {days: amount for days, amount in known}  # noqa: C416  (lists of two, as JSON keeps them)
