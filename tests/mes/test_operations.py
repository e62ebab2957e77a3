from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.kernel.errors import IllegalTransition, ReasonMissing
from mes.errors import AlreadyCast, NothingToTake, NotQualified, NotYours, OnHold, Taken
from mes.models import Operation, TallyEntry, WorkCentre, Worklist
from mes.selectors import claimable_left, current_worklist_id, in_hand, worklist
from mes.services import claiming, corrections, operations, planning, release
from mes.states import OperationStatus, WorkOrderStatus
from tests.factories.mes import copies_of, make_operator, make_work_order, printing

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return make_operator()


def _finish_one(user, work_centre_id):
    operation = operations.claim_next(work_centre_id=work_centre_id, actor=user)
    operations.start_operation(operation_id=operation.pk, actor=user)
    return operations.finish_operation(operation_id=operation.pk, actor=user)


def test_a_released_work_order_has_its_first_operation_ready_and_the_others_waiting():
    work_order = make_work_order()

    assert [one.status for one in work_order.operations.all()] == ["ready"] + ["waiting"] * 5


def test_an_operator_makes_a_piece_from_print_to_pack(operator, queued):
    work_order = make_work_order()

    for step in work_order.operations.all():
        _finish_one(operator, step.work_centre_id)

    work_order.refresh_from_db()
    assert work_order.status == WorkOrderStatus.DONE
    assert [line.to_status for line in work_order.log.all()] == ["released", "in_progress", "done"]
    assert queued().count("crm.tasks.record_production") == 2  # its start and its end


def test_take_next_gives_the_oldest_piece_first(operator):
    now = timezone.now()
    newer = make_work_order(aged_from=now - timedelta(days=1))
    oldest = make_work_order(aged_from=now - timedelta(days=9))
    planning.publish_worklists()

    taken = [operations.claim_next(work_centre_id=printing().pk, actor=operator).work_order_id for _ in range(2)]

    assert taken == [oldest.pk, newer.pk]


def test_late_pieces_come_before_older_ones_that_are_not_late(operator):
    now = timezone.now()
    make_work_order(aged_from=now - timedelta(days=30), days=20)
    late = make_work_order(aged_from=now - timedelta(days=5), days=-1)
    planning.publish_worklists()

    assert operations.claim_next(work_centre_id=printing().pk, actor=operator).work_order_id == late.pk


def test_an_expedited_piece_comes_first(operator):
    make_work_order(aged_from=timezone.now() - timedelta(days=30))
    rush = make_work_order()
    release.expedite_work_order(work_order_id=rush.pk, reason="anniversary", actor=operator)
    planning.publish_worklists()

    assert operations.claim_next(work_centre_id=printing().pk, actor=operator).work_order_id == rush.pk


def test_a_rush_that_is_taken_off_stands_in_line_again_with_the_reason_on_record(operator):
    older, rush = make_work_order(aged_from=timezone.now() - timedelta(days=3)), make_work_order(is_rush=True)

    release.calm_work_order(work_order_id=rush.pk, reason="the fair was put off", actor=operator)
    planning.publish_worklists()

    assert operations.claim_next(work_centre_id=printing().pk, actor=operator).work_order_id == older.pk
    assert rush.log.latest("pk").reason == "not rush any more: the fair was put off"
    with pytest.raises(ReasonMissing):
        release.calm_work_order(work_order_id=rush.pk, reason=" ", actor=operator)


def test_a_published_list_stays_as_it_is_until_the_next_publication():
    make_work_order()
    planning.publish_worklists()
    before = worklist(printing().pk)

    make_work_order(aged_from=timezone.now() - timedelta(days=99))

    assert worklist(printing().pk) == before


def test_a_list_with_enough_left_is_not_published_again(settings):
    settings.WORKLIST_REFILL_BELOW = 1
    make_work_order()
    planning.publish_worklist(work_centre_id=printing().pk)

    assert planning.refill_worklist(work_centre_id=printing().pk) == planning.Refill.NOT_NEEDED


def test_a_list_that_runs_dry_is_published_again_so_that_nobody_stands_idle(operator, settings):
    settings.WORKLIST_SIZE = 1
    work_orders = [make_work_order() for _ in range(2)]
    planning.publish_worklists()

    taken = {operations.claim_next(work_centre_id=printing().pk, actor=operator).work_order_id for _ in range(2)}

    assert taken == {work_order.pk for work_order in work_orders}


def test_a_list_is_topped_up_before_it_is_empty_as_long_as_anything_is_ready(operator, settings, monkeypatch):
    settings.WORKLIST_SIZE, settings.WORKLIST_REFILL_BELOW = 4, 2
    make_work_orders(10)
    planning.publish_worklists()
    monkeypatch.setattr(operations, "_claim_after_refill", lambda *_: pytest.fail("the list was empty"))
    left = []

    for _ in range(10):
        operations.claim_next(work_centre_id=printing().pk, actor=operator)
        left.append(claimable_left(printing().pk, most=9))

    assert left == [3, 2, 4, 3, 2, 4, 3, 2, 1, 0]


