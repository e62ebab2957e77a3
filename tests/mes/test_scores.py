"""What became of the promises: kept with the order they are given with, scored when all of the order is made."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.utils import timezone

import crm.services.production
import external_orders.services.production
from crm.models import ProductionRequest
from crm.services import corrections, reviews
from mes.models import Tally, WorkOrder
from mes.promising import PROBABILITY
from mes.selectors.dashboard import Totals, planner_dashboard
from mes.services import operations, release
from mes.services.rework import scrap_work_order
from mes.services.tallies import fold_tallies
from shop.models import Order
from shop.services.corrections import split_off
from tests.factories import external_orders as partners
from tests.factories.mes import make_operator, make_work_order
from tests.factories.shop import make_basket_line, make_customer, make_order

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def operator():
    return make_operator()


@pytest.fixture
def seller(django_user_model):
    user = django_user_model.objects.create_user("sofia", is_staff=True)
    user.groups.add(Group.objects.get(name="seller"))
    return user


def in_the_workshop(order):
    reviews.review_order(order_id=order.pk)
    return list(WorkOrder.objects.filter(production_request__order_line__order=order).order_by("pk"))


def finish(work_order, user):
    for operation in work_order.operations.all():
        operations.claim_operation(operation_id=operation.pk, reason="test", actor=user)
        operations.start_operation(operation_id=operation.pk, actor=user)
        operations.finish_operation(operation_id=operation.pk, actor=user)
    crm.services.production.record_production(work_order_id=work_order.pk)
    external_orders.services.production.record_production(work_order_id=work_order.pk)


def counted():
    fold_tallies()
    kept = ("promised:", "kept:", "orders", "order_seconds:", "late_seconds:")
    return {
        row.measure: row.amount
        for row in Tally.objects.filter(amount__gt=0).order_by("measure")
        if row.measure.startswith(kept)
    }


def order_of_two(customer=None):
    customer = customer or make_customer()
    make_basket_line(customer)
    return make_order(customer)


def test_an_order_keeps_what_it_was_promised_with_down_to_its_work_orders():
    order, external = order_of_two(), partners.make_order()

    made = [*in_the_workshop(order), partners.work_of(external)]

    assert (order.first_promised_on, order.promise_probability) == (order.promised_on, PROBABILITY)
    assert (external.first_promised_on, external.promise_probability) == (external.promised_on, PROBABILITY)
    given = [order.promised_on, order.promised_on, external.promised_on]
    assert [(one.promised_on, one.promise_probability) for one in made] == [(day, PROBABILITY) for day in given]


def test_a_day_that_a_seller_moved_before_the_release_is_due_and_the_first_one_is_scored(seller):
    order = make_order()
    first, later = order.promised_on, order.promised_on + timedelta(days=9)

    corrections.change_promised_date(order_id=order.pk, promised_on=later, reason="a fair", actor=seller)
    (work_order,) = in_the_workshop(order)

    order.refresh_from_db()
    assert (order.promised_on, order.first_promised_on) == (later, first)
    assert (work_order.due_on, work_order.promised_on, work_order.promise_probability) == (later, first, PROBABILITY)


def test_an_order_is_scored_once_when_its_last_line_is_made(operator):
    with time_machine.travel(MONDAY, tick=False) as clock:
        order = order_of_two()
        one, other = in_the_workshop(order)
        clock.shift(timedelta(minutes=30))
        finish(one, operator)
        between = counted()
        clock.shift(timedelta(minutes=15))
        finish(other, operator)
        crm.services.production.record_production(work_order_id=other.pk)

        after = counted()

    assert between == {}
    assert after == {"kept:90": 1, "order_seconds:queue": 45 * 60, "orders": 1, "promised:90": 1}


def test_a_late_order_is_counted_apart_with_where_its_time_went(operator):
    with time_machine.travel(MONDAY, tick=False) as clock:
        order = make_order()
        (work_order,) = in_the_workshop(order)
        clock.shift(timedelta(hours=1))
        release.hold_work_order(work_order_id=work_order.pk, reason="no stone", actor=operator)
        clock.shift(timedelta(days=60))
        release.resume_work_order(work_order_id=work_order.pk, reason="it came", actor=operator)
        finish(work_order, operator)

        found = counted()

    blocked = 60 * 86_400
    assert found == {
        "late_seconds:blocked": blocked, "late_seconds:queue": 3_600,
        "order_seconds:blocked": blocked, "order_seconds:queue": 3_600,
        "orders": 1, "orders_late": 1, "promised:90": 1,
    }  # fmt: skip


def test_a_partners_order_is_scored_as_an_own_one_and_a_remake_by_the_first_promise(operator):
    with time_machine.travel(MONDAY, tick=False) as clock:
        external = partners.make_order()
        work_order = partners.work_of(external)
        first = work_order.operations.order_by("sequence")[0]
        operations.claim_operation(operation_id=first.pk, reason="test", actor=operator)
        operations.start_operation(operation_id=first.pk, actor=operator)
        clock.shift(timedelta(minutes=10))
        remake = scrap_work_order(work_order_id=work_order.pk, reason="cracked", actor=operator)
        external_orders.services.production.record_production(work_order_id=work_order.pk)
        clock.shift(timedelta(minutes=5))
        finish(remake, operator)

        found = counted()

    assert (remake.promised_on, remake.promise_probability) == (external.first_promised_on, PROBABILITY)
    seconds = {"order_seconds:queue": 300, "order_seconds:work": 600}
    assert found == {"kept:90": 1, **seconds, "orders": 1, "promised:90": 1}


def test_what_was_released_without_a_promise_is_no_promise(operator):
    order = make_order()
    Order.objects.filter(pk=order.pk).update(first_promised_on=None, promise_probability=None)  # as before it was kept
    (work_order,) = in_the_workshop(order)

    finish(work_order, operator)

    assert (work_order.promised_on, work_order.promise_probability) == (order.promised_on, None)
    assert {name for name in counted() if "seconds" not in name} == {"orders"}


def test_a_part_that_is_split_off_has_the_promise_of_the_whole(seller):
    order = order_of_two()

    part = split_off(order_id=order.pk, line_ids=[order.lines.first().pk], reason="a gift", actor=seller)

    assert (part.first_promised_on, part.promise_probability) == (order.first_promised_on, PROBABILITY)


def test_the_planner_sees_how_often_promises_were_kept_and_where_late_orders_lost_their_time(client):
    planner = partners.make_person("planner")
    today = timezone.localdate()
    sums = {"promised:90": 40, "kept:90": 37, "orders": 40, "orders_late": 3, "late_seconds:approval": 3 * 7_200}
    Tally.objects.bulk_create(Tally(day=today, measure=name, amount=amount) for name, amount in sums.items())
    client.force_login(planner)

    page = client.get("/mes/").content.decode()

    assert "92.5 %" in page
    assert "of 40 orders that were promised with 90 %, in 30 days" in page
    assert "Where the time of late orders went" in page
    assert "100.0 %, 2.0 h" in page
    assert Totals({}).kept(90) is None


def test_the_dashboard_reads_scores_from_tallies_alone(operator, django_assert_max_num_queries):
    finish(make_work_order(), operator)
    fold_tallies()

    with django_assert_max_num_queries(9) as queries:
        planner_dashboard()

    assert not [one["sql"] for one in queries.captured_queries if "log" in one["sql"].split("FROM")[1][:30]]


def test_the_pages_of_an_order_say_where_its_time_went(client, seller):
    with time_machine.travel(MONDAY, tick=False) as clock:
        external = partners.make_order()
        own = order_of_two()
        clock.shift(timedelta(hours=2))
        in_the_workshop(own)
        clock.shift(timedelta(hours=3))
        client.force_login(partners.make_person("planner"))
        external_page = client.get(f"/mes/external_orders/externalorder/{external.pk}/change/").content.decode()
        client.force_login(seller)
        own_page = client.get(f"/crm/shop/order/{own.pk}/change/").content.decode()

    assert ProductionRequest.objects.filter(order_line__order=own).count() == 2
    assert "waiting for approval: 0 s; in a queue: 5.0 h; worked on: 0 s; blocked: 0 s" in external_page
    assert "waiting for approval: 2.0 h; in a queue: 3.0 h; worked on: 0 s; blocked: 0 s" in own_page
