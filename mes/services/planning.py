"""The planner that runs by itself: it sequences what is ready, shares it out among operators, and publishes the lists.

Lists are published once a day, and again only where one runs dry, a little before it does.
"""

from enum import Enum, auto

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from config.kernel.locking import lock_one, take_next, try_named_lock, wait_out_named_lock
from mes.dispatch import Candidate, Job, Place, arrange, share_out
from mes.models import Operation, WorkCentre, Worklist, WorklistEntry
from mes.selectors import claimable, forget_worklist, has_unlisted, minutes_in_hand, operators_at, runs_dry
from mes.states import Policy


def publish_worklists() -> None:
    """Publish every work centre's list: the daily one."""
    for work_centre_id in WorkCentre.objects.values_list("pk", flat=True):
        publish_worklist(work_centre_id=work_centre_id)


@transaction.atomic
def publish_worklist(*, work_centre_id: int) -> Worklist:
    """Freeze what a work centre may work on, in the order of its policy, until the next publication.

    Locks the work centre, so that two publications don't run at once.
    """
    work_centre = lock_one(WorkCentre.objects.filter(pk=work_centre_id))
    places = arrange(_candidates(work_centre), Policy(work_centre.policy), today=timezone.localdate())
    worklist = Worklist.objects.create(work_centre=work_centre)
    WorklistEntry.objects.bulk_create(_entries(worklist, places[: settings.WORKLIST_SIZE]))
    Worklist.objects.filter(work_centre=work_centre).exclude(pk=worklist.pk).delete()
    transaction.on_commit(lambda: forget_worklist(work_centre_id))
    return worklist


def _candidates(work_centre: WorkCentre) -> list[Candidate]:
    """The first, the most urgent and the rushed ready operations: bounded reads, at any number of orders."""
    ready = Operation.objects.ready().at(work_centre.pk)
    most = settings.WORKLIST_SIZE
    by_age = ready.newest_first() if work_centre.policy == Policy.NEWEST_FIRST else ready.oldest_first()
    picked = [by_age, ready.most_urgent_first(), ready.filter(is_rush=True).most_urgent_first()]
    columns = ("pk", "aged_from", "due_on", "is_rush")
    rows = {row[0]: row for rows in picked for row in rows[:most].values_list(*columns)}
    return [
        Candidate(key=key, aged_on=timezone.localdate(aged_from), due_on=due_on, is_rush=is_rush)
        for key, aged_from, due_on, is_rush in rows.values()
    ]


def _entries(worklist: Worklist, places: list[Place]) -> list[WorklistEntry]:
    """The rows of a list, each planned for an operator who is there today, so that all have about as much to do."""
    columns = ("pk", "planned_minutes", "pinned_to")
    listed = Operation.objects.filter(pk__in=[place.key for place in places])
    rows = {row[0]: Job(*row) for row in listed.values_list(*columns)}
    operators = operators_at(worklist.work_centre, timezone.localdate())
    given = share_out([rows[place.key] for place in places], operators, loads=minutes_in_hand(operators))
    return [
        WorklistEntry(
            worklist=worklist,
            rank=place.rank,
            band=place.band,
            operation_id=place.key,
            planned_for_id=given.get(place.key),
        )
        for place in places
    ]


@transaction.atomic
def publish_if_dry(*, work_centre_id: int) -> Worklist | None:
    """Publish where nothing is left to take. What arrives while something is left waits for the next publication:
    a list that changed with every arrival would show which piece is the newest.
    """
    lock_one(WorkCentre.objects.filter(pk=work_centre_id))
    return None if claimable(work_centre_id).exists() else publish_worklist(work_centre_id=work_centre_id)


@transaction.atomic
def top_up_worklist(*, work_centre_id: int) -> Worklist | None:
    """Publish again when few rows are left and more is ready: before the list is empty, so that nobody waits for it.

    Locks the work centre, unless somebody else is just publishing there: then he does it, and nobody waits for him.
    """
    is_mine = has_unlisted(work_centre_id) and take_next(WorkCentre.objects.filter(pk=work_centre_id)) is not None
    return publish_worklist(work_centre_id=work_centre_id) if is_mine and runs_dry(work_centre_id) else None


class Refill(Enum):
    """What came of a refill."""

    PUBLISHED = auto()
    BY_ANOTHER = auto()  # somebody else was just doing it, and is done
    NOT_NEEDED = auto()


@transaction.atomic
def refill_worklist(*, work_centre_id: int) -> Refill:
    """Publish a list again from which its operators can take nothing, or next to nothing: they must not stand idle.

    One does it and the others wait for him, all together: fifty who queued for the lock of the work centre would get
    it one after the other.
    """
    if not try_named_lock("mes.refill", work_centre_id):
        wait_out_named_lock("mes.refill", work_centre_id)
        return Refill.BY_ANOTHER
    lock_one(WorkCentre.objects.filter(pk=work_centre_id))
    if not runs_dry(work_centre_id):
        return Refill.NOT_NEEDED
    publish_worklist(work_centre_id=work_centre_id)
    return Refill.PUBLISHED