def test_a_list_that_has_all_there_is_stays_as_it_is_while_it_is_worked_off(operator, settings):
    settings.WORKLIST_REFILL_BELOW = 5
    make_work_orders(3)
    planning.publish_worklists()
    published = current_worklist_id(printing().pk)

    for _ in range(3):
        operations.claim_next(work_centre_id=printing().pk, actor=operator)

    assert current_worklist_id(printing().pk) == published


def test_more_operators_call_for_more_rows_but_never_for_more_than_half_a_list(operator, settings):
    settings.WORKLIST_SIZE, settings.WORKLIST_REFILL_BELOW = 6, 1
    make_work_orders(8)
    planning.publish_worklists()
    left = []
    for newcomers in (0, 1, 4):
        for _ in range(newcomers):
            make_operator()
        operations.claim_next(work_centre_id=printing().pk, actor=operator)
        left.append(claimable_left(printing().pk, most=9))
    operations.claim_next(work_centre_id=printing().pk, actor=operator)

    assert left == [5, 4, 3]  # three are half a list: few, though six could take one
    assert claimable_left(printing().pk, most=9) == 4  # of the four that are ready all are listed now


def make_work_orders(many):
    """Work orders that differ in nothing but their keys."""
    operation = make_work_order().operations.first()
    Operation.objects.bulk_create(copies_of(operation, many - 1))


def test_publishing_twice_leaves_one_list():
    planning.publish_worklist(work_centre_id=printing().pk)
    planning.publish_worklist(work_centre_id=printing().pk)

    assert Worklist.objects.filter(work_centre=printing()).count() == 1


def test_a_new_piece_is_found_although_what_is_left_of_the_list_is_pinned_to_others(operator, settings):
    settings.WORKLIST_REFILL_BELOW = 2
    pinned = make_work_order().operations.first()
    corrections.pin_operation(
        operation_id=pinned.pk, operator_id=make_operator().operator.pk, reason="his", actor=operator
    )
    planning.publish_worklists()
    fresh = make_work_order()

    assert operations.claim_next(work_centre_id=printing().pk, actor=operator).work_order_id == fresh.pk


def test_both_ways_to_claim_leave_the_same_rows(operator, settings):
    settings.WORKLIST_REFILL_BELOW = 1
    left = []
    for claim in (claiming.claim_first, claiming._step_by_step):
        operation = make_work_order().operations.first()
        planning.publish_worklists()
        claimed, is_running_dry = claim(work_centre_id=printing().pk, actor=operator)
        assert claimed == operation
        columns = ("from_status", "to_status", "actor", "reason", "at__date")
        log = operation.log.filter(to_status="claimed").values_list(*columns)
        tallies = TallyEntry.objects.filter(measure="claims").order_by("-pk").values_list("day", "place", "amount")
        operation.refresh_from_db()
        left.append((is_running_dry, claimed.status, operation.status, operation.operator_id, *log, tallies[0]))

    assert left[0] == left[1]
    assert left[0][:4] == (True, "claimed", "claimed", operator.operator.pk)


@pytest.mark.postgres
def test_a_claim_is_one_statement(operator, settings):
    settings.WORKLIST_REFILL_BELOW = 1
    for _ in range(3):
        make_work_order()
    planning.publish_worklists()
    centre = printing().pk

    with CaptureQueriesContext(connection) as queries:
        operations.claim_next(work_centre_id=centre, actor=operator)

    assert len(queries) == 1


def test_when_nothing_is_left_the_operator_is_told(operator):
    with pytest.raises(NothingToTake):
        operations.claim_next(work_centre_id=printing().pk, actor=operator)


def test_an_operator_who_is_not_qualified_gets_nothing(django_user_model):
    make_work_order()

    with pytest.raises(NotQualified):
        operations.claim_next(work_centre_id=printing().pk, actor=django_user_model.objects.create_user("guest"))


def test_a_piece_somebody_took_cannot_be_taken_from_the_list(operator):
    operation = make_work_order().operations.first()
    operations.claim_operation(operation_id=operation.pk, reason="same alloy", actor=operator)

    with pytest.raises(Taken):
        operations.claim_operation(operation_id=operation.pk, reason="mine", actor=make_operator())

    assert in_hand(operator).get() == operation


def test_only_the_one_who_took_a_piece_may_start_it(operator):
    operation = make_work_order().operations.first()
    operations.claim_operation(operation_id=operation.pk, reason="", actor=operator)

    with pytest.raises(NotYours):
        operations.start_operation(operation_id=operation.pk, actor=make_operator())

    assert Operation.objects.get(pk=operation.pk).status == OperationStatus.CLAIMED


def test_a_piece_that_was_not_started_cannot_be_finished(operator):
    operation = make_work_order().operations.first()
    operations.claim_operation(operation_id=operation.pk, reason="", actor=operator)

    with pytest.raises(IllegalTransition):
        operations.finish_operation(operation_id=operation.pk, actor=operator)


