"""Quotes and orders of several pieces, of models and of the catalogue."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from external_orders.models import ExternalOrder, ExternalQuote, Partner
from external_orders.services import orders, production
from external_orders.services.statuses import move_external_order
from external_orders.states import ExternalOrderStatus
from mes.models import Operation, WorkOrder
from mes.selectors import content_of
from mes.services.operations import claim_operation, start_operation
from mes.services.release import cancel_work_order
from pricing.models import Quote
from shop.models import Product
from shop.services.catalogue import request_variant_price
from tests.factories.external_orders import SHIP_TO, make_order, make_quote, make_requested_quote, make_variant
from tests.factories.mes import make_operator, make_workshop
from tests.factories.pricing import DESIGNS, make_rates
from tests.factories.pricing import make_quote as make_pricing_quote

pytestmark = pytest.mark.django_db


def _order(api, quote_id: str) -> dict:
    body = {"quote_id": quote_id, "reference": "PO-1", "ship_to": SHIP_TO}
    return api.post("orders", body, key="o").json()


def test_a_quote_of_several_pieces_is_ordered_for_its_total_and_made_by_a_work_order_each(api, partner) -> None:
    quote = make_quote(partner, pieces=3)
    told = api.get(f"quotes/{quote.public_id}").json()
    order = _order(api, quote.public_id)

    lines = [Decimal(line["price"]["gross"]["amount"]) for line in told["items"]]
    assert len(lines) == len(order["items"]) == WorkOrder.objects.count() == 3
    assert sum(lines) == Decimal(told["price"]["gross"]["amount"]) == Decimal(order["total"]["amount"])
    assert [line["price"]["gross"] for line in order["items"]] == [line["price"]["gross"] for line in told["items"]]


def test_a_piece_of_the_catalogue_has_its_price_at_once(api) -> None:
    make_workshop()
    variant = make_variant()

    answer = api.post("quotes", {"items": [{"sku": variant.sku}]}, key="q")

    told = answer.json()
    assert (answer.status_code, told["status"]) == (201, "priced")
    assert (told["items"][0]["sku"], told["items"][0]["model_id"]) == (variant.sku, None)
    assert told["price"]["gross"]["amount"] == str(variant.quote.gross)
    assert _order(api, told["id"])["status"] == "confirmed"


def test_several_pieces_of_the_catalogue_are_priced_by_a_worker(api, run_tasks) -> None:
    make_workshop()
    variant = make_variant()

    answer = api.post("quotes", {"items": [{"sku": variant.sku, "quantity": 3}]}, key="q")
    run_tasks()

    assert (answer.status_code, answer.json()["status"]) == (202, "pricing")
    assert api.get(f"quotes/{answer.json()['id']}").json()["status"] == "priced"


def _pair():
    """A variant of which one is two pieces, with its price in force."""
    make_rates()
    make_workshop()
    variant = make_variant(is_priced=False)
    Product.objects.filter(pk=variant.product_id).update(pieces=2)
    request_variant_price(variant_id=variant.pk)
    return variant


def test_a_pair_is_one_for_partner_and_shop_and_two_pieces_for_workshop_and_price(api, run_tasks) -> None:
    variant = _pair()
    run_tasks()
    one = api.post("quotes", {"items": [{"sku": variant.sku}]}, key="one").json()
    two = api.post("quotes", {"items": [{"sku": variant.sku, "quantity": 2}]}, key="two").json()
    run_tasks()
    two = api.get(f"quotes/{two['id']}").json()
    pieces = [make_pricing_quote(quantity=n, design=variant.made_from) for n in (2, 4)]

    assert [told["items"][0]["quantity"] for told in (one, two)] == [1, 2]
    assert [told["price"]["gross"]["amount"] for told in (one, two)] == [str(quote.gross) for quote in pieces]
    assert api.get(f"catalogue/{variant.sku}").json()["price"]["gross"] == one["price"]["gross"]
    assert list(Quote.objects.filter(pieces_in_one=2).order_by("pk").values_list("quantity", flat=True)) == [1, 1, 2]
    assert content_of(Quote.objects.get(quantity=2, pieces_in_one=2)).quantity == 4


def test_more_pairs_than_can_be_made_are_refused_in_pairs(api) -> None:
    variant = _pair()

    answer = api.post("quotes", {"items": [{"sku": variant.sku, "quantity": 501}]}, key="q")

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_quantity")
    assert "500" in answer.json()["title"]
    assert not ExternalQuote.objects.exists()


def test_a_quote_waits_for_its_last_line_and_falls_with_one_that_cant_be_made(api, partner: Partner) -> None:
    waiting = make_requested_quote(partner, path=DESIGNS / "bead_ring.stl")
    spoilt = make_quote(partner, path=DESIGNS / "broken" / "flat.stl")
    spoilt.items.update(rank=2)
    priced = make_quote(partner).items.get()
    waiting.items.update(rank=2)
    priced.external_quote = waiting
    priced.save()

    assert api.get(f"quotes/{waiting.public_id}").json()["status"] == "pricing"
    spoilt.items.update(external_quote=waiting, rank=3)
    told = api.get(f"quotes/{waiting.public_id}").json()
    assert (told["status"], told["price"]) == ("not_manufacturable", None)


def test_one_expired_line_expires_the_quote_and_the_order_changes_nothing(api, partner: Partner) -> None:
    quote = make_quote(partner, pieces=2)
    last = quote.items.order_by("-quote").first()
    Quote.objects.filter(pk=last.quote_id).update(valid_until=timezone.now() - timedelta(seconds=1))

    assert _order(api, quote.public_id)["code"] == "quote_expired"
    assert set(Quote.objects.values_list("status", flat=True)) == {"priced"}


@pytest.mark.parametrize(
    ("item", "pointer", "code"),
    [
        ({}, "/items/0/model_id", "model_or_sku"),
        ({"sku": "a", "model_id": "b"}, "/items/0/model_id", "model_or_sku"),
        ({"sku": "a", "alloy": "ag925"}, "/items/0/alloy", "said_by_sku"),
        ({"model_id": "a", "kind": "ring"}, "/items/0/alloy", "required"),
        ({"sku": "a", "quantity": 0}, "/items/0/quantity", "min_value"),
        ({"sku": "a", "quantity": -1}, "/items/0/quantity", "min_value"),
    ],
)
def test_a_wrong_line_is_named_by_a_pointer(api, item: dict, pointer: str, code: str) -> None:
    answer = api.post("quotes", {"items": [item]}, key="q")

    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert not ExternalQuote.objects.exists()


def test_a_quote_has_between_one_and_fifty_lines(api) -> None:
    for items in ([], [{"sku": "a"}] * 51):
        assert api.post("quotes", {"items": items}, key="q").json()["code"] == "validation"


def test_an_unknown_sku_is_refused_and_nothing_is_kept_of_the_quote(api) -> None:
    variant = make_variant()

    answer = api.post("quotes", {"items": [{"sku": variant.sku}, {"sku": "nothing"}]}, key="q")

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_sku")
    assert not ExternalQuote.objects.exists()


def _start(work_order: WorkOrder) -> None:
    operator = make_operator()
    operation = Operation.objects.filter(work_order=work_order).order_by("sequence").first()
    claim_operation(operation_id=operation.pk, reason="asked", actor=operator)
    start_operation(operation_id=operation.pk, actor=operator)


def test_the_first_start_puts_an_order_in_production_and_the_last_end_makes_it_ready(run_tasks) -> None:
    order = make_order(pieces=2)
    first, second = WorkOrder.objects.order_by("pk")
    _start(second)
    run_tasks()
    order.refresh_from_db()
    assert order.status == ExternalOrderStatus.IN_PRODUCTION

    for work_order, status in ((first, "in_production"), (second, "ready")):
        WorkOrder.objects.filter(pk=work_order.pk).update(status="done", finished_at=timezone.now())
        production.record_production(work_order_id=work_order.pk)
        order.refresh_from_db()
        assert order.status == status


def test_an_order_is_cancelled_only_when_the_workshop_gave_up_all_of_it(run_tasks) -> None:
    order = make_order(pieces=2)
    for work_order, status in zip(WorkOrder.objects.order_by("pk"), ("confirmed", "cancelled"), strict=True):
        cancel_work_order(work_order_id=work_order.pk, reason="no metal", actor=None)
        run_tasks()
        order.refresh_from_db()
        assert order.status == status


def test_cancelling_takes_all_work_orders_or_none() -> None:
    order = make_order(pieces=2)
    last = WorkOrder.objects.order_by("-pk").first()
    Operation.objects.filter(work_order=last, kind="cast").update(started_at=timezone.now())

    with pytest.raises(orders.NotCancellable):
        orders.cancel_external_order(order_id=order.pk, reason="too late")

    assert set(WorkOrder.objects.values_list("status", flat=True)) == {"released"}


def test_a_cancellation_for_a_version_that_is_over_is_refused(api, partner: Partner) -> None:
    order = make_order(partner)
    path = f"orders/{order.public_id}/cancel"
    seen = api.get(f"orders/{order.public_id}")["ETag"]
    move_external_order(order_id=order.pk, to="in_production")

    refused = api.post(path, key="a", **{"If-Match": seen})
    taken = api.post(path, key="a", **{"If-Match": '"s3"'})

    assert (refused.status_code, refused.json()["code"]) == (412, "order_changed")
    assert (taken.status_code, taken.json()["status"]) == (200, "cancelled")


def test_the_catalogue_is_listed_by_sku_in_pages_and_read_conditionally(api) -> None:
    skus = sorted(make_variant().sku for _ in range(3))
    make_variant(is_priced=False)
    first = api.get("catalogue?limit=2")
    second = api.get(f"catalogue?limit=2&cursor={first.json()['next_cursor']}")
    one = api.get(f"catalogue/{skus[0]}")

    rows = first.json()["data"] + second.json()["data"]
    assert [row["sku"] for row in rows][:3] == skus
    assert rows[0]["price_basis"] == "piece"
    assert (rows[3]["price"], rows[3]["expires_at"]) == (None, None)
    assert one.json() == rows[0]
    for path, answer in (("catalogue?limit=2", first), (f"catalogue/{skus[0]}", one)):
        assert api.get(path, **{"If-None-Match": answer["ETag"]}).status_code == 304
    assert api.get("catalogue/nothing").status_code == 404
    assert api.get("catalogue", **{"Accept-Language": "ru"}).json()["data"][0]["name"] == "Кольцо"


@pytest.mark.parametrize("cursor", ["x", "ord_AAAAAAAAAAAAAAAAAAAAAA", "ord_AAAAAAAAAAAAAAAAAAAAAA.sig", "a.b.c"])
def test_a_cursor_that_wasnt_given_is_refused(api, cursor: str) -> None:
    for path in ("orders", "catalogue"):
        answer = api.get(f"{path}?cursor={cursor}")

        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


def test_orders_changed_since_a_moment_are_found(api, partner: Partner) -> None:
    old, new = make_order(partner), make_order(partner)
    ExternalOrder.objects.filter(pk=old.pk).update(changed_at=timezone.now() - timedelta(days=2))
    since = (timezone.now() - timedelta(days=1)).isoformat().replace("+", "%2B")

    assert [row["id"] for row in api.get(f"orders?updated_since={since}").json()["data"]] == [new.public_id]
    assert api.get("orders?updated_since=yesterday").status_code == 400


def test_words_are_engraved_on_a_model_and_told_with_the_order(api, partner: Partner) -> None:
    quote = make_quote(partner, engraving=" Ever yours ")

    order = _order(api, quote.public_id)

    assert api.get(f"quotes/{quote.public_id}").json()["items"][0]["engraving"] == "Ever yours"
    assert order["items"][0]["engraving"] == "Ever yours"
    assert WorkOrder.objects.get().engraving == "Ever yours"


def test_words_on_a_piece_of_the_catalogue_are_priced_by_a_worker_where_there_is_room(api) -> None:
    make_workshop()
    variant = make_variant()
    body = {"items": [{"sku": variant.sku, "engraving": "M & E"}]}
    refused = api.post("quotes", body, key="q")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_engravable")
    variant.product.is_engravable = True
    variant.product.save()

    asked = api.post("quotes", body, key="q")

    assert (asked.status_code, asked.json()["items"][0]["engraving"]) == (202, "M & E")


def test_words_that_cant_be_engraved_are_refused(api) -> None:
    make_workshop()
    body = {"items": [{"sku": make_variant().sku, "engraving": "x" * 61}]}

    assert api.post("quotes", body, key="q").json()["errors"][0]["pointer"] == "/items/0/engraving"
