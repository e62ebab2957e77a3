"""Sellers, rules and customers at one order at once: one of them wins, the log is straight. Each with its control."""

import threading

import pytest

from crm.models import Review, RuleSet
from crm.selectors.facts import current_rule_set
from crm.services import changes, production, reviews
from crm.services.rules import copy_rule_set
from mes.models import WorkOrder
from shop.models import Order
from shop.services import orders as shop_orders
from shop.services.orders import cancel_own_order
from tests.factories.crm import publish_rules, stop_everything
from tests.factories.shop import make_basket_line, make_customer, make_order

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_rows")]

ROUNDS = 4


@pytest.fixture
def sellers(django_user_model):
    return [django_user_model.objects.create_user(name) for name in ("sonja", "sven")]


@pytest.fixture
def without_locks(monkeypatch):
    """For the controls: both have read the order before either goes on, and go on with what they read."""
    both_have_read = threading.Barrier(2)
    mine = threading.local()

    def read(rows):
        if rows.model is not Order:
            return rows.get()
        if not hasattr(mine, "order"):
            mine.order = rows.get()
            both_have_read.wait(timeout=60)
        return mine.order

    for module in (reviews, shop_orders, production):
        monkeypatch.setattr(module, "lock_one", read)


def an_exception():
    stop_everything()
    order = make_order()
    reviews.review_order(order_id=order.pk)
    return order


def steps(order):
    return [line.to_status for line in order.log.all()]


def names(outcomes):
    return sorted(type(one).__name__ for one in outcomes)


def approve(order, seller):
    return lambda: reviews.approve_order(order_id=order.pk, reason=f"by {seller}", actor=seller)


def test_a_seller_approves_while_the_rules_do(at_once, sellers):
    for _ in range(ROUNDS):
        order = make_order()

        at_once(lambda: reviews.review_order(order_id=order.pk), approve(order, sellers[0]))  # noqa: B023

        assert steps(order) == ["placed", "approved"]
        assert WorkOrder.objects.filter(production_request__order_line__order=order).count() == 1
        assert Review.objects.filter(order=order).count() == 1


def test_control_without_the_lock_both_go_on_and_only_a_constraint_saves_the_workshop(at_once, sellers, without_locks):
    order = make_order()

    outcomes = at_once(lambda: reviews.review_order(order_id=order.pk), approve(order, sellers[0]))

    assert "IntegrityError" in names(outcomes)  # a broken page or a failed task instead of an answer


def test_two_sellers_approve_one_exception_and_the_second_is_told(at_once, sellers):
    order = an_exception()

    outcomes = at_once(approve(order, sellers[0]), approve(order, sellers[1]))

    assert names(outcomes) == ["NotUnderReview", "Order"]
    assert steps(order) == ["placed", "exception", "approved"]
    assert WorkOrder.objects.count() == 1


def test_one_seller_approves_and_another_rejects_and_the_log_says_who_was_first(at_once, sellers):
    for _ in range(ROUNDS):
        order = an_exception()

        outcomes = at_once(
            approve(order, sellers[0]),
            lambda: reviews.reject_order(order_id=order.pk, reason="fraud", actor=sellers[1]),  # noqa: B023
        )

        assert Order.objects.get(pk=order.pk).status == "cancelled"
        made = list(
            WorkOrder.objects.filter(production_request__order_line__order=order).values_list("status", flat=True)
        )
        if "NotUnderReview" in names(outcomes):
            assert (steps(order), made) == (["placed", "exception", "cancelled"], [])
        else:
            assert (steps(order), made) == (["placed", "exception", "approved", "cancelled"], ["cancelled"])


def test_control_without_the_lock_the_second_seller_is_not_told(at_once, sellers, without_locks):
    order = make_order()
    Order.objects.filter(pk=order.pk).update(status="exception")

    outcomes = at_once(approve(order, sellers[0]), approve(order, sellers[1]))

    assert names(outcomes) == ["IntegrityError", "Order"]


def test_a_customer_cancels_while_his_order_is_released(at_once, run_tasks):
    for _ in range(ROUNDS):
        customer = make_customer()
        order = make_order(customer)

        outcomes = at_once(
            lambda: reviews.review_order(order_id=order.pk),  # noqa: B023
            lambda: cancel_own_order(customer=customer, reference=order.reference),  # noqa: B023
        )
        run_tasks()

        made = list(
            WorkOrder.objects.filter(production_request__order_line__order=order).values_list("status", flat=True)
        )
        assert not [one for one in outcomes if isinstance(one, Exception)]
        assert Order.objects.get(pk=order.pk).status == "cancelled"
        assert (steps(order), made) in [
            (["placed", "cancelled"], []),
            (["placed", "approved", "cancelled"], ["cancelled"]),
        ]


def test_control_without_the_lock_a_cancelled_order_is_released(at_once, without_locks):
    customer = make_customer()
    order = make_order(customer)

    at_once(
        lambda: reviews.review_order(order_id=order.pk),
        lambda: cancel_own_order(customer=customer, reference=order.reference),
    )

    assert sorted(steps(order)) == ["approved", "cancelled", "placed"]  # both from placed: the log isn't straight
    assert {line.from_status for line in order.log.exclude(to_status="placed")} == {"placed"}


def test_two_sellers_change_one_line_and_one_change_is_open(at_once, sellers):
    order = an_exception()
    line = order.lines.get()

    def change(quantity, seller):
        asked = {"size": line.size, "finish": line.finish, "quantity": quantity, "reason": "asked", "actor": seller}
        return lambda: changes.request_line_change(order_id=order.pk, line_id=line.pk, **asked)

    outcomes = at_once(change(2, sellers[0]), change(3, sellers[1]))

    assert names(outcomes) == ["LineChange", "LineChangeOpen"]


def test_a_line_goes_to_one_order_when_two_sellers_split_at_once(at_once, sellers):
    publish_rules({"kind": "customer_new"})
    customer = make_customer()
    make_basket_line(customer)
    order = make_order(customer)
    reviews.review_order(order_id=order.pk)
    first = order.lines.first().pk

    outcomes = at_once(
        *(
            lambda one=one: changes.split_order(order_id=order.pk, line_ids=[first], reason="apart", actor=one)
            for one in sellers
        )
    )

    assert names(outcomes) == ["BadSplit", "Order"]
    assert sum(one.gross for one in Order.objects.all()) == order.gross


def test_two_copies_of_the_rules_made_at_once_have_numbers_of_their_own(at_once):
    current = current_rule_set().pk

    outcomes = at_once(*(lambda: copy_rule_set(rule_set_id=current) for _ in range(3)))

    assert sorted(one.version for one in outcomes) == [2, 3, 4]
    assert RuleSet.objects.count() == 4
