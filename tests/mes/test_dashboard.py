"""The planner's first page."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mes.models import Tally
from mes.selectors.dashboard import Totals, percentile_of, planner_dashboard
from mes.services import operations, planning, release
from mes.services.tallies import fold_tallies
from mes.services.what_if import compare_policies
from tests.factories.mes import make_operator, make_work_order, printing

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner(django_user_model):
    user = django_user_model.objects.create_user("petra", is_staff=True)
    user.groups.add(Group.objects.get(name="planner"))
    return user


def test_the_page_says_what_is_late_at_risk_held_and_how_old_the_oldest_is(planner):
    now = timezone.now()
    late = make_work_order(days=-2, aged_from=now - timedelta(days=12))
    make_work_order(days=1)
    held = make_work_order(days=20)
    release.hold_work_order(work_order_id=held.pk, reason="stone missing", actor=planner)
    cache.clear()

    page = planner_dashboard()

    assert (page.late, page.at_risk, page.on_hold, page.open, page.oldest_days) == (1, 1, 1, 3, 12)
    assert page.most_late == (late,)
    printing = next(one for one in page.loads if one.name == "Wax printing")
    planned = sum(work_order.operations.get(kind="print").planned_minutes for work_order in (late, held)) * 1.5
    assert printing.days == pytest.approx(planned / (2 * 960))


def test_the_page_sums_up_what_was_finished(client, planner):
    user = make_operator()
    work_order = make_work_order(aged_from=timezone.now() - timedelta(days=4))
    release.expedite_work_order(work_order_id=work_order.pk, reason="a birthday", actor=planner)
    for operation in work_order.operations.all():
        operations.claim_operation(operation_id=operation.pk, reason="test", actor=user)
        operations.start_operation(operation_id=operation.pk, actor=user)
        operations.finish_operation(operation_id=operation.pk, actor=user)
    fold_tallies()

    totals = planner_dashboard().totals

    assert (totals.on_time, totals.sums["touches"], totals.lead_days(95)) == (100, 1, 4)
    client.force_login(planner)
    page = client.get("/mes/").content.decode()
    assert "100.0 %" in page
    assert "4 / 4 / 4" in page
    assert "waiting for approval" in page


def test_the_figures_lead_to_the_work_orders_they_count(client, planner):
    client.force_login(planner)
    late, soon, later = (make_work_order(days=days) for days in (-2, 1, 20))
    page = client.get("/mes/").content.decode()

    def shown(due):
        address = f"/mes/mes/workorder/?due={due}"
        assert address in page
        listed = client.get(address).content.decode()
        return [one.reference in listed for one in (late, soon, later)]

    assert shown("late") == [True, False, False]
    assert shown("at_risk") == [False, True, False]


def test_a_planner_sees_for_whom_each_place_of_a_list_is_planned(client, planner):
    client.force_login(planner)
    operator = make_operator().operator
    operator.name = "Anna K."
    operator.save()
    work_order = make_work_order()
    planning.publish_worklist(work_centre_id=printing().pk)

    page = client.get(f"/mes/mes/workcentre/{printing().pk}/change/").content.decode()

    assert work_order.reference in page
    assert "Anna K." in page


def test_shares_and_percentiles_of_what_was_counted():
    totals = Totals({"claims": 3, "claims_out_of_turn": 1, "lead:2": 50, "lead:5": 45, "lead:30": 5})

    assert totals.out_of_turn == 25
    assert [totals.lead_days(per_cent) for per_cent in (50, 51, 95, 99)] == [2, 5, 5, 30]
    assert (Totals({}).on_time, Totals({}).out_of_turn, percentile_of({}, 50)) == (None, None, None)


def test_the_page_costs_the_same_with_many_work_orders_and_a_long_past(client, planner, assert_flat_queries):
    client.force_login(planner)
    make_work_order(days=-1)

    def more():
        for days in range(1, 6):
            make_work_order(days=-days)
        Tally.objects.bulk_create(
            Tally(day=timezone.localdate() - timedelta(days=days), measure="finished", amount=3) for days in range(20)
        )

    assert_flat_queries(lambda: client.get("/mes/"), more)


def test_the_list_of_work_orders_costs_the_same_with_few_and_many(client, planner, assert_flat_queries):
    client.force_login(planner)
    make_work_order()

    assert_flat_queries(lambda: client.get("/mes/mes/workorder/"), lambda: [make_work_order() for _ in range(4)])


def test_policies_simulated_at_night_are_shown_beside_each_other(client, planner):
    make_operator()
    found = compare_policies()
    client.force_login(planner)

    with CaptureQueriesContext(connection) as queries:
        page = client.get("/mes/").content.decode()

    assert list(found) == ["oldest_first", "earliest_due_date", "newest_first"]
    assert "On time under each policy, a simulated year" in page
    assert len(queries) < 25


def test_without_a_workshop_nothing_is_simulated():
    assert compare_policies() == {}


def test_a_work_order_shows_where_its_time_went(client, planner):
    with time_machine.travel(timezone.now(), tick=False):
        client.force_login(planner)
        work_order = make_work_order(aged_from=timezone.now() - timedelta(hours=5))
        page = client.get(f"/mes/mes/workorder/{work_order.pk}/change/").content.decode()

    assert "waiting for approval: 5.0 h; in a queue: 0 s; worked on: 0 s; blocked: 0 s" in page
