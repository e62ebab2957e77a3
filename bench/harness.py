"""How a case measures: competitors take turns, each one's median counts, a ratio stands beside its goal."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Finding:
    """A ratio or a time, and what was wanted of it; without a goal it is told for understanding."""

    what: str
    value: float | None = None
    unit: str = "x"
    at_least: float | None = None
    at_most: float | None = None

    @override
    def __str__(self) -> str:
        if self.value is None:
            return f"  {self.what}"
        return f"  {self.what:<72} {self.value:>9.2f} {self.unit:<4} {self._verdict(self.value)}".rstrip()

    def _verdict(self, value: float) -> str:
        if self.at_least is None and self.at_most is None:
            return ""
        goal = f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"
        return f"goal {goal}: {'held' if self._is_held(value) else 'NOT held'}"

    def _is_held(self, value: float) -> bool:
        is_enough = self.at_least is None or value >= self.at_least
        return is_enough and (self.at_most is None or value <= self.at_most)


Findings = Iterator[Finding]
Case = Callable[[], Findings]


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes on the clock."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def medians(
    competitors: Mapping[str, Callable[[], object]], *, rounds: int, most_seconds: float = 60
) -> dict[str, float]:
    """The median seconds of each, taking turns, so that a busy moment of the machine meets them all.

    After `most_seconds` no new round begins.
    """
    taken: dict[str, list[float]] = {name: [] for name in competitors}
    deadline = time.monotonic() + most_seconds
    for turn in range(rounds):
        if turn and time.monotonic() > deadline:
            break
        for name, work in competitors.items():
            taken[name].append(seconds(work))
    return {name: statistics.median(times) for name, times in taken.items()}


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
