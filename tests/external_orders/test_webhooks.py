import json
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ
from standardwebhooks.webhooks import Webhook

from external_orders import outgoing
from external_orders.errors import EndpointDisabled, NotReplayable
from external_orders.models import ExternalOrder, Partner, WebhookDelivery, WebhookEndpoint
from external_orders.services import webhooks
from external_orders.services.statuses import move_external_order
from external_orders.states import DeliveryStatus
from tests.factories.external_orders import make_endpoint, make_order, send_due, take_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint(partner: Partner, receiver) -> WebhookEndpoint:
    return make_endpoint(partner, receiver.url)


@pytest.fixture
def order(partner: Partner, endpoint: WebhookEndpoint) -> ExternalOrder:
    """A confirmed order: two events wait to be sent, and nothing in the queue."""
    order = make_order(partner)
    OrmQ.objects.all().delete()
    return order


def _deliveries() -> list[WebhookDelivery]:
    return list(WebhookDelivery.objects.order_by("sequence"))


def _make_due() -> None:
    WebhookDelivery.objects.update(next_at=timezone.now())
    WebhookEndpoint.objects.update(paused_until=None)


def test_events_arrive_signed_thin_and_in_order(order, endpoint, receiver) -> None:
    send_due()
    send_due()

    messages = [Webhook(endpoint.secret).verify(body, headers) for headers, body in receiver.received]
    assert [(one["data"]["sequence"], one["data"]["status"]) for one in messages] == [
        (1, "received"),
        (2, "confirmed"),
    ]
    assert messages[0]["type"] == "order.status_changed"
    assert messages[0]["data"] == {
        "id": order.public_id,
        "reference": order.reference,
        "status": "received",
        "previous_status": None,
        "sequence": 1,
    }
    assert messages[0]["timestamp"].endswith("Z")
    assert {one.status for one in _deliveries()} == {DeliveryStatus.DELIVERED}


def test_a_failed_attempt_is_tried_again_with_the_same_id_and_body(order, receiver) -> None:
    receiver.status = 500
    receiver.body = b"database on fire"
    first = _deliveries()[0]
    before = timezone.now()
    send_due()
    first.refresh_from_db()

    assert (first.status, first.attempts, first.last_status) == (DeliveryStatus.PENDING, 1, 500)
    assert first.last_error == "500 database on fire"
    assert timedelta(seconds=4) <= first.next_at - before <= timedelta(seconds=8)

    receiver.status = 200
    _make_due()
    send_due()
    first.refresh_from_db()
    assert (first.status, first.attempts) == (DeliveryStatus.DELIVERED, 2)
    (one, body), (two, again) = receiver.received
    assert one["webhook-id"] == two["webhook-id"]
    assert body == again


def test_later_events_of_an_order_wait_for_the_earlier(order, receiver) -> None:
    receiver.status = 500

    for _ in range(3):
        send_due()

    assert [json.loads(body)["data"]["sequence"] for _, body in receiver.received] == [1]


def test_an_attempt_isnt_due_before_its_time_nor_while_another_holds_the_lease(order, receiver) -> None:
    first = _deliveries()[0]
    assert [one.delivery_id for one in take_due()] == [first.pk]
    assert take_due() == []
    WebhookDelivery.objects.filter(pk=first.pk).update(lease_until=None, next_at=timezone.now() + timedelta(minutes=1))

    assert take_due() == []
    assert receiver.received == []


def test_a_worker_that_died_leaves_a_lease_that_ends(order, receiver) -> None:
    first = _deliveries()[0]
    take_due()
    WebhookDelivery.objects.filter(pk=first.pk).update(lease_until=timezone.now() - timedelta(seconds=1))

    send_due()

    first.refresh_from_db()
    assert (first.status, first.attempts) == (DeliveryStatus.DELIVERED, 2)


def test_a_late_answer_writes_nothing_once_another_attempt_took_over(order) -> None:
    first = _deliveries()[0]
    [late] = take_due()
    WebhookDelivery.objects.filter(pk=first.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    take_due()
    before = WebhookDelivery.objects.values().get(pk=first.pk)

    assert webhooks.record_answers([(late, outgoing.Answer(status=200))]) == []

    assert WebhookDelivery.objects.values().get(pk=first.pk) == before


def test_twelve_attempts_over_three_days_and_then_no_more(order, receiver) -> None:
    receiver.status = 500
    first = _deliveries()[0]
    pauses = []
    for _ in range(12):
        _make_due()
        began = timezone.now()
        send_due()
        first.refresh_from_db()
        pauses.append((first.next_at - began).total_seconds())

    assert (first.status, first.attempts) == (DeliveryStatus.FAILED, 12)
    planned = webhooks.RETRY_SECONDS
    assert all(0.79 * plan <= pause <= 1.25 * plan + 1 for plan, pause in zip(planned, pauses, strict=False))
    assert 70 <= sum(planned) / 3600 <= 72
    _make_due()
    send_due()
    assert [headers["webhook-id"] for headers, _ in receiver.received].count(first.message_id) == 12


def test_the_next_event_goes_on_after_one_failed_for_good(order, receiver) -> None:
    receiver.status = 500
    first, second = _deliveries()
    WebhookDelivery.objects.filter(pk=first.pk).update(attempts=11)
    send_due()
    receiver.status = 200

    send_due()

    second.refresh_from_db()
    assert second.status == DeliveryStatus.DELIVERED


def test_a_receiver_that_is_gone_is_disabled(order, endpoint, receiver) -> None:
    receiver.status = 410

    send_due()

    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.disabled_reason) == (False, "gone")
    assert {one.status for one in _deliveries()} == {DeliveryStatus.FAILED}
    move_external_order(order_id=order.pk, to="in_production")
    assert len(_deliveries()) == 2


