from datetime import timedelta

import pytest
from django.utils import timezone

from external_orders.models import ExternalOrder, IdempotencyRecord, Partner
from external_orders.services import idempotency
from tests.factories.external_orders import SHIP_TO, make_partner, make_quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(partner: Partner) -> dict:
    return {"quote_id": make_quote(partner).public_id, "reference": "PO-1", "ship_to": SHIP_TO}


def test_a_repetition_gets_the_same_answer_byte_for_byte(api, body: dict) -> None:
    first, again = api.post("orders", body, key="k"), api.post("orders", body, key="k")

    assert (first.status_code, first["Idempotent-Replayed"]) == (201, "false")
    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert again.content == first.content
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert ExternalOrder.objects.count() == 1


def test_a_quoted_key_and_another_spelling_of_the_body_are_the_same_request(api, body: dict) -> None:
    first = api.post("orders", body, key="k")

    again = api.post("orders", dict(reversed(body.items())), key='"k"')

    assert again.content == first.content


def test_a_key_with_another_body_is_refused(api, body: dict) -> None:
    api.post("orders", body, key="k")

    other = api.post("orders", body | {"reference": "PO-2"}, key="k")

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert ExternalOrder.objects.count() == 1


def test_a_key_used_on_another_path_is_refused(api, body: dict) -> None:
    order = api.post("orders", body, key="k").json()

    assert api.post(f"orders/{order['id']}/cancel", key="k").json()["code"] == "idempotency_key_reused"
    assert ExternalOrder.objects.get().status == "confirmed"


@pytest.mark.parametrize("path", ["orders", "quotes", "orders/ord_AAAAAAAAAAAAAAAAAAAAAA/cancel"])
def test_a_missing_key_is_a_bad_request(api, path: str) -> None:
    answer = api.post(path, {})

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("key", ["a b", "ключ", "x" * 256])
def test_a_key_has_visible_ascii_only(api, body: dict, key: str) -> None:
    assert api.post("orders", body, key=key).json()["code"] == "idempotency_key_invalid"


def test_the_first_one_still_running_is_a_conflict_to_try_again(api, body: dict, monkeypatch) -> None:
    monkeypatch.setattr(idempotency, "try_named_lock", lambda *names: False)

    answer = api.post("orders", body, key="k")

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_in_progress")
    assert answer["Retry-After"] == "1"
    assert not ExternalOrder.objects.exists()


def test_a_refusal_keeps_nothing_and_frees_the_key(api, body: dict) -> None:
    refused = api.post("orders", body | {"reference": ""}, key="k")
    assert refused.status_code == 400
    assert not IdempotencyRecord.objects.exists()

    assert api.post("orders", body, key="k").status_code == 201


def test_a_fault_after_the_order_was_written_takes_the_order_back(api, body: dict, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(idempotency, "_keep", fail)
        assert api.post("orders", body, key="k").status_code == 500
    assert not ExternalOrder.objects.exists()

    assert api.post("orders", body, key="k").status_code == 201


def test_two_partners_may_use_the_same_key(api, body: dict, caller_of) -> None:
    other = make_partner()
    others = {"quote_id": make_quote(other).public_id, "reference": "PO-1", "ship_to": SHIP_TO}

    first, second = api.post("orders", body, key="k"), caller_of(other).post("orders", others, key="k")

    assert first.status_code == second.status_code == 201
    assert first.json()["id"] != second.json()["id"]


def test_quotes_are_asked_once_too(api, partner: Partner) -> None:
    model = make_quote(partner).items.get().model
    asked = {"items": [{"model_id": model.public_id, "alloy": "ag925", "kind": "ring"}]}

    first, again = api.post("quotes", asked, key="k"), api.post("quotes", asked, key="k")

    assert first.status_code == 202
    assert first.content == again.content


def test_an_answer_is_forgotten_after_thirty_days_but_the_reference_is_not(api, body: dict) -> None:
    api.post("orders", body, key="k")
    IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(days=31))

    idempotency.forget_old_answers()
    again = api.post("orders", body, key="k")

    assert (again.status_code, again.json()["code"]) == (409, "duplicate_reference")
