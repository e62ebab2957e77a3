"""Keeping the sums of the sellers' dashboard: an order is counted anew, and what differs is added."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from config.kernel.locking import wait_for_named_lock
from crm.measures import APPROVAL, DECIDED, ORDERS, REASON, REVENUE, TOUCHLESS, step_of
from crm.models import CountedOrder, OrderTally, Review
from crm.states import Verdict
from shop.models import Order, OrderLog
from shop.states import OrderStatus

_AT_ONCE: Final = 2_000
_LATELY: Final = timedelta(hours=1)
_COLUMNS: Final = ("pk", "placed_at", "status", "currency", "gross")

Key = tuple[str, str]  # day, measure
Sums = Counter[Key]


@transaction.atomic
def count_orders(*, order_ids: Sequence[int]) -> int:
    """Bring the tallies up to what these orders say now; how many orders had changed. Repeatable, in any order.

    Two callers take turns, so that neither counts from what the other is changing.
    """
    wait_for_named_lock("crm.tallies")
    counted = dict(CountedOrder.objects.filter(order__in=order_ids).values_list("order", "added"))
    now = _count(order_ids)
    changed = {pk: sums for pk, sums in now.items() if sums != _sums(counted.get(pk, []))}
    difference: Sums = Counter()
    for pk, sums in changed.items():
        difference.update(sums)
        difference.subtract(_sums(counted.get(pk, [])))
    _add(difference)
    CountedOrder.objects.bulk_create(
        [_row(pk, sums) for pk, sums in sorted(changed.items())],
        update_conflicts=True,
        unique_fields=["order"],
        update_fields=["added"],
    )
    return len(changed)


@transaction.atomic
def rebuild_tallies() -> int:
    """Count every order from nothing; how many there are. Facts that arrive meanwhile wait for the end."""
    wait_for_named_lock("crm.tallies")
    OrderTally.objects.all().delete()
    CountedOrder.objects.all().delete()
    whole: Sums = Counter()
    many = last = 0
    while keys := list(Order.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
        batch = _count(keys)
        CountedOrder.objects.bulk_create([_row(pk, sums) for pk, sums in batch.items() if sums])
        for sums in batch.values():
            whole.update(sums)
        many, last = many + len(keys), keys[-1]
    _add(whole)
    return many


def sweep_tallies() -> int:
    """Count again what was placed or decided lately: the queue may have lost it, and a hold moves no status.

    Uses indexes order_newest, review_decided.
    """
    since = timezone.now() - _LATELY
    placed = Order.objects.filter(placed_at__gte=since).newest_first().values_list("pk", flat=True)[:_AT_ONCE]
    decided = Review.objects.filter(decided_at__gte=since).order_by("-decided_at")
    keys = {*placed, *decided.values_list("order", flat=True)[:_AT_ONCE]}
    return count_orders(order_ids=sorted(keys))


def _count(order_ids: Sequence[int]) -> dict[int, Sums]:
    """What each order adds, in three statements however many there are."""
    reviews = {one.order_id: one for one in Review.objects.filter(order__in=order_ids)}
    approved = OrderLog.objects.filter(order__in=order_ids, to_status=OrderStatus.APPROVED).order_by()
    first = dict(approved.values_list("order").annotate(Min("at")))
    orders = Order.objects.filter(pk__in=order_ids).order_by("pk").only(*_COLUMNS)
    return {one.pk: _of_order(one, reviews.get(one.pk), first.get(one.pk)) for one in orders}


def _of_order(order: Order, review: Review | None, approved_at: Any) -> Sums:
    """Revenue by the day of the order, the decision by the day of the review, its duration by that of the approval."""
    sums: Sums = Counter()
    if order.status != OrderStatus.CANCELLED:
        sums[_day(order.placed_at), ORDERS] = 1
        sums[_day(order.placed_at), f"{REVENUE}{order.currency}"] = int(order.gross * 100)
    if review is not None:
        day = _day(review.reviewed_at)
        sums[day, DECIDED] = 1
        sums[day, TOUCHLESS] = int(review.verdict == Verdict.APPROVED)
        for code in {reason.get("code", "") for reason in review.reasons}:
            sums[day, f"{REASON}{code}"[:64]] = 1
    if approved_at is not None:
        sums[_day(approved_at), f"{APPROVAL}{step_of((approved_at - order.placed_at).total_seconds())}"] = 1
    return +sums


def _day(moment: Any) -> str:
    return timezone.localdate(moment).isoformat()


def _sums(added: Iterable[Sequence[Any]]) -> Sums:
    return Counter({(day, measure): amount for day, measure, amount in added})


def _row(order_id: int, sums: Sums) -> CountedOrder:
    return CountedOrder(order_id=order_id, added=sorted([*key, amount] for key, amount in sums.items()))


def _add(sums: Sums) -> None:
    """Add amounts to their tallies; one that comes to nothing is gone, as if it had never been. In the named lock."""
    wanted = {(date.fromisoformat(day), measure): amount for (day, measure), amount in sums.items() if amount}
    rows = OrderTally.objects.filter(day__in={day for day, _ in wanted}, measure__in={name for _, name in wanted})
    known = {(row.day, row.measure): row for row in rows}
    for key in wanted.keys() & known.keys():
        known[key].amount += wanted[key]
    changed = [known[key] for key in wanted.keys() & known.keys()]
    OrderTally.objects.bulk_update([row for row in changed if row.amount], ["amount"], batch_size=500)
    OrderTally.objects.filter(pk__in=[row.pk for row in changed if not row.amount]).delete()
    new = sorted(wanted.keys() - known.keys())
    OrderTally.objects.bulk_create(OrderTally(day=day, measure=name, amount=wanted[day, name]) for day, name in new)
