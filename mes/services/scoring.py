"""What a finished work order teaches: was the promise kept, how far was the expectation off, where did the time go."""

from django.utils import timezone

from mes.autopsy import autopsy
from mes.models import WorkOrder
from mes.promising import working_days_between
from mes.selectors import ERROR_OF_PROMISE, moves_of
from mes.services.tallies import count_all

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
    spent = autopsy(moves_of(work_order), ordered_at=work_order.aged_from, pricing_seconds=work_order.pricing_seconds)
    count_all(amounts | {f"seconds:{phase}": round(60 * minutes) for phase, minutes in spent.items()})
