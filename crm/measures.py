"""The names under which orders are tallied, and the steps of a time to approval. Pure."""

from bisect import bisect_left
from typing import Final

ORDERS: Final = "orders"
REVENUE: Final = "revenue:"  # and the currency; in hundredths
DECIDED: Final = "decided"
TOUCHLESS: Final = "touchless"
REASON: Final = "reason:"  # and its code
APPROVAL: Final = "approval:"  # and the step

# Half a step more or less is about 20 %, as exactly as a duration is told; and few rows a day.
_STEPS: Final = [round(10**tens * part) for tens in range(7) for part in (1, 1.5, 2, 3, 4.5, 7)]


def step_of(seconds: float) -> int:
    """The smallest step that a time doesn't exceed; beyond ten weeks the largest."""
    return _STEPS[min(bisect_left(_STEPS, seconds), len(_STEPS) - 1)]
