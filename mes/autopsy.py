"""Where the time of an order went: pure, from the moves of its work order and operations.

Every minute from the order to its end belongs to one phase. What happens first in this list wins: blocked (held by a
person), worked on (an operation is running), queue (waiting for somebody to take or start it), approval (before it was
released). Before all of them the buyer waited for the price; how long he then thought about it is his own time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mes.states import Phase


@dataclass(frozen=True, slots=True)
class Moved:
    """A move of the log: when, of what (None: the work order itself), to which status."""

    at: datetime
    operation: int | None
    status: str


_ENDS = {"done", "cancelled", "scrapped"}


def autopsy(
    moves: Iterable[Moved], *, ordered_at: datetime, pricing_seconds: int = 0, until: datetime | None = None
) -> dict[Phase, float]:
    """Minutes in each phase, from the order to the end of its work order, or to `until` while it is open."""
    spent = dict.fromkeys(Phase, 0.0) | {Phase.PRICING: pricing_seconds / 60}
    phase, since = Phase.APPROVAL, ordered_at
    order_status, running = "", set[int]()
    for move in sorted(moves, key=lambda one: one.at):
        spent[phase] += max(0.0, (move.at - since).total_seconds() / 60)
        since = max(since, move.at)
        if move.operation is None:
            order_status = move.status
        else:
            _note(running, move)
        if order_status in _ENDS:
            return spent
        phase = _phase(order_status, running)
    if until is not None:
        spent[phase] += max(0.0, (until - since).total_seconds() / 60)
    return spent


def _note(running: set[int], move: Moved) -> None:
    assert move.operation is not None  # noqa: S101  (the caller looked)
    if move.status == "in_progress":
        running.add(move.operation)
    else:
        running.discard(move.operation)


def _phase(order_status: str, running: set[int]) -> Phase:
    if order_status == "on_hold":
        return Phase.BLOCKED
    if running:
        return Phase.WORK
    return Phase.QUEUE if order_status else Phase.APPROVAL
