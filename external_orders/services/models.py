"""A partner's models: stored by their content, measured by a pricing worker before anybody asks for a price."""

from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from config.kernel.locking import lock_one
from config.kernel.queue import DEFAULT, PRICING, enqueue, waiting
from external_orders.errors import TooManyModels
from external_orders.models import Partner, PartnerModel
from external_orders.querysets import MOST_MEASURINGS, PartnerModelQuerySet
from external_orders.services.events import record_event
from external_orders.states import EventType
from pricing.engine.errors import EngineCrashed, EngineGaveUp
from pricing.models import Design
from pricing.services.designs import known_measurement, measurement_of, store_design

TASK = "external_orders.tasks.measure_model"
_UNIT = ""
MOST_UNFINISHED = 20
_FORGOTTEN = timedelta(minutes=2)
_SWEEP_AT_MOST = 200
_LONG_QUEUE = 1_000


@transaction.atomic
def register_model(*, partner: Partner, livemode: bool, upload: "File[bytes]") -> tuple[PartnerModel, bool]:
    """Store a partner's file and have it measured; the same bytes give him the same model again. True when it is new.

    Refuses with TooManyModels and pricing's FileEmpty, FileTooLarge.
    """
    return register_design(
        partner=partner, livemode=livemode, design=store_design(upload=upload), filename=shown_name(upload.name)
    )


def register_design(*, partner: Partner, livemode: bool, design: Design, filename: str) -> tuple[PartnerModel, bool]:
    """A stored design as a partner's model, which is measured if it is new. Refuses with TooManyModels."""
    own: PartnerModelQuerySet = PartnerModel.objects.of_partner(partner, livemode=livemode)
    known: PartnerModel | None = own.filter(design=design).first()
    if known is not None:
        return known, False
    if len(own.unfinished().values_list("pk", flat=True)[:MOST_UNFINISHED]) == MOST_UNFINISHED:
        raise TooManyModels(most=MOST_UNFINISHED)
    model = PartnerModel.objects.create(partner=partner, livemode=livemode, design=design, filename=filename)
    _hint(model)
    return model, True


def shown_name(name: str | None) -> str:
    """The name a partner gave his file, without folders: shown to him, never used as a path."""
    last = PurePath((name or "").replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[:120].strip() or "model"


def _hint(model: PartnerModel) -> None:
    """What was measured before (for another partner, say) takes the short queue, so it waits behind nothing large."""
    is_measured = known_measurement(model.design, unit=_UNIT) is not None
    enqueue(TASK, DEFAULT if is_measured else PRICING, model_id=model.pk)


def measure_model(*, model_id: int) -> None:
    """Measure a model, unless that was done, and tell its partner. Safe to run twice; for workers only."""
    if not _start_measuring(model_id):
        return
    model = PartnerModel.objects.select_related("design").get(pk=model_id)
    try:
        measurement = measurement_of(model.design, unit=_UNIT)
    except EngineGaveUp as refusal:
        _try_again(model_id, refusal.code)
    else:
        _settle(model_id, measurement.refusal_code)


def _start_measuring(model_id: int) -> bool:
    """Count an attempt before the heavy part, by one conditional UPDATE: what kills its worker is tried thrice."""
    now = timezone.now()
    free = PartnerModel.objects.filter(pk=model_id).free_to_measure(at=now)
    lease = now + timedelta(seconds=settings.PRICING_SECONDS + 60)
    return bool(free.update(attempts=F("attempts") + 1, lease_until=lease))


@transaction.atomic
def _try_again(model_id: int, code: str) -> None:
    model: PartnerModel = lock_one(PartnerModel.objects.filter(pk=model_id).select_related("design"))
    if model.attempts >= MOST_MEASURINGS:
        _settle(model_id, code)
        return
    model.lease_until = None
    model.save(update_fields=["lease_until"])
    _hint(model)


@transaction.atomic
def _settle(model_id: int, refusal_code: str) -> None:
    """Say once how a model's measuring ended. Locks the model. Records an event."""
    model: PartnerModel = lock_one(PartnerModel.objects.filter(pk=model_id).select_related("partner"))
    if model.settled_at is not None:
        return
    model.settled_at, model.refusal_code = timezone.now(), refusal_code
    model.save(update_fields=["settled_at", "refusal_code"])
    kind = EventType.MODEL_REJECTED if refusal_code else EventType.MODEL_READY
    reasons: dict[str, Any] = {"reasons": [{"code": refusal_code}]} if refusal_code else {}
    record_event(partner=model.partner, livemode=model.livemode, kind=kind, id=model.public_id, **reasons)


def sweep_models() -> None:
    """Find models that the queue lost, and refuse those whose last attempt died."""
    now = timezone.now()
    for model_id in PartnerModel.objects.given_up(at=now).values_list("pk", flat=True)[:_SWEEP_AT_MOST]:
        _settle(model_id, EngineCrashed.code)
    if waiting(PRICING) <= _LONG_QUEUE:
        _hint_forgotten(now)


@transaction.atomic
def _hint_forgotten(now: datetime) -> None:
    forgotten = PartnerModel.objects.free_to_measure(at=now).filter(created_at__lt=now - _FORGOTTEN)
    for model in forgotten.select_related("design")[:_SWEEP_AT_MOST]:
        _hint(model)
