"""When something goes wrong: back to an earlier step, or scrapped and made anew."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.utils import timezone

from config.kernel.errors import IllegalTransition, ReasonMissing
from mes.errors import AlreadyCast, NoSuchStep, NotStarted, NotYours
from mes.models import RoutingStep, WorkCentre, WorkContent, WorkOrder
from mes.services import operations, release, rework
from mes.states import OperationKind, OperationStatus, StepCondition, WorkOrderStatus
from tests.factories.mes import make_operator, make_work_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return make_operator()


def _do(operator, work_order, kind, *, finish=True):
    """Claim, start and, unless told otherwise, finish the ready operation of a kind."""
    operation = work_order.operations.get(kind=kind)
    operations.claim_operation(operation_id=operation.pk, reason="test", actor=operator)
    operations.start_operation(operation_id=operation.pk, actor=operator)
    if finish:
        operations.finish_operation(operation_id=operation.pk, actor=operator)
    return operation


@pytest.fixture
def inspecting(operator):
    """A work order made up to its inspection, which is running."""
    work_order = make_work_order()
    for kind in ("print", "cast", "clean", "polish"):
        _do(operator, work_order, kind)
    _do(operator, work_order, "inspect", finish=False)
    return work_order


def _statuses(work_order):
    return {one.kind: one.status for one in work_order.operations.all()}


def test_rework_goes_back_and_everything_after_it_is_done_again(operator, inspecting):
    inspection, polishing = (inspecting.operations.get(kind=kind) for kind in ("inspect", "polish"))

    rework.rework_operation(operation_id=inspection.pk, back_to=polishing.sequence, reason="scratch", actor=operator)

    assert _statuses(inspecting) == {
        "print": "done", "cast": "done", "clean": "done", "polish": "ready", "inspect": "rework", "pack": "waiting",
    }  # fmt: skip
    for kind in ("polish", "inspect", "pack"):
        _do(operator, inspecting, kind)
    inspecting.refresh_from_db()
    assert inspecting.status == WorkOrderStatus.DONE
    assert [inspecting.operations.get(kind=kind).times_reworked for kind in ("clean", "polish", "inspect")] == [0, 1, 1]


def test_a_running_step_can_be_done_again_itself(operator, inspecting):
    inspection = inspecting.operations.get(kind="inspect")

    rework.rework_operation(operation_id=inspection.pk, back_to=inspection.sequence, reason="fell", actor=operator)

    inspection.refresh_from_db()
    assert (inspection.status, inspection.operator) == (OperationStatus.READY, None)


@pytest.mark.parametrize("kind", ["pack", None])
def test_a_piece_cannot_go_back_to_a_step_it_has_not_passed(operator, inspecting, kind):
    back_to = inspecting.operations.get(kind=kind).sequence if kind else 7

    with pytest.raises(NoSuchStep):
        rework.rework_operation(
            operation_id=inspecting.operations.get(kind="inspect").pk, back_to=back_to, reason="scratch", actor=operator
        )

    assert _statuses(inspecting)["inspect"] == "in_progress"


def test_rework_needs_a_reason_and_the_piece_in_hand(operator, inspecting):
    inspection = inspecting.operations.get(kind="inspect")

    with pytest.raises(ReasonMissing):
        rework.rework_operation(operation_id=inspection.pk, back_to=10, reason=" ", actor=operator)
    with pytest.raises(NotYours):
        rework.rework_operation(operation_id=inspection.pk, back_to=10, reason="scratch", actor=make_operator())

    assert _statuses(inspecting)["inspect"] == "in_progress"


def test_rework_of_a_held_work_order_waits_until_it_is_resumed(operator, inspecting):
    release.hold_work_order(work_order_id=inspecting.pk, reason="stone missing", actor=operator)
    inspection, polishing = (inspecting.operations.get(kind=kind) for kind in ("inspect", "polish"))

    rework.rework_operation(operation_id=inspection.pk, back_to=polishing.sequence, reason="scratch", actor=operator)
    assert _statuses(inspecting)["polish"] == "rework"

    release.resume_work_order(work_order_id=inspecting.pk, reason="stone came", actor=operator)
    assert _statuses(inspecting)["polish"] == "ready"


def test_what_was_cast_once_stays_cast_after_rework(operator, inspecting):
    rework.rework_operation(
        operation_id=inspecting.operations.get(kind="inspect").pk, back_to=10, reason="cracked", actor=operator
    )

    with pytest.raises(AlreadyCast):
        release.cancel_work_order(work_order_id=inspecting.pk, reason="changed mind", actor=operator)


def test_scrap_makes_a_remake_that_keeps_the_age_and_the_specification_of_the_first(operator, queued):
    aged_from = timezone.now() - timedelta(days=9)
    first = make_work_order(
        aged_from=aged_from, is_rush=True, stones="1 brilliant 0.2 ct", stone_count=1, engraving="A + O",
        instruction="Mind the edge",
    )  # fmt: skip
    _do(operator, first, "print")

    remake = rework.scrap_work_order(work_order_id=first.pk, reason="porous", actor=operator)

    remake.refresh_from_db()
    first.refresh_from_db()
    assert (first.status, remake.status, remake.remake_of) == ("scrapped", "released", first)
    same = ["kind", "title", "design", "alloy", "finish", "size", "quantity", "mass_g", "stones", "stone_count",
            "engraving", "instruction", "is_rush", "aged_from", "due_on", "promised_on"]  # fmt: skip
    assert {name: getattr(remake, name) for name in same} == {name: getattr(first, name) for name in same}
    assert (remake.reference != first.reference, remake.started_at) == (True, None)
    assert _statuses(first)["cast"] == "cancelled"
    assert [one.status for one in remake.operations.all()] == ["ready", *["waiting"] * 7]
    assert {one.aged_from for one in remake.operations.all()} == {aged_from}
    assert "external_orders.tasks.record_production" in queued()


def test_what_was_never_started_is_cancelled_not_scrapped(operator):
    work_order = make_work_order()

    with pytest.raises(NotStarted):
        rework.scrap_work_order(work_order_id=work_order.pk, reason="porous", actor=operator)

    assert WorkOrder.objects.get().status == WorkOrderStatus.RELEASED


def test_a_work_order_is_scrapped_once(operator):
    work_order = make_work_order()
    _do(operator, work_order, "print")
    rework.scrap_work_order(work_order_id=work_order.pk, reason="porous", actor=operator)

    with pytest.raises(IllegalTransition):
        rework.scrap_work_order(work_order_id=work_order.pk, reason="porous", actor=operator)

    assert WorkOrder.objects.count() == 2


def test_steps_that_a_piece_does_not_need_are_left_out():
    plain, jewelled = make_work_order(), make_work_order(stone_count=3)

    assert "set_stones" not in _statuses(plain)
    assert "plate" not in _statuses(jewelled)
    setting = jewelled.operations.get(kind="set_stones")
    assert setting.planned_minutes == 5 + 3 * 7


def test_minutes_follow_quantity_mass_surface_and_stones_and_are_rounded_up():
    step = RoutingStep(
        setup_minutes=10, run_minutes=4,
        minutes_per_g=Decimal("0.5"), minutes_per_cm2=Decimal("0.25"), minutes_per_stone=Decimal(2),
    )  # fmt: skip
    content = WorkContent(quantity=3, mass_g=Decimal(5), area_cm2=Decimal(3), stones=2)

    assert step.minutes_for(content) == 10 + 34  # 3 x (4 + 2.5 + 0.75 + 4) = 33.75


def test_white_metals_are_plated_and_yellow_ones_are_not():
    step = RoutingStep(kind=OperationKind.PLATE, condition=StepCondition.WHITE)

    assert step.is_needed_by(WorkContent(colour="white"))
    assert not step.is_needed_by(WorkContent(colour="yellow"))


def test_an_operation_goes_to_the_work_centre_with_the_least_work_waiting():
    make_work_order()
    polishing, setting = (WorkCentre.objects.get(code=code) for code in ("polishing", "setting"))
    for step in RoutingStep.objects.filter(kind=OperationKind.POLISH):
        step.also_at.add(setting)
    cache.clear()  # a minute later

    work_order = make_work_order()

    assert work_order.operations.get(kind="polish").work_centre == setting
    assert polishing.operations.count() == 1
