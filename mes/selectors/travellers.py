"""What is printed on a traveller, in the reader's language: no title, no date, nothing of the customer."""

from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from config.kernel.languages import local
from mes.models import Operation, WorkOrder
from mes.traveller import Traveller


def traveller_of(work_order: WorkOrder) -> Traveller:
    """The job card of a work order."""
    steps = work_order.operations.select_related("work_centre").order_by("sequence")
    return Traveller(
        reference=work_order.reference,
        title=f"{work_order.quantity} × {work_order.get_kind_display()}",
        facts=_facts(work_order),
        instruction=work_order.instruction,
        steps=tuple((str(one.get_kind_display()), local(one.work_centre, "name")) for one in steps),
        picture=_picture(str(work_order.measurement.preview)),
    )


def _facts(work_order: WorkOrder) -> tuple[tuple[str, str], ...]:
    facts = [
        (_("Metal"), local(work_order.alloy, "name")),
        (_("Finish"), str(work_order.get_finish_display())),
        (_("Size"), work_order.size),
        (_("Mass of a piece"), f"{number_format(work_order.mass_g, 2)} {_('g')}"),
        (_("Stones"), work_order.stones),
        (_("Engraving"), work_order.engraving),
    ]
    return tuple((label, value) for label, value in facts if value)


def _picture(name: str) -> bytes | None:
    if not name or not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        content: bytes = file.read()
    return content


def traveller_for(user: User, operation_id: int) -> Traveller | None:
    """The job card of a piece at one of an operator's work centres."""
    rows = Operation.objects.filter(pk=operation_id, work_centre__operators__user=user)
    operation = rows.select_related("work_order__alloy", "work_order__measurement").first()
    return traveller_of(operation.work_order) if operation else None
