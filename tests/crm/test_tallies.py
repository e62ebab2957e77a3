"""The sums of the sellers' dashboard: kept up to date equals rebuilt."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone

from config.demo.people import PASSWORD, seed_people
from crm.facts import OrderFacts
from crm.measures import step_of
from crm.models import CountedOrder, OrderTally, Review
from crm.rules import evaluate, stops
from crm.selectors.dashboard import Decisions, revenue, seller_dashboard
from crm.selectors.facts import current_rule_set, rules_of
from crm.services import reviews
from crm.services.growth import grow_order_history
from crm.services.tallies import count_orders, rebuild_tallies, sweep_tallies
from shop.models import Customer, Order, OrderLog
from shop.services.orders import cancel_own_order
from tests.factories.crm import publish_rules
from tests.factories.mes import make_workshop
from tests.factories.shop import make_customer, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(django_user_model):
    return django_user_model.objects.create_user("sonja")


def _tallies():
    return list(OrderTally.objects.order_by("day", "measure").values_list("day", "measure", "amount"))


def _counted():
    return dict(CountedOrder.objects.values_list("order", "added"))


def _sums():
    return {measure: amount for _day, measure, amount in _tallies()}


def _of_all_days():
    sums = Counter()
    for _day, measure, amount in _tallies():
        sums[measure] += amount
    return sums


def _limit(amount):
    publish_rules({"kind": "amount_limit", "code": "order-amount", "limit": amount})


def test_orders_are_counted_by_what_became_of_them(run_tasks, seller):
    sound = make_order()
    run_tasks()
    _limit("0.01")
    by_hand, rejected = make_order(), make_order()
    run_tasks()
    reviews.approve_order(order_id=by_hand.pk, reason="paid", actor=seller)
    reviews.reject_order(order_id=rejected.pk, reason="no", actor=seller)
    run_tasks()

    sums = _sums()
    steps = sum(amount for measure, amount in sums.items() if measure.startswith("approval:"))
    assert (sums["orders"], sums["decided"], sums["touchless"], sums["reason:amount_over_limit"], steps) == (
        2,
        3,
        1,
        2,
        2,
    )
    assert sums["revenue:EUR"] == 100 * (sound.gross + by_hand.gross)


def test_kept_up_to_date_equals_rebuilt(run_tasks, seller):
    customer = make_customer()
    _limit("0.01")
    orders = [make_order(customer) for _ in range(3)]
    run_tasks()
    reviews.approve_order(order_id=orders[0].pk, reason="paid", actor=seller)
    cancel_own_order(customer=customer, reference=orders[1].reference)
    _limit("9999")
    make_order(customer)
    run_tasks()
    kept = _tallies(), _counted()

    call_command("rebuild_tallies")

    assert (_tallies(), _counted()) == kept
    assert kept[0]


def test_counting_again_adds_nothing(run_tasks):
    order = make_order()
    run_tasks()
    before = _tallies()

    assert count_orders(order_ids=[order.pk]) == 0
    assert _tallies() == before


def test_a_hold_that_moves_no_status_is_counted_by_the_sweep(run_tasks, seller):
    order = make_order()
    run_tasks()
    assert _sums()["touchless"] == 1

    reviews.hold_order(order_id=order.pk, reason="wait", actor=seller)
    sweep_tallies()

    assert "touchless" not in _sums()
    assert _sums()["decided"] == 1


def test_what_the_queue_lost_is_found_by_the_sweep():
    make_order()
    old = make_order()
    Order.objects.filter(pk=old.pk).update(placed_at=timezone.now() - timedelta(hours=2))

    assert sweep_tallies() == 1
    assert _sums()["orders"] == 1


def test_a_time_is_told_in_steps_of_a_fifth():
    assert [step_of(seconds) for seconds in (0, 1, 2.1, 31, 3600, 10**9)] == [1, 1, 3, 45, 4500, 7_000_000]


def test_shares_and_percentiles_come_from_the_sums():
    found = Decisions(
        {"decided": 40, "touchless": 38, "approval:10": 19, "approval:450": 1, "reason:b": 1, "reason:a": 2}
    )

    assert (found.touchless, found.seconds_to_approval(50), found.seconds_to_approval(95)) == (95.0, 10, 10)
    assert found.seconds_to_approval(96) == 450
    assert list(found.reasons.items()) == [("a", 2), ("b", 1)]
    assert (Decisions({}).touchless, Decisions({}).seconds_to_approval(50)) == (None, None)


def test_revenue_is_summed_by_the_week_of_the_order():
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    for day, measure, amount in [
        (monday, "revenue:EUR", 1050),
        (monday + timedelta(days=6), "revenue:EUR", 50),
        (monday - timedelta(days=1), "revenue:EUR", 700),
        (monday - timedelta(weeks=11), "revenue:NOK", 100),
        (monday - timedelta(weeks=11, days=1), "revenue:EUR", 9),
    ]:
        OrderTally.objects.create(day=day, measure=measure, amount=amount)

    found = revenue(today)

    assert [amount for _week, amount in found["EUR"]] == [Decimal(0)] * 10 + [Decimal(7), Decimal(11)]
    assert found["NOK"][0] == (monday - timedelta(weeks=11), Decimal(1))
    assert [len(weeks) for weeks in found.values()] == [12, 12]


@pytest.fixture
def history():
    make_workshop()
    order = make_order()
    Order.objects.filter(pk=order.pk).update(status="delivered", tracking_number="1")
    grow_order_history(many=1500)


def test_a_grown_history_is_touchless_to_95_per_cent_and_each_stopped_order_says_why(history):
    dashboard = seller_dashboard()

    assert 95 <= dashboard.decisions.touchless < 100
    stopped = Review.objects.exclude(verdict="approved")
    assert {reason["code"] for review in stopped for reason in review.reasons} == {
        "amount_over_limit",
        "design_doubtful",
    }
    assert not Review.objects.filter(verdict="stopped", reasons=[]).exists()
    assert Review.objects.count() == 1500
    assert dashboard.at_risk > 0
    assert len(set(Order.objects.values_list("gross", flat=True))) > 100
    assert Customer.objects.count() > 400
    assert not OrderLog.objects.filter(order__tracking_number__startswith="GROWN", told_at=None).exists()


def test_the_share_of_a_grown_history_is_that_of_the_rules_in_force(history):
    _limit("600")
    before = _of_all_days()

    grow_order_history(many=400)

    added = _of_all_days() - before
    assert 40 < 100 * added["touchless"] / added["decided"] < 60  # half of the orders come to less than 650
    rules = rules_of(current_rule_set())
    for review in Review.objects.order_by("-pk")[:400]:
        found = stops(evaluate(rules, OrderFacts.from_json(review.facts)))
        assert [one["code"] for one in review.reasons] == [reason.code for reason in found]


def test_the_tallies_of_a_grown_history_are_those_that_counting_gives(history):
    count_orders(order_ids=list(Order.objects.values_list("pk", flat=True)))
    kept = _tallies()

    assert rebuild_tallies() == 1501
    assert _tallies() == kept


def test_the_dashboard_shows_shares_reasons_and_revenue_at_a_constant_cost(history, client, assert_flat_queries):
    seed_people()
    client.login(username="seller@karat.example", password=PASSWORD)

    page = client.get("/crm/").content.decode()

    for words in ("Without a person", "95 % approved within", "What stopped orders", "Orders by week, EUR", "At risk"):
        assert words in page
    assert_flat_queries(lambda: client.get("/crm/"), lambda: grow_order_history(many=300))
