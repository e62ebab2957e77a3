"""The example client and its receiver, against a live server."""

import threading
import time
from collections.abc import Iterator

import pytest
import requests

from examples.partner_client.client import Client, Refused
from examples.partner_client.receiver import Inbox, serve
from external_orders.models import ExternalOrder
from external_orders.services.statuses import move_external_order
from external_orders.services.webhooks import replay_delivery
from tests.factories.external_orders import SHIP_TO, make_key, make_partner, send_due
from tests.factories.mes import make_workshop
from tests.factories.pricing import RING, make_rates

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_rows")]


@pytest.fixture
def client(live_server) -> Client:
    make_rates()
    make_workshop()
    return Client(f"{live_server.url}/api/v1", make_key(make_partner()))


@pytest.fixture
def news(client) -> Iterator[list[dict]]:
    """What the receiver dealt with."""
    told: list[dict] = []
    inbox = Inbox("", told.append)
    server = serve(inbox)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    inbox.secret = client.listen_at(f"http://127.0.0.1:{server.server_port}/hooks")
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


def _quote(client: Client, run_tasks, monkeypatch) -> dict:
    """The client waits for the price in its own call; the worker works when it looks again."""
    model = client.upload(RING)
    call = client.session.request

    def look_again(method: str, url: str, **sent: object) -> requests.Response:
        if method == "GET" and "/quotes/" in url:
            run_tasks()
        return call(method, url, **sent)

    with monkeypatch.context() as patched:
        patched.setattr(client.session, "request", look_again)
        return client.quote(
            [{"model_id": model["id"], "kind": "ring", "alloy": "au585-yellow", "size": "17"}], key="quote-1"
        )


def test_a_ring_from_upload_to_shipped_with_every_step_told_once(client, news, run_tasks, monkeypatch) -> None:
    quote = _quote(client, run_tasks, monkeypatch)
    order = client.order(quote["id"], "PO-1", SHIP_TO)
    row = ExternalOrder.objects.get(public_id=order["id"])
    for status in ("in_production", "ready"):
        move_external_order(order_id=row.pk, to=status)
    for _ in range(4):
        send_due()
    replay_delivery(delivery_id=row.deliveries.order_by("sequence").first().pk)
    send_due()

    statuses = ["received", "confirmed", "in_production", "ready"]
    assert (quote["status"], order["status"]) == ("priced", "confirmed")
    assert [one["data"]["status"] for one in news if one["type"] == "order.status_changed"] == statuses
    fed = [one for one in client.events() if one["type"] == "order.status_changed"]
    assert [one["data"]["status"] for one in fed] == statuses
    assert [one["id"] for one in client.events(after=fed[-2]["id"])] == [fed[-1]["id"]]
    assert client.read_order(order["id"])["sequence"] == 4


def test_an_answer_that_was_lost_on_the_way_is_asked_for_again(client, run_tasks, monkeypatch) -> None:
    quote = _quote(client, run_tasks, monkeypatch)
    call, lost, pauses = client.session.request, [], []

    def lose_the_first(*args: object, **sent: object) -> requests.Response:
        answer = call(*args, **sent)
        if not lost:
            lost.append(answer.json()["id"])
            raise requests.ConnectionError
        return answer

    monkeypatch.setattr(client.session, "request", lose_the_first)
    client.sleep = pauses.append
    order = client.order(quote["id"], "PO-1", SHIP_TO)

    assert [order["id"]] == lost
    assert len(pauses) == 1
    assert ExternalOrder.objects.count() == 1


def test_the_client_waits_as_it_is_told_and_gives_up_at_what_it_cant_mend(client, settings) -> None:
    with pytest.raises(Refused) as refusal:
        client.order("qte_AAAAAAAAAAAAAAAAAAAAAA", "PO-1", SHIP_TO)
    assert refusal.value.code == "not_found"
    settings.API_REQUESTS_PER_SECOND, settings.API_BURST = 1, 1
    pauses: list[float] = []

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        time.sleep(seconds)

    client.sleep = wait
    for _ in range(2):
        assert list(client.events()) == []

    assert pauses
    assert all(pause >= 1 for pause in pauses)


def test_the_receiver_believes_nobody_without_a_signature() -> None:
    told: list[dict] = []
    inbox = Inbox("whsec_" + "c2VjcmV0" * 5, told.append)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(time.time()))}

    for signature in ("v1,bm90aGluZw==", "v1", "", "nonsense,,"):
        assert inbox.take(b"{}", {**headers, "webhook-signature": signature}) == 400
    assert told == []
