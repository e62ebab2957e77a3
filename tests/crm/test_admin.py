"""The sellers' lists cost the same number of queries with two rows and with many, and show what is made."""

import pytest

from config.demo.people import PASSWORD, seed_people
from crm.services import reviews
from shop.models import Order
from tests.factories.crm import stop_everything
from tests.factories.mes import make_workshop
from tests.factories.shop import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(client):
    make_workshop()
    seed_people()
    client.login(username="seller@karat.example", password=PASSWORD)
    return client


def _make_exceptions(count):
    stop_everything()
    for _ in range(count):
        reviews.review_order(order_id=make_order().pk)


@pytest.mark.parametrize("path", ["/crm/", "/crm/shop/order/", "/crm/crm/orderexception/", "/crm/pricing/quote/"])
def test_a_list_costs_the_same_with_few_and_with_many_rows(seller, assert_flat_queries, path):
    _make_exceptions(2)

    assert_flat_queries(lambda: seller.get(path), lambda: _make_exceptions(4))


def test_the_list_of_orders_shows_a_picture_of_each_piece(seller):
    order = make_order()

    page = seller.get("/crm/shop/order/").content.decode()

    assert order.lines.get().quote.measurement.picture_url in page


def test_the_exceptions_are_listed_with_their_reason_in_words(seller):
    _make_exceptions(1)

    page = seller.get("/crm/crm/orderexception/").content.decode()

    assert "over the limit" in page
    assert Order.objects.get().reference in page


def test_a_seller_approves_an_exception_from_its_page(seller):
    _make_exceptions(1)
    order = Order.objects.get()

    assert "Reason" in seller.get(f"/crm/shop/order/{order.pk}/approve/").content.decode()
    seller.post(f"/crm/shop/order/{order.pk}/approve/", {"text": "paid"})

    order.refresh_from_db()
    assert order.status == "approved"


def test_a_parcel_without_a_tracking_number_is_not_shipped(seller):
    order = make_order()
    Order.objects.filter(pk=order.pk).update(status="ready")

    page = seller.post(f"/crm/shop/order/{order.pk}/ship/", {"text": " "}).content.decode()

    order.refresh_from_db()
    assert order.status == "ready"
    assert "required" in page


def test_a_delivered_order_is_recorded_with_how_that_is_known(seller):
    order = make_order()
    Order.objects.filter(pk=order.pk).update(status="shipped", tracking_number="1Z")

    seller.post(f"/crm/shop/order/{order.pk}/deliver/", {"text": "carrier's page"})

    assert order.log.last().reason == "carrier's page"
    assert Order.objects.get().status == "delivered"