def test_a_piece_given_back_is_ready_for_somebody_else(operator):
    operation = make_work_order().operations.first()
    operations.claim_operation(operation_id=operation.pk, reason="", actor=operator)

    operations.give_back_operation(operation_id=operation.pk, reason="broken tool", actor=operator)

    operation.refresh_from_db()
    assert (operation.status, operation.operator) == (OperationStatus.READY, None)


def test_a_held_work_order_leaves_the_list_and_comes_back_when_resumed(operator):
    work_order = make_work_order()
    planning.publish_worklists()

    release.hold_work_order(work_order_id=work_order.pk, reason="stone missing", actor=operator)
    with pytest.raises(NothingToTake):
        operations.claim_next(work_centre_id=printing().pk, actor=operator)

    release.resume_work_order(work_order_id=work_order.pk, reason="stone came", actor=operator)
    assert operations.claim_next(work_centre_id=printing().pk, actor=operator).work_order_id == work_order.pk


def test_a_hold_without_a_reason_is_refused_and_holds_nothing(operator):
    work_order = make_work_order()

    with pytest.raises(ReasonMissing):
        release.hold_work_order(work_order_id=work_order.pk, reason=" ", actor=operator)

    work_order.refresh_from_db()
    assert work_order.status == WorkOrderStatus.RELEASED


def test_a_work_order_can_be_cancelled_until_its_metal_is_cast(operator):
    work_order = make_work_order()
    _finish_one(operator, printing().pk)
    cast = operations.claim_next(work_centre_id=WorkCentre.objects.get(code="casting").pk, actor=operator)
    operations.start_operation(operation_id=cast.pk, actor=operator)

    with pytest.raises(AlreadyCast):
        release.cancel_work_order(work_order_id=work_order.pk, reason="changed mind", actor=operator)

    work_order.refresh_from_db()
    assert work_order.status == WorkOrderStatus.IN_PROGRESS


def test_a_cancelled_work_order_leaves_nothing_to_take(operator):
    work_order = make_work_order()

    release.cancel_work_order(work_order_id=work_order.pk, reason="changed mind", actor=operator)

    assert {one.status for one in work_order.operations.all()} == {"cancelled"}


def _hold(work_order, actor):
    release.hold_work_order(work_order_id=work_order.pk, reason="stone missing", actor=actor)


def _resume(work_order, actor):
    return release.resume_work_order(work_order_id=work_order.pk, reason="stone came", actor=actor)


def test_a_work_order_held_during_its_last_operation_is_done_when_it_is_resumed(operator, queued):
    work_order = make_work_order()
    *first, last = work_order.operations.all()
    for step in first:
        _finish_one(operator, step.work_centre_id)
    operation = operations.claim_next(work_centre_id=last.work_centre_id, actor=operator)
    operations.start_operation(operation_id=operation.pk, actor=operator)
    _hold(work_order, operator)
    operations.finish_operation(operation_id=operation.pk, actor=operator)

    _resume(work_order, operator)

    work_order.refresh_from_db()
    assert work_order.status == WorkOrderStatus.DONE
    assert queued().count("crm.tasks.record_production") == 2


def test_a_piece_given_back_while_on_hold_waits_and_no_later_step_is_ready_before_it(operator):
    work_order = make_work_order()
    operation = operations.claim_next(work_centre_id=printing().pk, actor=operator)
    _hold(work_order, operator)

    operations.give_back_operation(operation_id=operation.pk, reason="on hold", actor=operator)
    assert not Operation.objects.ready().exists()

    _resume(work_order, operator)
    assert [one.status for one in work_order.operations.all()] == ["ready"] + ["waiting"] * 5


def test_a_piece_on_hold_cannot_be_started(operator):
    work_order = make_work_order()
    operation = operations.claim_next(work_centre_id=printing().pk, actor=operator)
    _hold(work_order, operator)

    with pytest.raises(OnHold):
        operations.start_operation(operation_id=operation.pk, actor=operator)

    _resume(work_order, operator)
    operations.start_operation(operation_id=operation.pk, actor=operator)
    work_order.refresh_from_db()
    assert work_order.status == WorkOrderStatus.IN_PROGRESS


def test_a_work_centre_without_a_list_never_hands_out_the_work_of_another(operator):
    make_work_order()

    with pytest.raises(NothingToTake):
        operations.claim_next(work_centre_id=WorkCentre.objects.get(code="polishing").pk, actor=operator)


def test_what_arrives_while_something_is_left_waits_for_the_next_publication():
    make_work_order()
    planning.publish_if_dry(work_centre_id=printing().pk)
    before = worklist(printing().pk)
    make_work_order()

    assert len(before) == 1
    assert planning.publish_if_dry(work_centre_id=printing().pk) is None
    assert worklist(printing().pk) == before


def test_a_closed_work_order_cannot_be_expedited(operator):
    work_order = make_work_order()
    release.cancel_work_order(work_order_id=work_order.pk, reason="changed mind", actor=operator)

    with pytest.raises(IllegalTransition):
        release.expedite_work_order(work_order_id=work_order.pk, reason="hurry", actor=operator)
