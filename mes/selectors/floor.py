"""Reading the shop floor. Nothing here that an operator sees carries a date or anything that grows with time."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from mes.models import (
    DayOff,
    Operation,
    Operator,
    Shift,
    WorkCentre,
    Worklist,
    WorklistEntry,
    WorkOrder,
)
from mes.querysets import OperationQuerySet

_A_DAY = 86_400
_A_MINUTE = 60
_NO_LIST = 0
_PLANNED_AT_MOST = 100

OpenWork = tuple[int, bool, int]  # work centre, whether it is rush, planned minutes


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """A place on a worklist, as an operator may see it."""

    rank: int
    band: int
    operation_id: int
    reference: str
    kind: str
    alloy_code: str
    colour: str
    finish: str
    size: str
    quantity: int


def current_worklist_id(work_centre_id: int) -> int | None:
    """The worklist in force at a work centre. Uses index worklist_newest."""
    newest = Worklist.objects.filter(work_centre=work_centre_id).order_by("-published_at")
    return newest.values_list("pk", flat=True).first()


def forget_worklist(work_centre_id: int) -> None:
    """Drop what the cache knows of the list in force: another one was published."""
    cache.delete(f"worklist:at:{work_centre_id}")


def operators_at(work_centre: WorkCentre, day: date) -> list[int]:
    """The operators who are qualified for a work centre and on shift on a day, by their keys."""
    if not is_open(work_centre, day):
        return []
    qualified = Operator.objects.filter(work_centres=work_centre, user__is_active=True)
    off_shift = Q(shifts__isnull=False) & ~Q(pk__in=Shift.objects.filter(weekday=day.weekday()).values("operator"))
    return list(qualified.exclude(off_shift).order_by("pk").values_list("pk", flat=True).distinct())


def is_open(work_centre: WorkCentre, day: date) -> bool:
    """Whether a work centre works on a day, by its week and its days off."""
    weekend = {5: work_centre.works_saturday, 6: work_centre.works_sunday}
    if not weekend.get(day.weekday(), True):
        return False
    return not DayOff.objects.filter(Q(work_centre=work_centre) | Q(work_centre=None), day=day).exists()


def minutes_in_hand(operators: list[int]) -> dict[int, int]:
    """Planned minutes that operators have taken already. Uses index operation_in_hand."""
    rows = Operation.objects.in_hand().filter(operator__in=operators).order_by().values("operator")
    return {row["operator"]: row["minutes"] for row in rows.annotate(minutes=Sum("planned_minutes"))}


def claimable_for(operator: Operator, work_centre_id: int) -> OperationQuerySet:
    """What an operator may take next: what is free and not pinned to somebody else, in the order of the list."""
    return claimable(work_centre_id).open_to(operator)


def claimable(work_centre_id: int) -> OperationQuerySet:
    """What is still free of the published list, in its order."""
    listed: OperationQuerySet = (
        Operation.objects.ready().at(work_centre_id).filter(places__worklist__work_centre=work_centre_id)
    )
    return listed.order_by("places__rank")


def claimable_left(work_centre_id: int, *, most: int) -> int:
    """How many rows of the published list nobody took yet, counted up to `most`."""
    return claimable(work_centre_id)[:most].count()


def runs_dry(work_centre_id: int) -> bool:
    """Whether too few rows of the published list are left to take."""
    few = _too_few(work_centre_id)
    return claimable_left(work_centre_id, most=few) < few


def _too_few(work_centre_id: int) -> int:
    """Fewer rows than this call for more: the set number, and one for each who may take one, up to half a list."""
    qualified = Operator.objects.filter(work_centres=work_centre_id).count()
    return max(settings.WORKLIST_REFILL_BELOW, min(qualified, settings.WORKLIST_SIZE // 2))


def has_unlisted(work_centre_id: int) -> bool:
    """Whether anything is ready at a work centre that its published list doesn't have."""
    listed = WorklistEntry.objects.filter(worklist__work_centre=work_centre_id, operation=OuterRef("pk"))
    return Operation.objects.ready().at(work_centre_id).exclude(Exists(listed)).exists()


