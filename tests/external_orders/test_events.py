"""The feed: whole, in one order, without gaps for whoever reads on."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from config.kernel.events import publish
from external_orders.models import Event, ExternalOrder, Partner
from external_orders.services.events import number_events, record_event
from external_orders.services.statuses import change_promise, move_external_order
from external_orders.states import EventType
from mes.models import WorkOrder
from tests.factories.external_orders import make_endpoint, make_order, make_partner

pytestmark = pytest.mark.django_db


def _ids(answer) -> list[str]:
    return [one["id"] for one in answer.json()["data"]]


def test_the_feed_is_read_on_from_the_last_event(api, partner: Partner) -> None:
    order = make_order(partner)
    number_events()
    first = api.get("events?limit=1")
    assert first.json()["next_cursor"] == _ids(first)[0]
    rest = api.get(f"events?after={_ids(first)[0]}")
    move_external_order(order_id=order.pk, to="in_production")
    number_events()
    news = api.get(f"events?after={_ids(rest)[-1]}")

    seen = [one["data"]["status"] for answer in (first, rest, news) for one in answer.json()["data"]]
    assert seen == ["received", "confirmed", "in_production"]
    assert news.json()["next_cursor"] is None


def test_an_event_is_in_the_feed_once_it_is_numbered(api, partner: Partner) -> None:
    make_order(partner)

    assert _ids(api.get("events")) == []
    number_events()
    assert len(_ids(api.get("events"))) == 2


def test_the_feed_of_others_and_of_test_mode_is_empty(api, partner: Partner, caller_of) -> None:
    make_order(partner)
    make_order(partner, livemode=False)
    number_events()
    mine = _ids(api.get("events"))
    stranger = caller_of(make_partner())

    assert len(mine) == 2
    assert _ids(stranger.get("events")) == []
    assert stranger.get(f"events?after={mine[0]}").json()["code"] == "cursor_invalid"


def test_the_feed_goes_back_thirty_days(api, partner: Partner) -> None:
    make_order(partner)
    number_events()
    old = Event.objects.order_by("pk").first()
    Event.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=31))

    assert len(_ids(api.get("events"))) == 1
    assert api.get(f"events?after={old.public_id}").json()["code"] == "cursor_invalid"


def test_numbers_have_no_gaps_and_are_given_once(partner: Partner) -> None:
    for _ in range(3):
        make_order(partner)
        number_events()
    before = dict(Event.objects.values_list("pk", "feed_number"))
    number_events()

    assert sorted(before.values()) == list(range(1, 7))
    assert dict(Event.objects.values_list("pk", "feed_number")) == before


def test_an_event_rolled_back_with_its_change_leaves_no_trace(partner: Partner) -> None:
    with transaction.atomic():
        make_order(partner)
        transaction.set_rollback(True)

    assert not Event.objects.exists()


def test_a_promise_that_changes_is_an_event_and_the_same_date_is_none(api, partner: Partner, queued) -> None:
    order = make_order(partner)
    before = order.promised_on
    etag = api.get(f"orders/{order.public_id}")["ETag"]
    for _ in range(2):
        change_promise(order_id=order.pk, promised_on=date(2030, 1, 2), reason="no metal")

    event = Event.objects.get(type=EventType.ORDER_PROMISE_CHANGED)
    assert event.data == {
        "id": order.public_id,
        "reference": order.reference,
        "promised_ship_date": "2030-01-02",
        "previous_promised_ship_date": before.isoformat(),
        "sequence": 3,
    }
    told = api.get(f"orders/{order.public_id}")
    assert (told.json()["promised_ship_date"], told["ETag"]) == ("2030-01-02", '"s3"')
    assert told["ETag"] != etag


def test_an_endpoint_hears_only_of_the_types_it_asked_for(partner: Partner) -> None:
    picky = make_endpoint(partner, "http://127.0.0.1:9/")
    picky.event_types = ["order.promise_changed"]
    picky.save()
    everything = make_endpoint(partner, "http://127.0.0.1:9/")
    order = make_order(partner)
    change_promise(order_id=order.pk, promised_on=date(2030, 1, 2), reason="no metal")

    assert picky.deliveries.count() == 1
    assert everything.deliveries.count() == 3


@pytest.mark.parametrize(("days", "is_told"), [(5, True), (0, False), (-5, False)])
def test_a_due_date_that_slips_past_the_promise_is_told_once(partner: Partner, run_tasks, days: int, is_told) -> None:
    order = make_order(partner, pieces=2)
    slipped = order.promised_on + timedelta(days=days)
    work_order_id = order.items.last().work_order_id
    WorkOrder.objects.filter(pk=work_order_id).update(due_on=slipped)

    with transaction.atomic():
        publish("mes.due_date_changed", work_order_id=work_order_id)
        publish("mes.due_date_changed", work_order_id=work_order_id)
    run_tasks()

    order.refresh_from_db()
    assert order.promised_on == (slipped if is_told else order.promised_on)
    assert Event.objects.filter(type=EventType.ORDER_PROMISE_CHANGED).count() == int(is_told)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_commits_late_is_never_skipped(at_once, migrated_rows, caller_of) -> None:
    """The first event is written before the second and committed after it was read."""
    import threading

    partner = make_partner()
    written, read = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            record_event(partner=partner, livemode=True, kind=EventType.PING, id="slow")
            written.set()
            assert read.wait(20)
        number_events()

    def fast() -> list[list[str]]:
        assert written.wait(20)
        with transaction.atomic():
            record_event(partner=partner, livemode=True, kind=EventType.PING, id="fast")
        number_events()
        seen = [one["data"]["id"] for one in caller_of(partner).get("events").json()["data"]]
        read.set()
        return seen

    outcomes = at_once(slow, fast)

    assert outcomes == [None, ["fast"]]
    rows = dict(Event.objects.values_list("data__id", "pk"))
    assert rows["slow"] < rows["fast"]
    answer = caller_of(partner).get("events").json()["data"]
    assert [one["data"]["id"] for one in answer] == ["fast", "slow"]
    assert ExternalOrder.objects.count() == 0
    assert connection.vendor == "postgresql"
