"""Many callers at once, on PostgreSQL."""

import random
from collections import Counter
from decimal import Decimal
from functools import partial

import pytest

from external_orders.models import Event, ExternalOrder, IdempotencyRecord, Partner, WebhookDelivery
from external_orders.services import idempotency
from mes.models import WorkOrder
from tests.external_orders.conftest import Caller
from tests.factories.external_orders import (
    SHIP_TO,
    make_endpoint,
    make_key,
    make_order,
    make_partner,
    make_quote,
    take_due,
)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_rows")]


def _posts(partner: Partner, bodies: list[dict], keys: list[str]) -> list:
    plain = make_key(partner)
    return [partial(Caller(plain).post, "orders", body, key=key) for body, key in zip(bodies, keys, strict=True)]


def _body(partner: Partner, reference: str) -> dict:
    return {"quote_id": make_quote(partner).public_id, "reference": reference, "ship_to": SHIP_TO}


def test_many_posts_with_one_key_make_one_order(at_once) -> None:
    partner = make_partner()
    body = _body(partner, "PO-1")

    answers = at_once(*_posts(partner, [body] * 12, ["k"] * 12))

    codes = Counter(answer.status_code for answer in answers)
    assert set(codes) <= {201, 409}
    assert codes[201] >= 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency_in_progress"}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert sum(answer.headers.get("Idempotent-Replayed") == "false" for answer in answers) == 1
    assert (ExternalOrder.objects.count(), WorkOrder.objects.count(), Event.objects.count()) == (1, 1, 2)


def test_without_the_named_lock_parallel_posts_collide(at_once, monkeypatch) -> None:
    """The control: what the lock is for."""
    monkeypatch.setattr(idempotency, "try_named_lock", lambda *names: True)
    partner = make_partner()
    body = _body(partner, "PO-1")

    answers = at_once(*_posts(partner, [body] * 12, ["k"] * 12))

    codes = {answer.json().get("code") for answer in answers if answer.status_code != 201}
    assert codes - {"idempotency_in_progress"}
    assert ExternalOrder.objects.count() == 1


def test_one_reference_with_many_keys_makes_one_order_and_no_fault(at_once) -> None:
    partner = make_partner()
    bodies = [_body(partner, "PO-1") for _ in range(6)]

    answers = at_once(*_posts(partner, bodies, [f"k{number}" for number in range(6)]))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"duplicate_reference"}
    assert IdempotencyRecord.objects.count() == 1
    assert WorkOrder.objects.count() == 1


def test_one_quote_with_many_keys_is_used_once(at_once) -> None:
    partner = make_partner()
    body = _body(partner, "PO")
    bodies = [body | {"reference": f"PO-{number}"} for number in range(6)]

    answers = at_once(*_posts(partner, bodies, [f"k{number}" for number in range(6)]))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"quote_used"}


def test_many_senders_take_a_delivery_once(at_once) -> None:
    partner = make_partner()
    make_endpoint(partner, "http://127.0.0.1:9/")
    make_order(partner)
    first = WebhookDelivery.objects.earliest("sequence")

    outcomes = at_once(*[take_due] * 12)

    taken = [one for outcome in outcomes for one in outcome]
    assert [(one.delivery_id, one.number) for one in taken] == [(first.pk, 1)]


def test_a_thousand_posts_on_forty_keys_make_forty_orders(at_once) -> None:
    """Sixteen callers send every request over and over, each in an order of its own."""
    partner = make_partner(most_amount=Decimal(1_000_000))
    bodies = {f"k{number}": _body(partner, f"PO-{number}") for number in range(40)}
    plain = make_key(partner)

    def caller(number: int) -> list[tuple[str, int, bytes]]:
        calls = [*bodies.items()] * 2
        random.Random(number).shuffle(calls)
        api = Caller(plain)
        answers = [(key, api.post("orders", body, key=key)) for key, body in calls[: 1000 // 16 + 1]]
        return [(key, answer.status_code, answer.content) for key, answer in answers]

    answers = [one for outcome in at_once(*[partial(caller, number) for number in range(16)]) for one in outcome]

    assert len(answers) >= 1000
    assert {status for _, status, _ in answers} <= {201, 409}
    told = {(key, content) for key, status, content in answers if status == 201}
    assert len(told) == ExternalOrder.objects.count() == WorkOrder.objects.count() == 40
    assert IdempotencyRecord.objects.filter(key__startswith="k").count() == 40
    assert Event.objects.filter(type="order.status_changed").count() == 80