def worklist(work_centre_id: int) -> list[WorklistRow]:
    """The published list of a work centre: the same for everybody until the next publication, and read from the cache.

    Rows that were taken meanwhile stay on it: the page must not change because somebody reloads it.
    """
    worklist_id = known_worklist_id(work_centre_id)
    if worklist_id == _NO_LIST:
        return []
    key = f"worklist:{worklist_id}"
    cached = cache.get(key)
    if cached is not None:
        return [WorklistRow(**row) for row in cached]
    rows = _rows(worklist_id)
    cache.set(key, [asdict(row) for row in rows], _A_DAY)
    return rows


def known_worklist_id(work_centre_id: int) -> int:
    """The worklist in force as the cache knows it, at most a minute late; 0 when there is none.

    A publication makes the cache forget it. The minute bounds what a reader who looked just before that puts back.
    """
    key = f"worklist:at:{work_centre_id}"
    known: int | None = cache.get(key)
    if known is None:
        known = current_worklist_id(work_centre_id) or _NO_LIST
        cache.set(key, known, _A_MINUTE)
    return known


def _rows(worklist_id: int) -> list[WorklistRow]:
    entries = WorklistEntry.objects.filter(worklist=worklist_id).order_by("rank")
    return [_row(entry) for entry in entries.select_related("operation__work_order__alloy")]


def _row(entry: WorklistEntry) -> WorklistRow:
    work_order = entry.operation.work_order
    return WorklistRow(
        rank=entry.rank,
        band=entry.band,
        operation_id=entry.operation_id,
        reference=work_order.reference,
        kind=work_order.kind,
        alloy_code=work_order.alloy.code,
        colour=work_order.alloy.colour,
        finish=work_order.finish,
        size=work_order.size,
        quantity=work_order.quantity,
    )


def plan_of(work_centre_id: int | None) -> list[WorklistEntry]:
    """The first places of the list in force, with whom each is planned for: a planner's view of it."""
    entries = WorklistEntry.objects.filter(worklist__work_centre=work_centre_id).order_by("rank")
    return list(entries.select_related("operation__work_order", "planned_for")[:_PLANNED_AT_MOST])


def in_hand(user: User) -> "QuerySet[Operation]":
    """What an operator took and hasn't finished, in an order that tells nothing."""
    mine = Operation.objects.in_hand().filter(operator__user=user)
    return mine.select_related("work_order__alloy", "work_order__measurement", "work_centre").order_by("pk")


def work_centres_of(user: User) -> "QuerySet[WorkCentre]":
    """The work centres an operator is qualified for."""
    return WorkCentre.objects.filter(operators__user=user).order_by("rank", "code")


def recent_open_minutes() -> dict[int, int]:
    """Planned minutes that wait or run at each work centre, as they were at most a minute ago."""
    minutes: Counter[int] = Counter()
    for work_centre_id, _is_rush, planned in recent_open_work():
        minutes[work_centre_id] += planned
    return dict(minutes)


def recent_open_work() -> list[OpenWork]:
    """`open_work` as it was at most a minute ago: pages don't add up the shop floor at every look."""
    key = "mes:open_work"
    cached = cache.get(key)
    if cached is None:
        cached = [list(row) for row in open_work()]
        cache.set(key, cached, _A_MINUTE)
    return [(work_centre_id, is_rush, minutes) for work_centre_id, is_rush, minutes in cached]


def open_work() -> list[OpenWork]:
    """What waits or runs at each work centre, rush and the rest apart. Uses index operation_open_work."""
    rows = Operation.objects.open().order_by().values_list("work_centre", "is_rush")
    return list(rows.annotate(minutes=Sum("planned_minutes")))


def current_of(work_order_id: int) -> int:
    """The work order that is made now for what this one was released for: itself, or its newest remake."""
    while (
        remake := WorkOrder.objects.filter(remake_of=work_order_id).values_list("pk", flat=True).first()
    ) is not None:
        work_order_id = remake
    return work_order_id
