"""What planners correct by hand: with a reason, on the record, and shown from the next publication on."""

from datetime import date, time, timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from config.kernel.errors import IllegalTransition, ReasonMissing
from mes.errors import NothingToTake, NotQualifiedThere, Pinned
from mes.models import DayOff, Operation, Shift, WorkCentre, WorklistEntry
from mes.selectors import is_open, operators_at
from mes.services import corrections, operations, planning, release
from mes.states import Policy
from tests.factories.mes import make_operator, make_work_order, printing

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)


@pytest.fixture
def planner(django_user_model):
    user = django_user_model.objects.create_user("petra", is_staff=True)
    user.groups.add(Group.objects.get(name="planner"))
    return user


def _first(work_order):
    return work_order.operations.order_by("sequence").first()


def _next(user):
    return operations.claim_next(work_centre_id=printing().pk, actor=user).work_order


def test_a_reassigned_operation_is_done_at_another_work_centre(planner):
    operation = _first(make_work_order())
    planning.publish_worklists()
    casting = WorkCentre.objects.get(code="casting")

    corrections.reassign_operation(
        operation_id=operation.pk, work_centre_id=casting.pk, reason="printer down", actor=planner
    )

    user = make_operator()
    with pytest.raises(NothingToTake):
        _next(user)
    assert operations.claim_next(work_centre_id=casting.pk, actor=user) == operation
    line = operation.log.get(reason="reassigned to casting: printer down")
    assert (line.actor, line.to_status) == (planner, "ready")


def test_what_somebody_has_taken_is_neither_reassigned_nor_pinned(planner):
    operation = _first(make_work_order())
    operations.claim_operation(operation_id=operation.pk, reason="test", actor=make_operator())
    casting = WorkCentre.objects.get(code="casting")

    with pytest.raises(IllegalTransition):
        corrections.reassign_operation(
            operation_id=operation.pk, work_centre_id=casting.pk, reason="printer down", actor=planner
        )
    with pytest.raises(IllegalTransition):
        corrections.pin_operation(operation_id=operation.pk, operator_id=None, reason="no", actor=planner)

    operation.refresh_from_db()
    assert operation.work_centre == printing()


def test_a_pinned_operation_is_kept_for_its_operator(planner):
    mine, other = make_operator(), make_operator()
    pinned, free = make_work_order(days=-1), make_work_order()
    corrections.pin_operation(
        operation_id=_first(pinned).pk, operator_id=mine.operator.pk, reason="knows the shape", actor=planner
    )
    planning.publish_worklists()

    with pytest.raises(Pinned):
        operations.claim_operation(operation_id=_first(pinned).pk, reason="mine", actor=other)
    assert _next(other) == free
    assert _next(mine) == pinned


def test_a_pin_can_be_taken_off(planner):
    pinned = make_work_order()
    mine, other = make_operator(), make_operator()
    pin = {"operation_id": _first(pinned).pk, "reason": "swap", "actor": planner}
    corrections.pin_operation(operator_id=mine.operator.pk, **pin)

    corrections.pin_operation(operator_id=None, **pin)
    planning.publish_worklists()

    assert _next(other) == pinned


def test_nothing_is_pinned_to_somebody_who_cannot_do_it(planner):
    operation = _first(make_work_order())
    user = make_operator()
    user.operator.work_centres.remove(printing())

    with pytest.raises(NotQualifiedThere):
        corrections.pin_operation(operation_id=operation.pk, operator_id=user.operator.pk, reason="x", actor=planner)

    operation.refresh_from_db()
    assert operation.pinned_to is None


def test_a_moved_due_date_moves_the_piece_on_the_list_and_keeps_the_promise(planner):
    other, late = make_work_order(days=3), make_work_order(days=30)
    promised = late.promised_on

    corrections.change_due_date(
        work_order_id=late.pk, due_on=timezone.localdate() - timedelta(days=1), reason="a birthday", actor=planner
    )
    planning.publish_worklists()

    late.refresh_from_db()
    assert late.promised_on == promised
    assert [_next(make_operator()), _next(make_operator())] == [late, other]
    assert late.log.filter(reason__endswith=": a birthday", actor=planner).exists()


def test_a_closed_work_order_has_no_due_date_to_move(planner):
    work_order = make_work_order()
    release.cancel_work_order(work_order_id=work_order.pk, reason="changed mind", actor=planner)

    with pytest.raises(IllegalTransition):
        corrections.change_due_date(work_order_id=work_order.pk, due_on=MONDAY, reason="x", actor=planner)


def test_a_work_centre_works_by_the_policy_it_was_given(planner):
    now = timezone.now()
    old = make_work_order(aged_from=now - timedelta(days=9), days=20)
    urgent = make_work_order(aged_from=now - timedelta(days=1), days=15)
    user = make_operator()

    corrections.change_policy(
        work_centre_id=printing().pk, policy=Policy.EARLIEST_DUE_DATE, reason="try it", actor=planner
    )
    planning.publish_worklists()

    assert [_next(user), _next(user)] == [urgent, old]
    line = printing().log.get()
    assert (line.from_status, line.to_status, line.reason) == ("oldest_first", "earliest_due_date", "try it")


