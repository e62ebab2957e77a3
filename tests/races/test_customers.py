"""Two customers become one while one of them orders: the order is placed once and is nobody else's."""

import secrets

import pytest

from crm.services.customers import erase_customer, merge_customers
from shop.errors import CustomerErased
from shop.models import Customer, Order
from shop.services.checkout import check_out
from tests.factories.shop import a_delivery, make_basket_line, make_customer

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_rows")]


def _order_of(customer):
    return lambda: check_out(
        customer=customer, delivery=a_delivery(), checkout_key=secrets.token_urlsafe(16), actor=customer.user
    )


def _merge(customer, former):
    return lambda: merge_customers(customer_id=customer.pk, former_id=former.pk, reason="same", actor=None)


@pytest.mark.parametrize("round_", range(3))
def test_an_order_placed_during_a_merge_belongs_to_the_one_who_stays(at_once, round_):
    guest, vera = Customer.objects.create(name="Vera", email="vera@karat.example"), make_customer("vera")
    make_basket_line(guest)

    ordered, merged = at_once(_order_of(guest), _merge(vera, guest))

    assert (type(ordered), type(merged)) == (Order, Customer), (ordered, merged)
    assert Order.objects.get().customer == vera
    guest.refresh_from_db()
    assert guest.merged_into == vera


def test_two_sellers_merge_the_same_two_in_opposite_directions_once(at_once):
    one = Customer.objects.create(name="A", email="a@karat.example")
    two = Customer.objects.create(name="B", email="b@karat.example")

    outcomes = at_once(_merge(one, two), _merge(two, one))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Customer", "CustomerMerged"]
    assert Customer.objects.filter(merged_into=None).count() == 1


def test_an_erasure_and_an_order_at_once_end_in_one_of_both(at_once):
    vera = make_customer("vera")
    make_basket_line(vera)

    ordered, _erased = at_once(_order_of(vera), lambda: erase_customer(customer_id=vera.pk, actor=None))

    vera.refresh_from_db()
    assert isinstance(ordered, CustomerErased | Order)
    assert isinstance(ordered, Order) == (vera.erased_at is None)
