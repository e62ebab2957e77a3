"""Test keys: an order drives through its states, and the workshop never hears of it."""

import pytest

from external_orders.models import Event, ExternalOrder
from mes.models import WorkOrder
from tests.factories.external_orders import SHIP_TO, make_order, make_quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def tester(partner, caller_of):
    return caller_of(partner, livemode=False)


def _order(tester, partner, reference: str) -> dict:
    quote = make_quote(partner, livemode=False)
    body = {"quote_id": quote.public_id, "reference": reference, "ship_to": SHIP_TO}
    return tester.post("orders", body, key=reference).json()


def test_a_test_order_goes_all_the_way_without_the_workshop(tester, partner) -> None:
    order = _order(tester, partner, "PO-1")
    path = f"test/orders/{order['id']}/advance"
    statuses = [order["status"], *(tester.post(path).json()["status"] for _ in range(4))]
    done = tester.post(f"test/orders/{order['id']}/advance")

    assert order["livemode"] is False
    assert statuses == ["confirmed", "in_production", "ready", "shipped", "delivered"]
    assert (done.status_code, done.json()["code"]) == (409, "illegal_transition")
    assert not WorkOrder.objects.exists()
    assert Event.objects.filter(livemode=False).count() == 6


def test_a_test_order_goes_where_the_table_lets_it(tester, partner) -> None:
    order = _order(tester, partner, "PO-1")

    refused = tester.post(f"test/orders/{order['id']}/advance", {"to": "delivered"})
    moved = tester.post(f"test/orders/{order['id']}/advance", {"to": "cancelled"})

    assert (refused.status_code, moved.json()["status"]) == (409, "cancelled")


@pytest.mark.parametrize(
    ("reference", "status"), [("TEST-REJECT-1", "rejected"), ("TEST-REVIEW-1", "received"), ("PO-1", "confirmed")]
)
def test_references_ask_for_what_is_rare(tester, partner, reference: str, status: str) -> None:
    assert _order(tester, partner, reference)["status"] == status


def test_a_late_order_has_its_promise_put_off_when_production_begins(tester, partner) -> None:
    order = _order(tester, partner, "sim:late")
    moved = tester.post(f"test/orders/{order['id']}/advance").json()

    assert moved["promised_ship_date"] > order["promised_ship_date"]
    assert Event.objects.filter(type="order.promise_changed").count() == 1
    assert moved["sequence"] == 4


def test_the_rare_references_mean_nothing_to_a_live_order(partner, api) -> None:
    order = make_order(partner, reference="TEST-REJECT")

    assert order.status == "confirmed"
    assert api.post(f"test/orders/{order.public_id}/advance").json()["code"] == "test_key_needed"


def test_a_test_order_is_cancelled_as_any_other(tester, partner) -> None:
    order = _order(tester, partner, "PO-1")

    assert tester.post(f"orders/{order['id']}/cancel", key="c").json()["status"] == "cancelled"


def test_live_and_test_may_use_the_same_reference(tester, partner) -> None:
    make_order(partner, reference="PO-1")

    assert _order(tester, partner, "PO-1")["status"] == "confirmed"
    assert ExternalOrder.objects.count() == 2
