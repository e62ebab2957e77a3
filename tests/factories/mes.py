"""A workshop, its people and its work orders, valid with no arguments."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from config.demo.workshop import seed_workshop
from config.kernel.references import random_key, work_order_reference
from mes.models import Operation, Operator, WorkCentre, WorkOrder
from mes.services.release import Piece, release_work_order
from pricing.models import Measurement
from pricing.services.quotes import accept_quote
from tests.factories.pricing import make_design, make_measurement, make_quote

_numbers = count(1)
_remembered: dict[str, Any] = {}


def make_workshop() -> None:
    """The demo workshop, once."""
    if not WorkCentre.objects.exists():
        seed_workshop()


def make_operator(name: str | None = None) -> User:
    """An operator qualified for every work centre; the user, since that's who acts."""
    make_workshop()
    user = User.objects.create_user(name or f"operator{next(_numbers)}", password="bench-password")
    user.groups.add(Group.objects.get(name="operator"))
    Operator.objects.create(user=user).work_centres.set(WorkCentre.objects.all())
    return user


def make_work_order(*, aged_from: datetime | None = None, days: int = 10, **piece: Any) -> WorkOrder:
    """A released work order, due in so many days, its first operation ready at the printing work centre."""
    make_workshop()
    _measure_once()
    quote = accept_quote(quote_id=make_quote().pk, actor=None)
    aged_from = aged_from or timezone.now()
    due_on = piece.pop("due_on", timezone.localdate() + timedelta(days=days))
    asked = {"title": "Comfort band", "instruction": "", "aged_from": aged_from, "due_on": due_on} | piece
    return release_work_order(quote_id=quote.pk, piece=Piece(**asked))


def copies_of(operation: Operation, many: int) -> list[Operation]:
    """Ready operations, not saved yet, of saved work orders of their own, at the same work centre."""
    work_orders = [_copy_of(operation.work_order) for _ in range(many)]
    WorkOrder.objects.bulk_create(work_orders)
    columns = {field.attname: getattr(operation, field.attname) for field in Operation._meta.concrete_fields}
    return [Operation(**columns | {"id": random_key(), "work_order_id": one.pk}) for one in work_orders]


def _copy_of(work_order: WorkOrder) -> WorkOrder:
    columns = {field.attname: getattr(work_order, field.attname) for field in WorkOrder._meta.concrete_fields}
    return WorkOrder(**columns | {"id": random_key(), "reference": work_order_reference()})


def printing() -> WorkCentre:
    make_workshop()
    return WorkCentre.objects.get(code="printing")


def _measure_once() -> None:
    """The real engine measures the ring once a run; later tests begin with the row that it made."""
    design = make_design()
    if Measurement.objects.filter(design=design).exists():
        return
    if not _remembered:
        measurement = make_measurement(design)
        names = ("unit", "engine_version", "model_format", "figures")
        _remembered.update({name: getattr(measurement, name) for name in names})
        with default_storage.open(str(measurement.preview)) as picture:
            _remembered["preview"] = picture.read()
        return
    preview = default_storage.save("previews/" + "0" * 32 + ".png", ContentFile(_remembered["preview"]))
    Measurement.objects.create(design=design, **_remembered | {"preview": preview})
