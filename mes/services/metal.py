"""Metal and proof: grams issued, returned and lost, castings weighed, hallmarks recorded. Rows are only added."""

from decimal import Decimal

from django.db import transaction

from config.kernel.errors import ReasonMissing
from config.kernel.locking import lock_one
from config.kernel.transitions import Actor, person
from mes.errors import NotCastYet, NotEnoughMetal
from mes.models import Hallmark, MetalMovement, Operation, Weighing, WorkOrder
from mes.selectors import metal_balance
from mes.services.operations import lock_own
from mes.services.tallies import count_all
from mes.states import OperationKind, OperationStatus
from pricing.services.masses import record_weighing

_MILLIGRAM = Decimal("0.001")
Kind = MetalMovement.Kind


@transaction.atomic
def move_metal(*, work_order_id: int, kind: Kind, mass_g: Decimal, reason: str, actor: Actor) -> MetalMovement:
    """Write grams that were issued to a work order, returned from it, or lost in it.

    Locks the work order. Refuses with ReasonMissing, NotEnoughMetal (more would come out than went in).
    """
    if not reason.strip():
        raise ReasonMissing
    work_order = lock_one(WorkOrder.objects.filter(pk=work_order_id))
    there_g = metal_balance(work_order).unaccounted_g
    if kind != Kind.ISSUED and mass_g > there_g:
        raise NotEnoughMetal(there_g=max(there_g, Decimal(0)))
    return work_order.metal.create(kind=kind, mass_g=mass_g, reason=reason.strip()[:300], actor=person(actor))


@transaction.atomic
def weigh_castings(*, operation_id: int, weighed_g: Decimal, actor: Actor) -> Operation:
    """Store what all castings of a work order weigh together, beside the estimate; by whoever has them in hand.

    Pricing learns from the first weighing of each work order. Locks the work order, then the operation. Refuses with
    NotYours, NotCastYet.
    """
    work_order, operation = lock_own(operation_id, actor)
    casting = work_order.operations.filter(kind=OperationKind.CAST, started_at__isnull=False)
    if not casting.exists():
        raise NotCastYet
    estimated_g = (work_order.mass_g * work_order.quantity).quantize(_MILLIGRAM)
    Weighing.objects.create(work_order=work_order, estimated_g=estimated_g, weighed_g=weighed_g, actor=person(actor))
    count_all({"weighed_mg": int(weighed_g * 1000), "estimated_mg": int(estimated_g * 1000)})
    record_weighing(
        alloy_code=work_order.alloy.code,
        kind=work_order.kind,
        estimated_g=work_order.mass_g,
        weighed_g=(weighed_g / work_order.quantity).quantize(_MILLIGRAM),
        source=work_order.reference,
        factor=work_order.mass_factor,
    )
    return operation


@transaction.atomic
def record_hallmark(*, work_order_id: int, certificate: str, actor: Actor) -> Hallmark:
    """Write the mark of the assay office: its office and number, at the fineness of the alloy.

    Locks the work order. Refuses with ReasonMissing (nothing is written), NotCastYet.
    """
    if not certificate.strip():
        raise ReasonMissing
    work_order = lock_one(WorkOrder.objects.select_related("alloy").filter(pk=work_order_id))
    casting = work_order.operations.filter(kind=OperationKind.CAST, status=OperationStatus.DONE)
    if not casting.exists():
        raise NotCastYet
    return work_order.hallmarks.create(
        fineness=work_order.alloy.fineness, certificate=certificate.strip()[:60], actor=person(actor)
    )
