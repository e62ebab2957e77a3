"""The partner's way from a file to an order, and every answer's common shape."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from external_orders.api import versions
from external_orders.api.errors import PROBLEM_TYPE
from external_orders.api.versions import Retirement
from external_orders.models import ExternalOrder, ExternalQuote, Partner, PartnerModel
from external_orders.services.keys import API_VERSION
from external_orders.services.orders import ship_external_order
from external_orders.services.statuses import move_external_order
from pricing.models import Quote
from tests.factories.external_orders import SHIP_TO, make_order, make_partner, make_quote
from tests.factories.mes import make_workshop
from tests.factories.pricing import DESIGNS, RING, make_rates

pytestmark = pytest.mark.django_db


def _upload(api, path=RING):
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return api.client.post("/api/v1/models", {"file": file})


def _order(quote: ExternalQuote, reference: str = "PO-1", **more) -> dict:
    return {"quote_id": quote.public_id, "reference": reference, "ship_to": SHIP_TO, **more}


def test_a_partner_uploads_asks_the_price_and_orders(api, run_tasks) -> None:
    make_rates()
    make_workshop()
    model = _upload(api)
    asked = {"model_id": model.json()["id"], "alloy": "au585-yellow", "size": "17", "kind": "ring", "quantity": 2}
    quote = api.post("quotes", {"items": [asked]}, key="q-1")
    run_tasks()
    priced = api.get(f"quotes/{quote.json()['id']}").json()
    order = api.post("orders", {"quote_id": priced["id"], "reference": "PO-1", "ship_to": SHIP_TO}, key="o-1")

    assert (model.status_code, model.json()["status"]) == (202, "processing")
    assert (quote.status_code, quote.json()["status"], quote.json()["price"]) == (202, "pricing", None)
    assert priced["status"] == "priced"
    lines = sum(Decimal(line["amount"]["amount"]) for line in priced["items"][0]["price"]["components"])
    assert lines == Decimal(priced["price"]["net"]["amount"])
    assert order.status_code == 201
    told = order.json()
    assert (told["status"], told["sequence"], told["cancellable"]) == ("confirmed", 2, True)
    assert told["total"] == priced["price"]["gross"] == {"amount": told["total"]["amount"], "currency": "EUR"}
    assert told["promised_ship_date"] == priced["promised_ship_date"]
    assert priced["promise_probability"] == 90
    assert order["Location"] == f"/api/v1/orders/{told['id']}"
    assert order["ETag"] == '"s2"'
    assert api.get(f"quotes/{priced['id']}").json()["status"] == "used"
    measured = api.get(f"models/{model.json()['id']}").json()
    assert (measured["status"], measured["watertight"]) == ("ready", True)


def test_the_same_file_is_the_same_model_of_a_partner_only(api, caller_of) -> None:
    first, again = _upload(api), _upload(api)
    others = _upload(caller_of(make_partner()))

    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"] != others.json()["id"]
    assert others.status_code == 202


def test_a_file_that_cant_be_made_is_rejected_with_its_reason(api, partner: Partner) -> None:
    quote = make_quote(partner, path=DESIGNS / "broken" / "flat.stl")

    told = api.get(f"quotes/{quote.public_id}").json()
    item = quote.items.get()
    model = api.get(f"models/{item.model.public_id}").json()
    assert told["status"] == "not_manufacturable"
    assert (told["price"], told["promised_ship_date"], told["promise_probability"]) == (None, None, None)
    assert model["status"] == "rejected"
    assert told["items"][0]["reasons"] == model["reasons"] == [{"code": item.quote.refusal_code}]


def test_an_empty_file_and_no_file_are_refused_and_nothing_is_stored(api) -> None:
    empty = api.client.post("/api/v1/models", {"file": SimpleUploadedFile("a.stl", b"")})
    missing = api.client.post("/api/v1/models", {})

    assert (empty.status_code, empty.json()["code"]) == (400, "empty_file")
    assert missing.json()["errors"][0] | {"detail": ""} == {"pointer": "/file", "code": "required", "detail": ""}
    assert not PartnerModel.objects.exists()


@pytest.mark.parametrize(
    ("spoil", "pointer", "code"),
    [
        ({"colour": "red"}, "/colour", "unknown_field"),
        ({"ship_to": SHIP_TO | {"country": "Norway"}}, "/ship_to/country", "invalid"),
        ({"ship_to": SHIP_TO | {"street": "x"}}, "/ship_to/street", "unknown_field"),
        ({"reference": ""}, "/reference", "blank"),
        ({"reference": "a\x00b"}, "/reference", "null_characters_not_allowed"),
        ({"reference": "\ud800"}, "/reference", "surrogate_characters_not_allowed"),
        ({"quote_id": None}, "/quote_id", "null"),
    ],
)
def test_a_wrong_field_is_named_by_a_pointer(api, partner, spoil: dict, pointer: str, code: str) -> None:
    answer = api.post("orders", _order(make_quote(partner)) | spoil, key="k")

    assert (answer.status_code, answer.json()["code"]) == (400, "validation")
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert not ExternalOrder.objects.exists()


@pytest.mark.parametrize("body", ["[]", '"a"', "1", "null", "{", "NaN", ""])
def test_what_isnt_an_object_is_a_bad_request(api, body: str) -> None:
    answer = api.client.post("/api/v1/orders", body, content_type="application/json", headers={"Idempotency-Key": "k"})

    assert answer.status_code == 400
    assert answer["Content-Type"] == PROBLEM_TYPE


def test_an_expired_quote_is_gone(api, partner: Partner) -> None:
    quote = make_quote(partner)
    Quote.objects.update(valid_until=timezone.now() - timedelta(seconds=1))

    answer = api.post("orders", _order(quote), key="k")

    assert (answer.status_code, answer.json()["code"]) == (410, "quote_expired")
    assert api.get(f"quotes/{quote.public_id}").json()["status"] == "expired"
    assert not ExternalOrder.objects.exists()


def test_a_quote_is_used_once(api, partner: Partner) -> None:
    quote = make_quote(partner)
    api.post("orders", _order(quote), key="a")

    answer = api.post("orders", _order(quote, "PO-2"), key="b")

    assert (answer.status_code, answer.json()["code"]) == (409, "quote_used")
    assert ExternalOrder.objects.count() == 1


def test_a_reference_used_before_is_a_conflict_that_names_the_order(api, partner: Partner) -> None:
    first = api.post("orders", _order(make_quote(partner)), key="a").json()

    answer = api.post("orders", _order(make_quote(partner)), key="b")

    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate_reference")
    assert answer.json()["existing_order"] == first["id"]


def test_an_unknown_alloy_is_refused_by_name(api, partner: Partner) -> None:
    model = make_quote(partner).items.get().model

    answer = api.post("quotes", {"items": [{"model_id": model.public_id, "alloy": "lead", "kind": "ring"}]}, key="k")

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_alloy")


def test_an_order_is_read_conditionally(api, partner: Partner) -> None:
    order = make_order(partner)
    path = f"orders/{order.public_id}"
    seen = api.get(path)["ETag"]
    unchanged = api.client.get(f"/api/v1/{path}", headers={"If-None-Match": seen})
    move_external_order(order_id=order.pk, to="in_production")
    changed = api.client.get(f"/api/v1/{path}", headers={"If-None-Match": seen})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert (changed.status_code, changed["ETag"]) == (200, '"s3"')


def test_orders_are_listed_newest_first_in_pages_that_never_repeat(api, partner: Partner) -> None:
    made = [make_order(partner).public_id for _ in range(5)]
    first = api.get("orders?limit=2").json()
    make_order(partner)
    second = api.get(f"orders?limit=2&cursor={first['next_cursor']}").json()
    third = api.get(f"orders?limit=2&cursor={second['next_cursor']}").json()

    seen = [row["id"] for page in (first, second, third) for row in page["data"]]
    assert seen == made[::-1]
    assert third["next_cursor"] is None


def test_a_list_costs_the_same_at_any_length(api, partner: Partner, assert_flat_queries) -> None:
    make_order(partner)

    assert_flat_queries(lambda: api.get("orders"), lambda: [make_order(partner) for _ in range(5)])


def test_orders_are_filtered_and_unknown_filters_refused(api, partner: Partner) -> None:
    order = make_order(partner, reference="PO-77")
    make_order(partner)

    assert [row["id"] for row in api.get("orders?reference=PO-77").json()["data"]] == [order.public_id]
    assert api.get("orders?status=shipped").json()["data"] == []
    assert api.get("orders?since=yesterday").status_code == 400


def test_an_order_is_cancelled_by_its_partner_once(api, partner: Partner) -> None:
    order = make_order(partner)
    path = f"orders/{order.public_id}/cancel"

    first, again = api.post(path, key="a"), api.post(path, key="b")

    assert (first.status_code, first.json()["status"], first.json()["cancellable"]) == (200, "cancelled", False)
    assert again.content == first.content


def test_a_shipped_order_isnt_cancellable(api, partner: Partner) -> None:
    order = make_order(partner)
    for status in ("in_production", "ready"):
        move_external_order(order_id=order.pk, to=status)
    ship_external_order(order_id=order.pk, tracking_number="NO1", actor=None)

    answer = api.post(f"orders/{order.public_id}/cancel", key="a")

    assert (answer.status_code, answer.json()["code"], answer.json()["current"]) == (409, "not_cancellable", "shipped")
    assert api.get(f"orders/{order.public_id}").json()["tracking_number"] == "NO1"


def test_the_events_of_an_order_are_its_history(api, partner: Partner) -> None:
    order = make_order(partner)

    events = api.get(f"orders/{order.public_id}/events").json()["data"]

    told = [(one["data"]["sequence"], one["data"]["previous_status"], one["data"]["status"]) for one in events]
    assert told == [(1, None, "received"), (2, "received", "confirmed")]


def test_a_webhook_endpoints_secret_is_told_once(api) -> None:
    made = api.post("webhook_endpoints", {"url": "http://127.0.0.1:9/hooks"})
    listed = api.get("webhook_endpoints").json()["data"]
    deleted = api.client.delete(f"/api/v1/webhook_endpoints/{made.json()['id']}")

    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert [one["id"] for one in listed] == [made.json()["id"]]
    assert "secret" not in listed[0]
    assert deleted.status_code == 204
    assert api.get("webhook_endpoints").json()["data"] == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hooks",
        "https://127.0.0.1/hooks",
        "https://10.0.0.8/hooks",
        "https://169.254.169.254/latest",
        "https://[::1]/hooks",
        "https://[::7f00:1]/hooks",
        "https://[fec0::1]/hooks",
        "https://[::ffff:10.0.0.1]/hooks",
        "https://user:pass@93.184.216.34/hooks",
        "https://93.184.216.34:22/hooks",
        "ftp://93.184.216.34/",
        "https://",
        "https://[::1",
        "https://93.184.216.34:99999/",
        "hooks",
    ],
)
def test_an_address_inside_the_network_is_refused_with_one_answer(api, settings, url: str) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = False

    answer = api.post("webhook_endpoints", {"url": url})

    assert (answer.status_code, answer.json()["code"]) == (400, "webhook_url_refused")


def test_at_most_five_endpoints_are_active(api) -> None:
    for _ in range(5):
        api.post("webhook_endpoints", {"url": "http://127.0.0.1:9/hooks"})

    assert api.post("webhook_endpoints", {"url": "http://127.0.0.1:9/hooks"}).json()["code"] == "too_many_endpoints"


@pytest.mark.parametrize("path", ["", "nothing", "orders/", "orders/ord_short", "orders/%00", "models/../me/x"])
def test_an_unknown_path_is_a_problem_document(api, path: str) -> None:
    answer = api.get(path)

    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (404, PROBLEM_TYPE, "not_found")
    assert answer["X-Request-Id"].startswith("req_")
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("call", "status", "code"),
    [
        (lambda api: api.client.delete("/api/v1/orders"), 405, "method_not_allowed"),
        (lambda api: api.client.options("/api/v1/orders"), 405, "method_not_allowed"),
        (lambda api: api.client.post("/api/v1/orders", {"a": "b"}, headers={"Idempotency-Key": "k"}), 415, None),
        (lambda api: api.post("orders", {"note": "x" * 70_000}, key="k"), 413, "payload_too_large"),
        (lambda api: api.get("me", Authorization=""), 401, "unauthorized"),
        (lambda api: api.get("me", Authorization="Basic abc"), 401, "unauthorized"),
    ],
)
def test_every_refusal_has_the_same_shape(api, call: Callable, status: int, code: str | None) -> None:
    answer = call(api)

    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM_TYPE)
    problem = answer.json()
    assert set(problem) >= {"type", "title", "status", "code", "instance", "errors"}
    assert problem["code"] == (code or "unsupported_media_type")
    assert problem["instance"] == f"/requests/{answer['X-Request-Id']}"


def test_a_fault_of_ours_is_a_problem_document_without_details(api, monkeypatch, caplog) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("external_orders.selectors.endpoints_of", fail)
    answer = api.get("webhook_endpoints")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret detail" not in answer.content.decode()
    assert answer["X-Request-Id"] in caplog.text


def test_a_database_that_doesnt_answer_is_a_503(api, monkeypatch) -> None:
    def fail(**_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("external_orders.selectors.endpoints_of", fail)
    answer = api.get("webhook_endpoints")

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_me_names_the_partner_and_its_limit(api, partner: Partner) -> None:
    told = api.get("me").json()

    assert told["partner"] == partner.name
    assert told["order_limit"] == {"amount": "100000.00", "currency": "EUR"}


def test_money_is_text_in_json(api, partner: Partner) -> None:
    told = json.loads(api.get(f"orders/{make_order(partner).public_id}").content)

    assert all(isinstance(told[name]["amount"], str) for name in ("net", "tax", "total"))


@pytest.mark.parametrize(
    ("body", "code"), [(b"[" * 30_000, "malformed"), (b'{"\\ud800": 1}', "validation"), (b"\xff", "malformed")]
)
def test_odd_json_is_a_problem_document_never_a_failure(api, body: bytes, code: str) -> None:
    headers = {"Idempotency-Key": "odd"}

    answer = api.client.post("/api/v1/orders", body, content_type="application/json", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_call_without_tls_is_refused_and_not_led_on(api, settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^api/"]

    answer = api.get("me")

    assert (answer.status_code, answer.json()["code"]) == (403, "https_needed")
    assert "Location" not in answer
    assert api.client.get("/api/v1/me", secure=True).status_code == 200


@pytest.mark.parametrize("path", ["me", "orders", "nothing", "models/mdl_AAAAAAAAAAAAAAAAAAAAAA"])
def test_every_answer_has_the_headers_of_every_answer(api, path: str) -> None:
    answer = api.get(path)

    assert answer["X-Request-Id"].startswith("req_")
    assert answer["Api-Version"] == "2026-12-01"
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_two_writers_of_the_same_thing_are_a_conflict_and_a_broken_promise_is_a_fault(api, monkeypatch) -> None:
    for statement, status, code in (
        ("UNIQUE constraint failed: a.b", 409, "conflict"),
        ("CHECK constraint failed: c", 500, "internal"),
    ):

        def fail(statement: str = statement, **_: object) -> None:
            raise IntegrityError(statement)

        monkeypatch.setattr("external_orders.selectors.endpoints_of", fail)
        answer = api.get("webhook_endpoints")

        assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("constraint", "code"), [("partner_model_once", "conflict"), ("idempotency_key_once", "idempotency_in_progress")]
)
def test_on_postgresql_a_constraint_is_known_by_its_name(api, monkeypatch, constraint: str, code: str) -> None:
    class Cause(Exception):
        diag = SimpleNamespace(constraint_name=constraint)

    def fail(**_: object) -> None:
        raise IntegrityError("duplicate key") from Cause()

    monkeypatch.setattr("external_orders.selectors.endpoints_of", fail)

    assert api.get("webhook_endpoints").json()["code"] == code


def test_a_version_that_will_end_says_so_in_every_answer(api, monkeypatch) -> None:
    assert "Deprecation" not in api.get("me")
    ends = Retirement(datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    monkeypatch.setitem(versions.RETIRED, API_VERSION, ends)

    for path in ("me", "orders/ord_AAAAAAAAAAAAAAAAAAAAAA", "nothing"):
        answer = api.get(path)
        assert answer["Deprecation"] == "@1798761600"
        assert answer["Sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"
