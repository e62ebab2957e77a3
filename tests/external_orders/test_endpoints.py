"""Endpoints that partners look after themselves, and what becomes of those that don't answer."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from external_orders import outgoing
from external_orders.models import Event, Partner, WebhookDelivery, WebhookEndpoint
from external_orders.services import endpoints, webhooks
from external_orders.states import DeliveryStatus
from tests.factories.external_orders import make_endpoint, make_order, send_due, take_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint(partner: Partner, receiver) -> WebhookEndpoint:
    return make_endpoint(partner, receiver.url)


def _fail(delivery: WebhookDelivery, *, status: int = 500) -> None:
    [attempt] = [one for one in take_due() if one.delivery_id == delivery.pk]
    webhooks.record_answers([(attempt, outgoing.Answer(status=status))])


def test_a_partner_changes_and_switches_off_and_on_what_is_his(api, partner: Partner) -> None:
    made = api.post("webhook_endpoints", {"url": "http://127.0.0.1:9/a", "event_types": ["order.status_changed"]})
    path = f"webhook_endpoints/{made.json()['id']}"
    changed = api.patch(path, {"url": "http://127.0.0.1:9/b", "description": "new"}).json()
    off = api.patch(path, {"is_active": False}).json()
    on = api.patch(path, {"is_active": True}).json()

    assert made["Location"] == f"/api/v1/{path}"
    assert (changed["url"], changed["description"], changed["event_types"]) == (
        "http://127.0.0.1:9/b",
        "new",
        ["order.status_changed"],
    )
    assert (off["is_active"], off["disabled_reason"]) == (False, "paused")
    assert (on["is_active"], on["disabled_reason"]) == (True, None)
    assert api.get(path).json() == on
    assert "secret" not in on


@pytest.mark.parametrize(
    "change", [{"event_types": ["ping"]}, {"event_types": ["nothing"]}, {"secret": "x"}, {"url": 1}]
)
def test_what_cant_be_changed_is_refused(api, endpoint, settings, change: dict) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = False

    assert api.patch(f"webhook_endpoints/{endpoint.public_id}", change).status_code == 400


def test_a_changed_address_is_checked_as_a_new_one_is(api, endpoint, settings) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = False

    answer = api.patch(f"webhook_endpoints/{endpoint.public_id}", {"url": "https://10.0.0.8/"})

    assert answer.json()["code"] == "webhook_url_refused"
    assert WebhookEndpoint.objects.get().url == endpoint.url


def test_both_secrets_sign_until_the_overlap_ends(api, partner, endpoint, receiver) -> None:
    path = f"webhook_endpoints/{endpoint.public_id}"
    new = api.post(f"{path}/rotate_secret", {"overlap_hours": 24}).json()["secret"]
    api.post(f"{path}/ping")
    send_due()
    WebhookEndpoint.objects.update(previous_secret_until=timezone.now() - timedelta(seconds=1))
    api.post(f"{path}/ping")
    send_due()

    (both, body), (one, later) = receiver.received
    assert len(both["webhook-signature"].split(" ")) == 2
    for secret in (endpoint.secret, new):
        assert Webhook(secret).verify(body, both)["type"] == "ping"
    assert len(one["webhook-signature"].split(" ")) == 1
    assert Webhook(new).verify(later, one)["data"] == {"id": endpoint.public_id}


def test_a_ping_goes_to_its_endpoint_only_and_not_to_a_disabled_one(api, partner, endpoint) -> None:
    make_endpoint(partner, "http://127.0.0.1:9/")
    answer = api.post(f"webhook_endpoints/{endpoint.public_id}/ping")
    api.patch(f"webhook_endpoints/{endpoint.public_id}", {"is_active": False})

    assert (answer.status_code, answer.json()["type"], answer.json()["status"]) == (202, "ping", "pending")
    assert WebhookDelivery.objects.get().endpoint == endpoint
    assert api.post(f"webhook_endpoints/{endpoint.public_id}/ping").json()["code"] == "endpoint_disabled"


def test_deliveries_are_listed_newest_first_and_replayed_by_their_partner(api, partner, endpoint, receiver) -> None:
    receiver.body = b"inside information"
    receiver.status = 500
    make_order(partner)
    first = WebhookDelivery.objects.order_by("pk").first()
    send_due()
    path = f"webhook_endpoints/{endpoint.public_id}/deliveries"
    page = api.get(f"{path}?limit=1")
    rest = api.get(f"{path}?limit=1&cursor={page.json()['next_cursor']}").json()

    assert rest["data"][0]["id"] == first.message_id
    assert (rest["data"][0]["last_status"], rest["data"][0]["attempts"]) == (500, 1)
    assert "inside" not in str(rest)
    assert api.get(f"{path}?status=delivered").json()["data"] == []
    assert api.post(f"{path}/{first.message_id}/replay").json()["code"] == "not_replayable"
    WebhookDelivery.objects.update(status=DeliveryStatus.FAILED)
    assert api.post(f"{path}/{first.message_id}/replay").status_code == 202
    WebhookDelivery.objects.update(status=DeliveryStatus.FAILED)
    Event.objects.update(at=timezone.now() - timedelta(days=31))
    assert api.post(f"{path}/{first.message_id}/replay").json()["code"] == "replay_too_old"


def test_four_messages_at_most_are_on_their_way_and_one_while_the_endpoint_fails(partner, endpoint) -> None:
    for _ in range(6):
        make_order(partner)
    taken = take_due()
    assert (len(taken), take_due()) == (4, [])

    webhooks.record_answers([(attempt, outgoing.Answer(status=500)) for attempt in taken])

    assert (len(take_due()), take_due()) == (1, [])


def test_a_message_that_is_sent_again_waits_for_a_later_one_of_its_order_that_is_on_its_way(partner, endpoint) -> None:
    make_order(partner)
    first, second = WebhookDelivery.objects.order_by("sequence")
    webhooks.record_answers([(attempt, outgoing.Answer(status=200)) for attempt in take_due()])
    assert [one.delivery_id for one in take_due()] == [second.pk]

    webhooks.replay_delivery(delivery_id=first.pk)

    assert take_due() == []


def test_endpoints_that_fail_get_no_more_than_their_share_of_the_places(partner, endpoint) -> None:
    healthy = make_endpoint(partner, "http://127.0.0.1:9/")
    for _ in range(3):
        make_endpoint(partner, "http://127.0.0.1:9/")
    WebhookEndpoint.objects.exclude(pk=healthy.pk).update(failures=1)
    make_order(partner)

    everywhere = list(WebhookEndpoint.objects.values_list("pk", flat=True))
    taken = webhooks.take_due(endpoint_ids=everywhere, most=5, most_doubtful=2)

    assert sorted(one.is_doubtful for one in taken) == [False, True, True]


def test_ten_failures_in_a_row_pause_an_endpoint_and_a_success_ends_it(partner, endpoint) -> None:
    delivery = make_order(partner).deliveries.order_by("sequence").first()
    for _ in range(10):
        WebhookDelivery.objects.update(next_at=timezone.now())
        _fail(delivery)
    endpoint.refresh_from_db()
    WebhookDelivery.objects.update(next_at=timezone.now())

    assert 50 < (endpoint.paused_until - timezone.now()).total_seconds() <= 60
    assert list(WebhookEndpoint.objects.with_work(at=timezone.now())) == []
    assert take_due() == []
    WebhookEndpoint.objects.update(paused_until=timezone.now())
    assert list(WebhookEndpoint.objects.with_work(at=timezone.now())) == [endpoint]
    _fail(delivery)
    endpoint.refresh_from_db()
    assert 110 < (endpoint.paused_until - timezone.now()).total_seconds() <= 120
    WebhookEndpoint.objects.update(paused_until=timezone.now())
    WebhookDelivery.objects.update(next_at=timezone.now())
    _fail(delivery, status=200)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since, endpoint.paused_until) == (0, None, None)


def test_a_pause_uses_up_no_attempts_and_ends_within_the_hour(partner, endpoint) -> None:
    delivery = make_order(partner).deliveries.order_by("sequence").first()
    WebhookEndpoint.objects.update(failures=500, failing_since=timezone.now())

    _fail(delivery)

    endpoint.refresh_from_db()
    assert 3500 < (endpoint.paused_until - timezone.now()).total_seconds() <= 3600
    assert take_due() == []
    delivery.refresh_from_db()
    assert delivery.attempts == 1


def test_the_owner_is_warned_at_day_one_and_three_and_after_five_the_endpoint_is_disabled(
    partner, endpoint, receiver, run_tasks
) -> None:
    Partner.objects.update(contact_email="it@nordlys.example")
    make_order(partner)
    other = make_endpoint(partner, receiver.url)
    subjects = []
    for hours in (23, 25, 25, 73, 73, 121, 121):
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=timezone.now() - timedelta(hours=hours))
        endpoints.watch_endpoints()
        run_tasks()
        subjects.append(len(mail.outbox))

    endpoint.refresh_from_db()
    assert subjects == [0, 1, 1, 2, 2, 3, 3]
    assert mail.outbox[0].subject == "Your webhook endpoint doesn't answer"
    assert mail.outbox[2].subject == "Your webhook endpoint was disabled"
    assert mail.outbox[2].to == ["it@nordlys.example"]
    assert (endpoint.is_active, endpoint.disabled_reason) == (False, "failing")
    told = Event.objects.get(type="endpoint.disabled")
    assert told.data == {"id": endpoint.public_id, "reason": "failing"}
    assert [one.endpoint for one in told.deliveries.all()] == [other]


def test_a_failing_endpoint_starts_afresh_when_it_is_switched_on(api, endpoint) -> None:
    WebhookEndpoint.objects.update(
        is_active=False, disabled_reason="failing", failures=99, failing_since=timezone.now(), warned_days=3
    )

    api.patch(f"webhook_endpoints/{endpoint.public_id}", {"is_active": True})

    row = WebhookEndpoint.objects.get()
    assert (row.is_active, row.failures, row.failing_since, row.warned_days) == (True, 0, None, 0)


def test_no_more_than_five_endpoints_are_switched_on(api, partner) -> None:
    WebhookEndpoint.objects.filter(pk=make_endpoint(partner, "http://127.0.0.1:9/").pk).update(
        is_active=False, disabled_reason="paused"
    )
    off = WebhookEndpoint.objects.get()
    for _ in range(5):
        make_endpoint(partner, "http://127.0.0.1:9/")

    assert api.patch(f"webhook_endpoints/{off.public_id}", {"is_active": True}).json()["code"] == "too_many_endpoints"


def test_in_test_mode_three_attempts_are_made_in_an_hour(partner, endpoint) -> None:
    WebhookEndpoint.objects.update(livemode=False)
    delivery = make_order(partner, livemode=False).deliveries.order_by("sequence").first()
    pauses = []
    for _ in range(3):
        WebhookDelivery.objects.update(next_at=timezone.now())
        _fail(delivery)
        delivery.refresh_from_db()
        pauses.append((delivery.next_at - timezone.now()).total_seconds())

    assert (delivery.status, delivery.attempts) == (DeliveryStatus.FAILED, 3)
    assert 200 < pauses[0] < 400
    assert 2500 < pauses[1] < 4000


def test_a_dead_partners_backlog_doesnt_keep_the_others_from_their_turn(partner, endpoint) -> None:
    for _ in range(3):
        make_order(partner)
    WebhookDelivery.objects.update(next_at=timezone.now() - timedelta(days=1))
    other = make_endpoint(partner, "http://127.0.0.1:9/")
    make_order(partner)

    assert {one.endpoint for one in take_due(most=2)} == {endpoint, other}
