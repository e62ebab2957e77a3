"""What a signed-in person may have and may end."""

import json

import pytest

from shop.models import Order
from tests.factories.shop import make_customer, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(client):
    customer = make_customer("vera")
    client.login(username="vera", password="shop-password")
    return customer


def test_a_person_downloads_what_is_held_on_him(client, vera):
    order = make_order(vera)

    answer = client.post("/my-data/download/")

    held = json.loads(answer.content)
    assert [one["reference"] for one in held["orders"]] == [order.reference]
    assert "notes" in held
    assert vera.log.get().actor == vera.user


def test_a_person_erases_himself_and_is_signed_out(client, vera):
    order = make_order(vera)
    Order.objects.filter(pk=order.pk).update(status="cancelled")

    answer = client.post("/my-data/erase/", {"typed": "vera@karat.example"})

    vera.refresh_from_db(), order.refresh_from_db()
    assert answer["Location"] == "/"
    assert (vera.email, order.email, order.address) == ("", "", "")
    assert "_auth_user_id" not in client.session
    assert not client.login(username="vera", password="shop-password")


@pytest.mark.parametrize(
    ("typed", "words"),
    [("other@karat.example", "isn&#x27;t that of this account"), ("vera@karat.example", "on its way")],
)
def test_what_stands_in_the_way_is_said_and_nothing_is_erased(client, vera, typed, words):
    make_order(vera)

    answer = client.post("/my-data/erase/", {"typed": typed})

    vera.refresh_from_db()
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert vera.email == "vera@karat.example"


@pytest.mark.parametrize("path", ["/my-data/", "/my-data/download/", "/my-data/erase/"])
def test_a_stranger_is_asked_to_sign_in(client, path):
    answer = client.get(path) if path == "/my-data/" else client.post(path)

    assert answer["Location"].startswith("/sign-in/")


def test_the_page_is_led_to_from_the_orders(client, vera):
    assert "/my-data/" in client.get("/orders/").content.decode()
    assert client.get("/my-data/").status_code == 200
