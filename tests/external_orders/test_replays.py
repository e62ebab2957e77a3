"""A while of webhooks is sent again: in bounded steps, of one's own, with the same ids."""

from datetime import timedelta

import pytest
from django.utils import timezone

from external_orders.models import Event, WebhookDelivery
from external_orders.services import webhooks
from tests.factories.external_orders import make_endpoint, make_order, make_partner, send_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint(partner):
    return make_endpoint(partner, "http://127.0.0.1:9/")


def _settle(status: str) -> None:
    WebhookDelivery.objects.update(status=status, attempts=12, delivered_at=timezone.now())


def _replay(api, endpoint, **asked):
    body = {"since": (timezone.now() - timedelta(hours=2)).isoformat()} | asked
    return api.post(f"webhook_endpoints/{endpoint.public_id}/replay", body)


def test_what_failed_goes_out_again_with_the_same_ids(api, partner, receiver) -> None:
    endpoint = make_endpoint(partner, receiver.url)
    make_order(partner)
    _settle("failed")
    ids = set(WebhookDelivery.objects.values_list("message_id", flat=True))

    answer = _replay(api, endpoint)

    assert (answer.status_code, answer.json()) == (202, {"replayed": 2, "next_after": None})
    for _ in range(2):
        send_due()
    assert {headers["webhook-id"] for headers, _ in receiver.received} == ids


def test_what_was_delivered_goes_out_only_when_asked_for_and_what_waits_is_left_alone(api, partner, endpoint) -> None:
    make_order(partner)
    assert _replay(api, endpoint, only_failed=False).json()["replayed"] == 0
    _settle("delivered")
    assert _replay(api, endpoint).json()["replayed"] == 0

    assert _replay(api, endpoint, only_failed=False).json()["replayed"] == 2


def test_a_while_has_a_beginning_and_an_end_and_reaches_no_other_endpoint(api, partner, endpoint) -> None:
    other, order = make_endpoint(partner, "http://127.0.0.1:10/"), make_order(partner)
    first = Event.objects.get(order=order, sequence=1)
    Event.objects.filter(pk=first.pk).update(at=timezone.now() - timedelta(hours=1))
    make_order(make_partner())
    _settle("failed")

    until = (timezone.now() - timedelta(minutes=30)).isoformat()

    assert _replay(api, endpoint, until=until).json()["replayed"] == 1
    assert WebhookDelivery.objects.get(status="pending").event == first
    assert not other.deliveries.filter(status="pending").exists()


def test_each_call_looks_at_a_bounded_number_of_events_and_says_where_to_go_on(
    api, partner, endpoint, monkeypatch, django_assert_max_num_queries
) -> None:
    monkeypatch.setattr(webhooks, "_RANGE_AT_ONCE", 3)
    for _ in range(4):
        make_order(partner)
    Event.objects.update(at=timezone.now() - timedelta(minutes=1))  # ties are told apart too
    _settle("failed")
    after, replayed = {}, []

    for _ in range(3):
        with django_assert_max_num_queries(12):
            told = _replay(api, endpoint, **after).json()
        replayed.append(told["replayed"])
        after = {"after": told["next_after"]}

    assert (replayed, told["next_after"]) == ([3, 3, 2], None)


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"since": "2020-01-01T00:00:00Z"}, 409, "replay_too_old"),
        ({"after": "evt_AAAAAAAAAAAAAAAAAAAAAA"}, 400, "cursor_invalid"),
        ({"since": "yesterday"}, 400, "validation"),
    ],
)
def test_what_cant_be_replayed_is_refused(api, endpoint, asked, status, code) -> None:
    answer = _replay(api, endpoint, **asked)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_nothing_goes_to_a_disabled_endpoint(api, endpoint) -> None:
    api.patch(f"webhook_endpoints/{endpoint.public_id}", {"is_active": False})

    assert _replay(api, endpoint).json()["code"] == "endpoint_disabled"
