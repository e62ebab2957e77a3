"""Where the metal of a work order is."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from mes.models import MetalMovement, MetalTolerance, WorkOrder

_USUAL = Decimal("0.02")
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class MetalBalance:
    """Grams of a work order's alloy. What was weighed after casting is the pieces; the rest should have come back."""

    issued_g: Decimal
    returned_g: Decimal
    lost_g: Decimal
    pieces_g: Decimal
    tolerance: Decimal

    @property
    def unaccounted_g(self) -> Decimal:
        return self.issued_g - self.returned_g - self.lost_g - self.pieces_g

    @property
    def is_within_tolerance(self) -> bool:
        """Whether no more is missing, or found too much, than the alloy's share of what was issued."""
        return abs(self.unaccounted_g) <= self.tolerance * self.issued_g


def metal_balance(work_order: WorkOrder) -> MetalBalance:
    """What went in, what came out, what is in the pieces."""
    rows = work_order.metal.order_by().values_list("kind").annotate(Sum("mass_g"))
    sums = dict(rows)
    weighing = work_order.weighings.order_by("-pk").first()
    tolerance = MetalTolerance.objects.filter(alloy=work_order.alloy_id).values_list("share", flat=True).first()
    return MetalBalance(
        issued_g=sums.get(MetalMovement.Kind.ISSUED, _NOTHING),
        returned_g=sums.get(MetalMovement.Kind.RETURNED, _NOTHING),
        lost_g=sums.get(MetalMovement.Kind.LOST, _NOTHING),
        pieces_g=weighing.weighed_g if weighing else _NOTHING,
        tolerance=_USUAL if tolerance is None else tolerance,
    )
