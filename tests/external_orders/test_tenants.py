"""One partner's key never reaches another's rows, on any route; a new route fails here until it is listed."""

import pytest
from django.utils import timezone

from external_orders.api.pagination import sealed_cursor
from external_orders.api.urls import urlpatterns
from external_orders.models import ExternalOrder, WebhookEndpoint
from tests.factories.external_orders import SHIP_TO, make_arrived_upload, make_endpoint, make_order, make_partner

pytestmark = pytest.mark.django_db

UNKNOWN = "AAAAAAAAAAAAAAAAAAAAAA"
# Route → how the other partner tries it with an id of the first; None where a route takes no id.
TRIES = {
    "openapi": None,
    "docs": None,
    "me": None,
    "catalogue": None,  # the same for every partner
    "catalogue_entry": None,
    "models": lambda api, ids: api.post("models", {"upload_id": ids["upload"]}),
    "uploads": None,
    "receive_upload": None,  # for whoever has the address
    "quotes": lambda api, ids: api.post(
        "quotes", {"items": [{"model_id": ids["model"], "alloy": "au585-yellow", "kind": "ring"}]}, key="k"
    ),
    "orders": lambda api, ids: api.post(
        "orders", {"quote_id": ids["quote"], "reference": "PO-9", "ship_to": SHIP_TO}, key="k"
    ),
    "endpoints": None,
    "model": lambda api, ids: api.get(f"models/{ids['model']}"),
    "quote": lambda api, ids: api.get(f"quotes/{ids['quote']}"),
    "order": lambda api, ids: api.get(f"orders/{ids['order']}"),
    "cancel_order": lambda api, ids: api.post(f"orders/{ids['order']}/cancel", key="k"),
    "answer_question": lambda api, ids: api.post(f"orders/{ids['order']}/answer", {"text": "yes"}, key="k"),
    "order_events": lambda api, ids: api.get(f"orders/{ids['order']}/events"),
    "events": None,
    "advance_test_order": lambda api, ids: api.post(f"test/orders/{ids['order']}/advance"),
    "endpoint": lambda api, ids: api.delete(f"webhook_endpoints/{ids['endpoint']}"),
    "rotate_secret": lambda api, ids: api.post(f"webhook_endpoints/{ids['endpoint']}/rotate_secret"),
    "ping": lambda api, ids: api.post(f"webhook_endpoints/{ids['endpoint']}/ping"),
    "deliveries": lambda api, ids: api.get(f"webhook_endpoints/{ids['endpoint']}/deliveries"),
    "replay_range": lambda api, ids: api.post(
        f"webhook_endpoints/{ids['endpoint']}/replay", {"since": timezone.now().isoformat()}
    ),
    "replay": lambda api, ids: api.post(f"webhook_endpoints/{ids['endpoint']}/deliveries/{ids['message']}/replay"),
}


@pytest.fixture(params=[True, False], ids=["live", "test"])
def livemode(request) -> bool:
    return request.param


@pytest.fixture
def ids(partner, livemode) -> dict[str, str]:
    """What belongs to the first partner."""
    endpoint = make_endpoint(partner, "http://127.0.0.1:9/", livemode=livemode)
    order = make_order(partner, livemode=livemode)
    ticket = make_arrived_upload(partner, livemode=livemode)
    return {
        "upload": ticket.public_id,
        "order": order.public_id,
        "quote": order.quote.public_id,
        "model": order.quote.items.get().model.public_id,
        "endpoint": endpoint.public_id,
        "message": endpoint.deliveries.first().message_id,
    }


def test_every_route_is_tried_here() -> None:
    names = {route.name for route in urlpatterns if route.name is not None}

    assert names == set(TRIES)


@pytest.mark.parametrize("route", [name for name, attempt in TRIES.items() if attempt])
def test_anothers_id_and_an_unknown_one_get_the_same_404(route: str, ids, livemode, caller_of) -> None:
    stranger = caller_of(make_partner(), livemode=livemode)
    unknown = {name: f"{one[:4]}{UNKNOWN}" for name, one in ids.items()}

    foreign, missing = TRIES[route](stranger, ids), TRIES[route](stranger, unknown)

    is_closed_to_live = livemode and route == "advance_test_order"
    assert foreign.status_code == missing.status_code == (403 if is_closed_to_live else 404)
    assert {**foreign.json(), "instance": ""} == {**missing.json(), "instance": ""}
    assert ExternalOrder.objects.get().status == "confirmed"
    assert WebhookEndpoint.objects.get().is_active


def test_lists_show_ones_own_only(ids, partner, livemode, caller_of) -> None:
    stranger = caller_of(make_partner(), livemode=livemode)

    assert stranger.get("orders").json() == {"data": [], "next_cursor": None}
    cursor = sealed_cursor("orders", {"partner": partner, "livemode": livemode}, ids["order"])
    assert stranger.get(f"orders?cursor={cursor}").json()["code"] == "cursor_invalid"
    assert stranger.get("webhook_endpoints").json()["data"] == []


@pytest.mark.parametrize("route", [name for name, attempt in TRIES.items() if attempt])
def test_a_key_of_the_other_mode_sees_nothing(route: str, ids, partner, livemode, caller_of) -> None:
    answer = TRIES[route](caller_of(partner, livemode=not livemode), ids)

    assert answer.status_code == (403 if route == "advance_test_order" and not livemode else 404)
    assert ExternalOrder.objects.get().status == "confirmed"
