"""Where the time of an order went: pure, from the moves of its work orders and operations.

Every minute from the order to the end of its last work order belongs to one phase, and of several lines the one that is
worst off decides. What comes first in this list wins: approval (nothing was released yet), blocked (a line is held by a
person), queue (a line waits for somebody to take or start it), worked on (all that is still open is being worked on).
Before all of them the buyer waited for the price; how long he then thought about it is his own time.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mes.states import Phase


@dataclass(frozen=True, slots=True)
class Moved:
    """A move of the log: when, of what (None: the work order itself), to which status, of which work order."""

    at: datetime
    operation: int | None
    status: str
    work_order: int = 0


_ENDS = {"done", "cancelled", "scrapped"}


def autopsy(
    moves: Iterable[Moved], *, ordered_at: datetime, pricing_seconds: int = 0, until: datetime | None = None
) -> dict[Phase, float]:
    """Minutes in each phase, from the order to the end of its last work order, or to `until` while one is open."""
    spent = dict.fromkeys(Phase, 0.0) | {Phase.PRICING: pricing_seconds / 60}
    lines, since = _Lines(), ordered_at
    for move in sorted(moves, key=lambda one: one.at):
        _add(spent, lines.phase, since, move.at)
        since = max(since, move.at)
        lines.note(move)
    if until is not None:
        _add(spent, lines.phase, since, until)
    return spent


def _add(spent: dict[Phase, float], phase: Phase | None, since: datetime, until: datetime) -> None:
    if phase is not None:
        spent[phase] += max(0.0, (until - since).total_seconds() / 60)


class _Lines:
    """What each work order of an order is up to."""

    def __init__(self) -> None:
        self._statuses: dict[int, str] = {}
        self._running: defaultdict[int, set[int]] = defaultdict(set)

    def note(self, move: Moved) -> None:
        if move.operation is None:
            self._statuses[move.work_order] = move.status
        elif move.status == "in_progress":
            self._running[move.work_order].add(move.operation)
        else:
            self._running[move.work_order].discard(move.operation)

    @property
    def phase(self) -> Phase | None:
        """None when all that was released has ended."""
        if not self._statuses:
            return Phase.APPROVAL
        still_open = {key: status for key, status in self._statuses.items() if status not in _ENDS}
        if not still_open:
            return None
        if "on_hold" in still_open.values():
            return Phase.BLOCKED
        return Phase.WORK if all(self._running[key] for key in still_open) else Phase.QUEUE
