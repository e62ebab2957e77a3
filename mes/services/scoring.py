"""What finished pieces and orders teach: was the promise kept, how far was the expectation off, where did time go."""

from collections.abc import Sequence

from django.utils import timezone

from mes.models import WorkOrder
from mes.promising import working_days_between
from mes.selectors import ERROR_OF_PROMISE, time_spent
from mes.services.tallies import count_all
from mes.states import Phase

_MOST_DAYS = 60


def score(work_order: WorkOrder) -> None:
    """Count a work order that was just finished, in the caller's transaction."""
    assert work_order.finished_at is not None  # noqa: S101  (the move to done writes it)
    finished_on = timezone.localdate(work_order.finished_at)
    promised_on = work_order.promised_on or work_order.due_on
    lead_days = (finished_on - timezone.localdate(work_order.aged_from)).days
    amounts = {"finished": 1, "on_time": int(finished_on <= promised_on), f"lead:{min(lead_days, 10 * _MOST_DAYS)}": 1}
    if work_order.expected_on is not None:
        error = working_days_between(work_order.expected_on, finished_on)
        amounts[f"{ERROR_OF_PROMISE}{max(-_MOST_DAYS, min(error, _MOST_DAYS))}"] = 1
    count_all(amounts | _seconds("seconds", time_spent([work_order])))


def score_order(work_orders: Sequence[WorkOrder]) -> None:
    """Count an order all of whose pieces were just finished, in the transaction that makes it ready.

    What is scored is the promise that was given with the order, not a later one.
    """
    ends = [one.finished_at for one in work_orders if one.finished_at is not None]
    if not ends:
        return
    is_late = timezone.localdate(max(ends)) > max(one.promised_on or one.due_on for one in work_orders)
    amounts = order_measures(time_spent(work_orders), is_late=is_late)
    given = [one.promise_probability for one in work_orders if one.promise_probability is not None]
    count_all(amounts | (promise_measures(min(given), is_kept=not is_late) if given else {}))


def order_measures(spent: dict[Phase, float], *, is_late: bool) -> dict[str, int]:
    """What an order adds to the tallies; `spent`: minutes in each phase, counted apart when it was late."""
    late = {"orders_late": 1} | _seconds("late_seconds", spent) if is_late else {}
    return {"orders": 1} | _seconds("order_seconds", spent) | late


def promise_measures(probability: int, *, is_kept: bool) -> dict[str, int]:
    """What a promise adds to the tallies that was given with a probability, per cent."""
    return {f"promised:{probability}": 1, f"kept:{probability}": int(is_kept)}


def _seconds(measure: str, spent: dict[Phase, float]) -> dict[str, int]:
    return {f"{measure}:{phase}": round(60 * minutes) for phase, minutes in spent.items()}
