"""What the scales teach: weighings beside estimates, and the factor that a pricing manager adopts from them."""

from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction

from config.kernel.events import publish
from config.kernel.locking import lock_one
from config.kernel.transitions import Actor, person
from pricing.errors import TooFewWeighings, UnknownAlloy
from pricing.models import Alloy, MassFactor, MassTally, Weighing
from pricing.selectors.masses import LEAST_WEIGHINGS, mass_ratio
from pricing.selectors.rates import mass_factor

_STEP = Decimal("0.0001")


@transaction.atomic
def record_weighing(
    *,
    alloy_code: str,
    kind: str,
    estimated_g: Decimal,
    weighed_g: Decimal,
    source: str,
    factor: Decimal | None = None,
) -> Weighing:
    """Keep what a cast piece weighs beside what was estimated for it as cast; the same source is kept once.

    factor: what the estimate was multiplied with (the receipt's `piece.mass_factor`); unless told, the one that is in
    force now. Locks the tally of the alloy and kind. Refuses with UnknownAlloy.
    """
    alloy = Alloy.objects.filter(code=alloy_code).first()
    if alloy is None:
        raise UnknownAlloy(alloy=alloy_code)
    tally, _ = MassTally.objects.get_or_create(alloy=alloy, kind=kind)
    tally = lock_one(MassTally.objects.filter(pk=tally.pk))
    known = Weighing.objects.filter(source=source).first()
    if known is not None:
        return known
    used = mass_factor(alloy, kind) if factor is None else factor
    _count(tally, float(weighed_g * used / estimated_g))
    return Weighing.objects.create(
        alloy=alloy, kind=kind, estimated_g=estimated_g, weighed_g=weighed_g, factor=used, source=source
    )


def _count(tally: MassTally, ratio: float) -> None:
    """Welford's step: mean and squared deviations without the earlier weighings, and without cancellation."""
    tally.count += 1
    before = ratio - tally.mean
    tally.mean += before / tally.count
    tally.squares += before * (ratio - tally.mean)
    tally.save(update_fields=["count", "mean", "squares"])


@transaction.atomic
def adopt_mass_factor(*, tally_id: int, actor: Actor) -> MassFactor:
    """Use the mean of the weighings for new quotes from now on.

    Locks the tally. Publishes pricing.rates_changed. Refuses with TooFewWeighings.
    """
    tally = lock_one(MassTally.objects.filter(pk=tally_id))
    ratio = mass_ratio(tally)
    if not ratio.is_enough:
        raise TooFewWeighings(count=ratio.count, least=LEAST_WEIGHINGS)
    adopted = MassFactor.objects.create(
        alloy_id=tally.alloy_id,
        kind=tally.kind,
        factor=Decimal(ratio.mean).quantize(_STEP, ROUND_HALF_UP),
        based_on=ratio.count,
        adopted_by=person(actor),
    )
    publish("pricing.rates_changed")
    return adopted
