"""Counting what happens on the shop floor, in the transaction in which it happens."""

from collections import Counter
from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone

from config.kernel.locking import wait_for_named_lock
from config.kernel.transitions import Actor, person
from mes.models import Tally, TallyEntry

_AT_ONCE: Final = 5_000
WHOLE_WORKSHOP: Final = 0

Key = tuple[date, str, int]


def count(measure: str, amount: int = 1, *, work_centre_id: int = WHOLE_WORKSHOP) -> None:
    """Add to today's tally of a measure; in the caller's transaction, so it counts what was committed and once."""
    entry = TallyEntry(measure=measure, day=timezone.localdate(), place=work_centre_id, amount=amount)
    entry.save(force_insert=True)


def count_all(amounts: dict[str, int]) -> None:
    """Add to several of today's tallies of the whole workshop."""
    day = timezone.localdate()
    TallyEntry.objects.bulk_create(
        TallyEntry(measure=measure, day=day, amount=amount) for measure, amount in amounts.items() if amount
    )


def count_touch(actor: Actor) -> None:
    """Count a correction by hand; what Karat does by itself isn't one."""
    if person(actor) is not None:
        count("touches")


@transaction.atomic
def fold_tallies() -> int:
    """Add the entries to their tallies and remove them; how many there were. Two callers take turns."""
    wait_for_named_lock("mes.tallies")
    columns = ("pk", "day", "measure", "place", "amount")
    entries = list(TallyEntry.objects.order_by("pk").values_list(*columns)[:_AT_ONCE])
    sums: Counter[Key] = Counter()
    for _pk, *key, amount in entries:
        sums[tuple(key)] += amount
    add_to_tallies(sums)
    TallyEntry.objects.filter(pk__in=[entry[0] for entry in entries]).delete()
    return len(entries)


def add_to_tallies(sums: Counter[Key]) -> None:
    """Add amounts by day, measure and place. The caller holds the named lock, or is the only one."""
    days, measures = {key[0] for key in sums}, {key[1] for key in sums}
    rows = {(row.day, row.measure, row.place): row for row in Tally.objects.filter(day__in=days, measure__in=measures)}
    for key in sums.keys() & rows.keys():
        rows[key].amount += sums[key]
    Tally.objects.bulk_update([rows[key] for key in sums.keys() & rows.keys()], ["amount"])
    Tally.objects.bulk_create(
        Tally(day=key[0], measure=key[1], place=key[2], amount=sums[key]) for key in sums.keys() - rows.keys()
    )
