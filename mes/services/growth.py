"""A plausible past in bulk: for trying out how Karat feels, and measures, after years of work."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from config.kernel.bulk import copy_rows
from mes.models import Operation, Operator, RoutingStep, WorkContent, WorkOrder
from mes.promising import PROBABILITY
from mes.services.scoring import order_measures, promise_measures
from mes.services.tallies import WHOLE_WORKSHOP, Key, add_to_tallies
from mes.states import OperationStatus, Phase, WorkOrderStatus
from pricing.models import Alloy, Measurement

_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_YEARS: Final = 2
_PRICING_SECONDS: Final = 25
_ORDER_COLUMNS: Final = [
    "id", "reference", "status", "kind", "title", "finish", "size", "quantity", "mass_g", "mass_factor", "stones",
    "stone_count", "engraving", "instruction", "is_rush", "aged_from", "due_on", "promised_on", "promise_probability",
    "expected_on", "pricing_seconds", "released_at", "started_at", "finished_at", "alloy_id", "design_id",
    "measurement_id",
]  # fmt: skip
_OPERATION_COLUMNS: Final = [
    "id", "work_order_id", "sequence", "kind", "work_centre_id", "status", "operator_id", "planned_minutes",
    "times_reworked", "aged_from", "due_on", "is_rush", "started_at", "finished_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Workshop:
    """What every grown work order shares."""

    steps: tuple[tuple[int, str, int, int], ...]  # sequence, kind, work centre, minutes
    operators: tuple[int, ...]
    alloys: tuple[int, ...]
    measurement: Measurement
    now: datetime


@dataclass(frozen=True, slots=True)
class _Grown:
    """One work order of the past: when it was ordered and finished (None: it is open), and how far it has come."""

    key: int
    ordered_at: datetime
    due_on: date
    finished_at: datetime | None
    steps_done: int
    is_rush: bool


@transaction.atomic
def grow_work_orders(*, many: int, still_open: int, seed: int = 1) -> int:
    """Add `many` work orders of the last years with their operations and tallies, `still_open` of them not finished.

    Needs a seeded workshop with an operator and a measured design. A seed adds the same keys again, so it serves once.
    """
    workshop = _workshop()
    copy_rows(WorkOrder, _ORDER_COLUMNS, _work_orders(workshop, many, still_open, seed))
    copy_rows(Operation, _OPERATION_COLUMNS, _operations(workshop, many, still_open, seed))
    _count(workshop, many, still_open, seed)
    return many


def _workshop() -> _Workshop:
    content = WorkContent()
    steps = RoutingStep.objects.filter(routing__kind="ring").order_by("sequence")
    return _Workshop(
        steps=tuple(
            (step.sequence, step.kind, step.work_centre_id, step.minutes_for(content))
            for step in steps
            if step.is_needed_by(content)
        ),
        operators=tuple(Operator.objects.order_by("pk").values_list("pk", flat=True)),
        alloys=tuple(Alloy.objects.order_by("pk").values_list("pk", flat=True)),
        measurement=Measurement.objects.filter(refusal_code="").order_by("pk")[0],
        now=timezone.now(),
    )


def _past(workshop: _Workshop, many: int, still_open: int, seed: int) -> Iterator[_Grown]:
    """The same work orders each time it is asked, oldest first; the newest are the open ones."""
    draw = Random(seed)  # noqa: S311  (a made-up past)
    finished = many - still_open
    step = timedelta(days=365 * _YEARS) / max(1, finished)
    for place in range(many):
        is_open = place >= finished
        age = timedelta(days=12) * draw.random() if is_open else step * (finished - place)
        ordered_at = workshop.now - age
        lead = timedelta(days=max(1.0, draw.gauss(6, 2)))
        yield _Grown(
            key=draw.getrandbits(62) + 1,
            ordered_at=ordered_at,
            due_on=timezone.localdate(ordered_at) + timedelta(days=10),
            finished_at=None if is_open else min(ordered_at + lead, workshop.now),
            steps_done=draw.randrange(len(workshop.steps)) if is_open else len(workshop.steps),
            is_rush=draw.random() < 0.02,
        )


def _reference(key: int) -> str:
    """A reference as config.kernel.references makes it, from the key instead of the system's randomness."""
    letters = ""
    for _ in range(10):
        key, place = divmod(key, len(_LETTERS))
        letters += _LETTERS[place]
    return f"W-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def _work_orders(workshop: _Workshop, many: int, still_open: int, seed: int) -> Iterator[list[Any]]:
    for one in _past(workshop, many, still_open, seed):
        started_at = one.ordered_at + timedelta(hours=20) if one.steps_done else None
        yield [
            one.key, _reference(one.key), _status(one), "ring", "Comfort band", "polished", "17", 1, "4.250", "1", "",
            0, "", "", one.is_rush, one.ordered_at, one.due_on, one.due_on, PROBABILITY, one.due_on, _PRICING_SECONDS,
            one.ordered_at, started_at, one.finished_at, workshop.alloys[one.key % len(workshop.alloys)],
            workshop.measurement.design_id, workshop.measurement.pk,
        ]  # fmt: skip


def _status(one: _Grown) -> str:
    if one.finished_at is not None:
        return WorkOrderStatus.DONE
    return WorkOrderStatus.IN_PROGRESS if one.steps_done else WorkOrderStatus.RELEASED


def _operations(workshop: _Workshop, many: int, still_open: int, seed: int) -> Iterator[list[Any]]:
    draw = Random(seed + 1)  # noqa: S311
    for one in _past(workshop, many, still_open, seed):
        end = one.finished_at or workshop.now
        for place, (sequence, kind, centre, minutes) in enumerate(workshop.steps):
            is_done = place < one.steps_done
            finished_at = (
                one.ordered_at + (end - one.ordered_at) * (place + 1) / len(workshop.steps) if is_done else None
            )
            yield [
                draw.getrandbits(62) + 1, one.key, sequence, kind, centre, _step_status(place, one),
                workshop.operators[one.key % len(workshop.operators)] if is_done else None, minutes,
                0, one.ordered_at, one.due_on, one.is_rush,
                finished_at - timedelta(minutes=minutes) if finished_at else None, finished_at,
            ]  # fmt: skip


def _step_status(place: int, one: _Grown) -> str:
    if place < one.steps_done:
        return OperationStatus.DONE
    return OperationStatus.READY if place == one.steps_done else OperationStatus.WAITING


def _count(workshop: _Workshop, many: int, still_open: int, seed: int) -> None:
    """The tallies that the finished ones would have left."""
    sums: Counter[Key] = Counter()
    for one in _past(workshop, many, still_open, seed):
        if one.finished_at is None:
            continue
        day = timezone.localdate(one.finished_at)
        lead_days = (day - timezone.localdate(one.ordered_at)).days
        worked = 60 * sum(step[-1] for step in workshop.steps)
        queued = round((one.finished_at - one.ordered_at).total_seconds()) - worked
        is_late = day > one.due_on
        spent = {Phase.PRICING: _PRICING_SECONDS / 60, Phase.QUEUE: queued / 60, Phase.WORK: worked / 60}
        measures = {
            "finished": 1,
            f"lead:{lead_days}": 1,
            "on_time": int(not is_late),
            "seconds:pricing": _PRICING_SECONDS,
            "seconds:queue": queued,
            "seconds:work": worked,
            **order_measures(spent, is_late=is_late),  # each of them was an order of one line
            **promise_measures(PROBABILITY, is_kept=not is_late),
        }
        sums.update({(day, measure, WHOLE_WORKSHOP): amount for measure, amount in measures.items()})
    add_to_tallies(sums)