def test_retry_after_is_honoured_up_to_a_day(order, receiver) -> None:
    first = _deliveries()[0]
    for value, seconds in (("3600", 3600), ("999999", 86_400)):
        receiver.status, receiver.headers = 429, {"Retry-After": value}
        WebhookDelivery.objects.update(next_at=timezone.now(), attempts=0)
        began = timezone.now()
        send_due()
        first.refresh_from_db()

        assert abs((first.next_at - began).total_seconds() - seconds) < 5


def test_a_redirect_is_a_failure_and_isnt_followed(order, receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": receiver.url + "/elsewhere"}
    receiver.body = b"x" * 1_000_000

    send_due()

    assert len(receiver.received) == 1
    first = _deliveries()[0]
    assert (first.status, first.last_status) == (DeliveryStatus.PENDING, 302)
    assert len(first.last_error) < 1000


def test_a_private_address_isnt_called(order, receiver, settings) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    port = receiver.url.split(":")[2]
    for url in (receiver.url, f"https://localhost:{port}", "https://127.0.0.1/hooks", "https://[::7f00:1]/"):
        answer = outgoing.post(url, body="{}", headers={})
        assert (answer.status, answer.error) == (None, "address refused")

    assert receiver.received == []


def test_a_receiver_that_drips_is_cut_at_the_deadline(order, receiver, monkeypatch) -> None:
    monkeypatch.setattr(outgoing, "TOTAL_SECONDS", 0.5)
    receiver.drip_seconds = 5

    began = time.monotonic()
    answer = outgoing.post(receiver.url, body="{}", headers={})

    assert time.monotonic() - began < 2
    assert (answer.status, answer.is_success) == (None, False)
    assert answer.error == "TimeoutError"


def test_a_receiver_that_isnt_there_is_a_failure_with_a_name() -> None:
    answer = outgoing.post("http://127.0.0.1:9/", body="{}", headers={})

    assert (answer.status, answer.error) == (None, "ConnectionError")


def test_a_settled_delivery_is_sent_again_with_the_same_id(order, receiver) -> None:
    send_due()
    send_due()

    webhooks.replay_delivery(delivery_id=_deliveries()[0].pk)
    with pytest.raises(NotReplayable):
        webhooks.replay_delivery(delivery_id=_deliveries()[0].pk)
    send_due()

    ids = [headers["webhook-id"] for headers, _ in receiver.received]
    assert ids == [ids[0], ids[1], ids[0]]


def test_nothing_is_sent_again_to_a_disabled_endpoint(order, endpoint, receiver) -> None:
    receiver.status = 410
    send_due()

    with pytest.raises(EndpointDisabled):
        webhooks.replay_delivery(delivery_id=_deliveries()[0].pk)


def test_the_sweep_fails_what_a_dying_worker_used_up(order) -> None:
    first = _deliveries()[0]
    WebhookDelivery.objects.filter(pk=first.pk).update(attempts=12, lease_until=timezone.now() - timedelta(seconds=1))

    webhooks.sweep_deliveries()

    first.refresh_from_db()
    assert first.status == DeliveryStatus.FAILED


def test_no_transaction_is_open_while_a_partner_answers(order, monkeypatch) -> None:
    depths = []
    monkeypatch.setattr(
        outgoing, "post", lambda *_, **__: depths.append(len(connection.savepoint_ids)) or outgoing.Answer(status=200)
    )
    outside = len(connection.savepoint_ids)

    send_due()

    assert depths == [outside]


def test_no_thread_outlives_an_exchange(receiver) -> None:
    before = {thread.name for thread in threading.enumerate() if isinstance(thread, threading.Timer)}

    outgoing.post(receiver.url, body="{}", headers={})

    after = {thread.name for thread in threading.enumerate() if isinstance(thread, threading.Timer)}
    assert after == before