@pytest.mark.parametrize("reason", ["", "  "])
def test_no_correction_is_made_without_a_reason(planner, reason):
    work_order = make_work_order()
    operation = _first(work_order)
    given = {"reason": reason, "actor": planner}

    for call in (
        lambda: corrections.reassign_operation(operation_id=operation.pk, work_centre_id=printing().pk, **given),
        lambda: corrections.pin_operation(operation_id=operation.pk, operator_id=None, **given),
        lambda: corrections.change_due_date(work_order_id=work_order.pk, due_on=MONDAY, **given),
        lambda: corrections.change_policy(work_centre_id=printing().pk, policy=Policy.NEWEST_FIRST, **given),
    ):
        with pytest.raises(ReasonMissing):
            call()

    assert printing().policy == Policy.OLDEST_FIRST


def test_the_planner_shares_a_list_out_so_that_all_have_about_as_much():
    for _ in range(6):
        make_work_order()
    people = [make_operator().operator.pk for _ in range(2)]

    planning.publish_worklist(work_centre_id=printing().pk)

    planned = WorklistEntry.objects.values_list("planned_for", flat=True)
    assert sorted(planned) == sorted(people * 3)


def test_who_is_not_on_shift_is_not_planned_for():
    on_mondays, always, inactive = make_operator(), make_operator(), make_operator()
    Shift.objects.create(operator=on_mondays.operator, weekday=0, starts_at=time(8), ends_at=time(16))
    inactive.is_active = False
    inactive.save()

    assert operators_at(printing(), MONDAY) == [on_mondays.operator.pk, always.operator.pk]
    assert operators_at(printing(), MONDAY + timedelta(days=1)) == [always.operator.pk]


def test_a_work_centre_rests_on_weekends_and_days_off():
    centre = printing()
    centre.works_saturday = True
    DayOff.objects.create(day=MONDAY)
    DayOff.objects.create(day=MONDAY + timedelta(days=1), work_centre=WorkCentre.objects.get(code="casting"))

    days = [MONDAY + timedelta(days=days) for days in range(7)]

    assert [is_open(centre, day) for day in days] == [False, True, True, True, True, True, False]
    assert operators_at(centre, MONDAY) == []


def test_a_planner_corrects_through_the_buttons_of_the_admin(client, planner):
    client.force_login(planner)
    work_order = make_work_order()
    operation = _first(work_order)
    user = make_operator()
    due_on = work_order.due_on + timedelta(days=4)

    page = client.get(f"/mes/mes/workorder/{work_order.pk}/change_due_date/")
    assert b'name="due_on"' in page.content
    client.post(f"/mes/mes/workorder/{work_order.pk}/change_due_date/", {"due_on": str(due_on), "text": "asked"})
    client.post(f"/mes/mes/operation/{operation.pk}/pin/", {"operator_id": user.operator.pk, "text": "knows it"})
    client.post(f"/mes/mes/workcentre/{printing().pk}/change_policy/", {"policy": "newest_first", "text": "trial"})

    work_order.refresh_from_db()
    operation.refresh_from_db()
    assert (work_order.due_on, operation.pinned_to, printing().policy) == (due_on, user.operator, "newest_first")
    casting = WorkCentre.objects.get(code="casting")
    client.post(f"/mes/mes/operation/{operation.pk}/reassign/", {"work_centre_id": casting.pk, "text": "printer down"})
    operation.refresh_from_db()
    assert (operation.work_centre, operation.pinned_to) == (casting, None)
    assert client.get(reverse("operators:mes_operation_change", args=[operation.pk])).status_code == 200


def test_a_decision_with_a_value_that_is_no_choice_changes_nothing(client, planner):
    client.force_login(planner)
    make_work_order()

    answer = client.post(f"/mes/mes/workcentre/{printing().pk}/change_policy/", {"policy": "mine", "text": "trial"})

    assert answer.status_code == 200
    assert printing().policy == Policy.OLDEST_FIRST


def test_the_list_of_operations_shows_open_ones_only(client, planner):
    client.force_login(planner)
    work_order = make_work_order()
    Operation.objects.filter(pk=_first(work_order).pk).update(status="cancelled")

    rows = client.get(reverse("operators:mes_operation_changelist")).context["cl"].result_list

    assert {row.status for row in rows} == {"waiting"}


@pytest.mark.parametrize("act", [release.hold_work_order, release.resume_work_order, release.cancel_work_order])
def test_a_person_says_why_he_stops_resumes_or_cancels_a_work_order(planner, act):
    work_order = make_work_order()

    with pytest.raises(ReasonMissing):
        act(work_order_id=work_order.pk, reason=" ", actor=planner)

    assert work_order.log.count() == 1
