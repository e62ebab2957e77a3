"""Two tabs, two sellers, the rules and a seller: one of them wins and the log is straight."""

import pytest

from crm.services import reviews
from mes.models import WorkOrder
from shop.models import Order
from shop.services.checkout import check_out
from tests.factories.shop import a_delivery, make_basket_line, make_customer, make_order

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_rows")]


def test_a_double_click_on_order_makes_one_order(at_once):
    customer = make_customer()
    make_basket_line(customer)

    def click():
        return check_out(customer=customer, delivery=a_delivery(), checkout_key="one-key", actor=customer.user)

    outcomes = at_once(click, click, click)

    assert {one.pk for one in outcomes} == {Order.objects.get().pk}


def test_two_tabs_with_keys_of_their_own_order_the_basket_once(at_once):
    customer = make_customer()
    make_basket_line(customer)

    outcomes = at_once(
        *(
            lambda key=key: check_out(customer=customer, delivery=a_delivery(), checkout_key=key, actor=customer.user)
            for key in ("tab-1", "tab-2")
        )
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["BasketEmpty", "Order"]


def test_a_seller_and_the_rules_approve_at_once_and_one_work_order_is_released(at_once, django_user_model):
    seller = django_user_model.objects.create_user("sonja")
    order = make_order()

    at_once(
        lambda: reviews.review_order(order_id=order.pk),
        lambda: reviews.approve_order(order_id=order.pk, reason="by hand", actor=seller),
    )

    assert WorkOrder.objects.count() == 1
    assert [line.to_status for line in order.log.all()] == ["placed", "approved"]
