"""The address book: kept from orders or written down, chosen at checkout, bounded, and nobody else's."""

import pytest
from django.urls import reverse

from shop.errors import AddressesFull, NotYourAddress
from shop.models import Address, Customer, Order
from shop.services.addresses import change_address, keep_address, prefer_address, remove_address
from shop.services.merging import merge_customers
from shop.states import MOST_ADDRESSES
from tests.factories.shop import make_basket_line, make_customer

pytestmark = pytest.mark.django_db

HOME = {"name": "Vera", "address": "1 Main street", "postal_code": "0150", "city": "Oslo", "country": "NO", "phone": ""}
WORK = HOME | {"address": "Office 7", "city": "Bergen"}


@pytest.fixture
def vera(client):
    customer = make_customer("vera")
    client.force_login(customer.user)
    return customer


def keep(customer, **changed):
    return keep_address(customer=customer, told=HOME | changed)


def order(client, **changed):
    form = client.get(reverse("shop:checkout")).context
    shown = {"checkout_key": form["form"]["checkout_key"].value(), "shown": str(form["total"])}
    return client.post(reverse("shop:checkout"), HOME | shown | {"email": "v@karat.example", "terms": "on"} | changed)


def test_an_address_is_written_down_changed_and_removed(client, vera):
    assert client.post(reverse("shop:addresses"), HOME | {"phone": "+47 91 23"}).status_code == 302
    home = Address.objects.get()
    assert (home.customer, home.is_usual, home.phone) == (vera, True, "+479123")

    client.post(reverse("shop:address", args=[home.pk]), WORK)
    home.refresh_from_db()
    assert (home.address, home.city, home.is_usual) == ("Office 7", "Bergen", True)
    assert "Office 7" in client.get(reverse("shop:addresses")).content.decode()

    client.post(reverse("shop:remove_address", args=[home.pk]))
    assert not Address.objects.exists()


def test_what_is_missing_is_said_beside_its_field(client, vera):
    for path in (reverse("shop:addresses"), reverse("shop:address", args=[keep(vera).pk])):
        page = client.post(path, WORK | {"city": ""})
        assert page.status_code == 400
        assert page.context["form"].errors.keys() == {"city"}
    assert Address.objects.get().city == "Oslo"


def test_one_address_is_the_usual_one_whatever_is_chosen_or_removed(client, vera):
    home, work = keep(vera), keep(vera, **WORK)

    client.post(reverse("shop:prefer_address", args=[work.pk]))
    assert list(Address.objects.values_list("pk", "is_usual")) == [(home.pk, False), (work.pk, True)]
    client.post(reverse("shop:remove_address", args=[work.pk]))
    assert list(Address.objects.values_list("pk", "is_usual")) == [(home.pk, True)]


def test_the_same_address_is_kept_once_and_the_book_is_bounded(client, vera):
    assert keep(vera) == keep(vera)
    for number in range(1, MOST_ADDRESSES):
        keep(vera, address=f"{number} Other street")

    with pytest.raises(AddressesFull):
        keep(vera, address="one more")
    page = client.post(reverse("shop:addresses"), HOME | {"address": "one more"})
    assert page.status_code == 400
    assert Address.objects.count() == MOST_ADDRESSES


def test_another_ones_address_is_not_there(client, vera):
    other = keep(make_customer("boris"))
    make_basket_line(vera)

    for call in (
        lambda: change_address(customer=vera, address_id=other.pk, told=WORK),
        lambda: prefer_address(customer=vera, address_id=other.pk),
        lambda: remove_address(customer=vera, address_id=other.pk),
    ):
        with pytest.raises(NotYourAddress):
            call()
    for name in ("address", "prefer_address", "remove_address"):
        assert client.post(reverse(f"shop:{name}", args=[other.pk]), WORK).status_code == 404
    assert client.get(reverse("shop:checkout"), {"to": str(other.pk)}).status_code == 404
    assert client.get(reverse("shop:checkout"), {"to": "x"}).status_code == 404
    assert "1 Main" not in client.get(reverse("shop:addresses")).content.decode()
    other.refresh_from_db()
    assert other.address == "1 Main street"


def test_a_stranger_is_asked_to_sign_in(client):
    for name in ("address", "prefer_address", "remove_address"):
        assert "/sign-in/" in client.post(reverse(f"shop:{name}", args=[1])).url
    assert "/sign-in/" in client.get(reverse("shop:addresses")).url


def test_checkout_begins_with_the_usual_address_and_takes_the_one_that_is_chosen(client, vera):
    make_basket_line(vera)
    keep(vera)
    work = keep(vera, **WORK)

    assert client.get(reverse("shop:checkout")).context["form"]["address"].value() == "1 Main street"
    chosen = client.get(reverse("shop:checkout"), {"to": work.pk})
    assert chosen.context["form"]["address"].value() == "Office 7"
    assert 'aria-current="true"' in chosen.content.decode()


@pytest.mark.parametrize(("sent", "kept"), [({"keep": "on"}, ["1 Main street"]), ({}, [])])
def test_the_address_of_an_order_is_kept_when_its_customer_says_so(client, vera, sent, kept):
    make_basket_line(vera)

    order(client, **sent)

    assert Order.objects.count() == 1
    assert list(Address.objects.values_list("address", flat=True)) == kept


def test_a_full_book_stands_in_no_orders_way(client, vera):
    for number in range(MOST_ADDRESSES):
        keep(vera, address=f"{number} Other street")
    make_basket_line(vera)

    order(client, keep="on")

    assert Order.objects.get().address == "1 Main street"
    assert Address.objects.count() == MOST_ADDRESSES


def test_a_guest_keeps_no_address_book(client):
    visitor = Customer.objects.create()
    session = client.session
    session["customer_key"] = visitor.key
    session.save()
    make_basket_line(visitor)

    assert "keep" not in client.get(reverse("shop:checkout")).content.decode().split("<aside")[0].split("name=")
    order(client, keep="on")

    assert Order.objects.exists()
    assert not Address.objects.exists()


def test_two_books_become_one_without_doubles_and_within_the_bound(vera):
    former = Customer.objects.create(email="v2@karat.example")
    keep(former, **WORK), keep(former)
    for number in range(MOST_ADDRESSES - 2):
        keep(vera, address=f"{number} Other street")
    keep(vera)

    merge_customers(customer_id=vera.pk, former_id=former.pk, reason="same", actor=None)

    own = Address.objects.filter(customer=vera)
    assert own.count() == Address.objects.count() == MOST_ADDRESSES
    assert own.filter(address="1 Main street").count() == own.filter(address="Office 7").count() == 1
    assert own.get(is_usual=True).address == "0 Other street"


def test_the_book_and_checkout_cost_the_same_with_more_addresses(client, vera, assert_flat_queries):
    make_basket_line(vera)
    keep(vera)

    def more():
        for number in range(5):
            keep(vera, address=f"{number} Other street")

    def pages():
        client.get(reverse("shop:addresses")), client.get(reverse("shop:checkout"))

    assert_flat_queries(pages, more)
