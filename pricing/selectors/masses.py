"""What the scales say about the estimates."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from django.db.models import OuterRef, Subquery

from pricing.models import MassFactor, MassTally

LEAST_WEIGHINGS = 5

# Student's t for 95 % (two-sided) by degrees of freedom from 1 on: with few weighings the normal distribution would
# promise too narrow an interval.
_STUDENT = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MassRatio:
    """Weighed by estimated mass: mean of so many weighings, and half the width of its 95 % interval (None below 2)."""

    count: int
    mean: float
    standard_error: float | None
    half_width: float | None

    @property
    def interval(self) -> tuple[float, float] | None:
        return None if self.half_width is None else (self.mean - self.half_width, self.mean + self.half_width)

    @property
    def is_enough(self) -> bool:
        return self.count >= LEAST_WEIGHINGS


def mass_ratio(tally: MassTally) -> MassRatio:
    """The mean of a tally with its uncertainty."""
    if tally.count < 2:
        return MassRatio(tally.count, tally.mean, None, None)
    error = sqrt(tally.squares / (tally.count - 1) / tally.count)
    return MassRatio(tally.count, tally.mean, error, error * _student(tally.count - 1))


def _student(freedom: int) -> float:
    return _STUDENT[freedom - 1] if freedom <= len(_STUDENT) else NormalDist().inv_cdf(0.975)


def with_factor_in_force() -> Subquery:
    """Of each tally: the factor that quotes use now; null where none was adopted."""
    adopted = MassFactor.objects.filter(alloy=OuterRef("alloy"), kind=OuterRef("kind")).order_by("-valid_from")
    return Subquery(adopted.values("factor")[:1])
