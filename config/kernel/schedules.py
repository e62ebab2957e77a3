"""What runs by the clock: rows of django-q2's schedule, kept equal to config/schedules.py."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django_q.models import Schedule

from config.kernel.locking import wait_for_named_lock
from config.kernel.queue import DEFAULT


@dataclass(frozen=True, slots=True)
class Clockwork:
    """A task that runs every so many minutes, or daily at an hour of the project's time zone."""

    task: str
    every_minutes: int | None = None
    daily_at: int | None = None


@transaction.atomic
def keep_schedules(wanted: list[Clockwork]) -> None:
    """Make the schedule's rows those that are wanted: add, change, remove. Two hosts that start at once take turns."""
    wait_for_named_lock("schedules")
    Schedule.objects.exclude(name__in=[clockwork.task for clockwork in wanted]).delete()
    for clockwork in wanted:
        rows = Schedule.objects.filter(name=clockwork.task).order_by("pk")
        kept = rows.first()
        if kept is None:
            Schedule.objects.create(name=clockwork.task, next_run=_first(clockwork), **_settings(clockwork))
            continue
        rows.exclude(pk=kept.pk).delete()
        if _differs(kept, clockwork):
            Schedule.objects.filter(pk=kept.pk).update(next_run=_first(clockwork), **_settings(clockwork))


def _differs(row: Schedule, clockwork: Clockwork) -> bool:
    is_other_hour = clockwork.daily_at is not None and timezone.localtime(row.next_run).hour != clockwork.daily_at
    return is_other_hour or any(getattr(row, name) != value for name, value in _settings(clockwork).items())


def _settings(clockwork: Clockwork) -> dict[str, object]:
    kind = Schedule.MINUTES if clockwork.every_minutes else Schedule.DAILY
    return {
        "func": clockwork.task,
        "schedule_type": kind,
        "minutes": clockwork.every_minutes,
        "repeats": -1,
        "cluster": DEFAULT,
    }


def _first(clockwork: Clockwork) -> datetime:
    now = timezone.localtime()
    if clockwork.daily_at is None:
        return now
    today = timezone.make_aware(datetime.combine(now.date(), time(clockwork.daily_at)))
    return today if today > now else today + timedelta(days=1)
