"""Models that are measured on arrival and quotes that are settled: each told of once, whatever the queue loses."""

import threading
import time
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_q.models import OrmQ

from external_orders.api import waiting
from external_orders.models import Event, ExternalQuote, PartnerModel
from external_orders.services import models, quotes
from pricing.engine.errors import EngineCrashed
from pricing.models import Quote
from pricing.tasks import price_quote
from tests.factories.external_orders import make_order, make_quote, make_requested_quote, make_variant
from tests.factories.pricing import DESIGNS, RING, make_rates

pytestmark = pytest.mark.django_db


def _upload(api, path=RING) -> dict:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return api.client.post("/api/v1/models", {"file": file}).json()


def _told() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("type", flat=True))


@pytest.mark.parametrize(
    ("path", "status", "event"),
    [(RING, "ready", "model.ready"), (DESIGNS / "broken" / "flat.stl", "rejected", "model.rejected")],
)
def test_a_model_is_measured_on_arrival_and_its_partner_is_told(api, run_tasks, path, status: str, event: str) -> None:
    model = _upload(api, path)
    run_tasks()
    models.measure_model(model_id=PartnerModel.objects.get().pk)

    told = api.get(f"models/{model['id']}").json()
    assert (model["status"], told["status"], _told()) == ("processing", status, [event])
    data = Event.objects.get().data
    assert data == {"id": model["id"], **({"reasons": told["reasons"]} if told["reasons"] else {})}


def test_the_same_file_again_is_measured_and_told_of_no_more(api, run_tasks, queued) -> None:
    _upload(api)
    run_tasks()
    _upload(api)

    assert queued() == []
    assert _told() == ["model.ready"]


def test_a_model_that_crashes_the_engine_is_refused_at_the_third_attempt(api, run_tasks, monkeypatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise EngineCrashed

    monkeypatch.setattr(models, "measurement_of", crash)
    model = _upload(api)
    ran = run_tasks()

    assert ran[:3] == ["external_orders.tasks.measure_model"] * 3
    told = api.get(f"models/{model['id']}").json()
    assert (told["status"], told["reasons"]) == ("rejected", [{"code": "engine_crashed"}])
    assert _told() == ["model.rejected"]


def test_a_model_that_kills_its_worker_is_refused_by_the_sweep(api) -> None:
    _upload(api)
    PartnerModel.objects.update(attempts=3, lease_until=timezone.now() - timedelta(seconds=1))

    models.sweep_models()
    models.sweep_models()

    assert _told() == ["model.rejected"]


def test_the_sweep_finds_a_model_that_the_queue_lost(api, run_tasks) -> None:
    model = _upload(api)
    OrmQ.objects.all().delete()
    models.sweep_models()
    assert not OrmQ.objects.exists()
    PartnerModel.objects.update(created_at=timezone.now() - timedelta(minutes=5))

    models.sweep_models()
    run_tasks()

    assert api.get(f"models/{model['id']}").json()["status"] == "ready"


def test_a_quote_is_told_of_once_when_its_last_line_is_priced(partner) -> None:
    quote = make_requested_quote(partner, pieces=2)
    for item in quote.items.all():
        price_quote(item.quote_id)
        quotes.record_settled(quote_id=item.quote_id)
        quotes.record_settled(quote_id=item.quote_id)

    assert _told() == ["quote.priced"]
    assert Event.objects.get().data == {"id": quote.public_id}
    row = ExternalQuote.objects.get()
    assert row.expires_at == min(Quote.objects.values_list("valid_until", flat=True))


def test_what_cant_be_made_is_told_of_as_refused(partner) -> None:
    quote = make_quote(partner, path=DESIGNS / "broken" / "flat.stl")

    quotes.record_settled(quote_id=quote.items.get().quote_id)

    assert _told() == ["quote.refused"]


def test_what_the_answer_said_already_is_no_event(api) -> None:
    variant = make_variant()
    api.post("quotes", {"items": [{"sku": variant.sku}]}, key="q")
    quotes.record_settled(quote_id=Quote.objects.latest("pk").pk)

    assert _told() == []
    assert ExternalQuote.objects.get().settled_at is not None


def test_the_queue_alone_tells_of_a_priced_quote(partner, run_tasks) -> None:
    make_requested_quote(partner)
    run_tasks()

    assert _told() == ["model.ready", "quote.priced"]


def test_an_expired_quote_is_told_of_once_and_an_ordered_one_never(partner) -> None:
    make_quote(partner)
    make_order(partner)
    for quote_id in Quote.objects.values_list("pk", flat=True):
        quotes.record_settled(quote_id=quote_id)
    Event.objects.all().delete()
    ExternalQuote.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    quotes.sweep_external_quotes()
    quotes.sweep_external_quotes()

    assert _told() == ["quote.expired"]


def test_the_sweep_finds_a_quote_whose_fact_the_queue_lost(partner) -> None:
    quote = make_requested_quote(partner)
    price_quote(quote.items.get().quote_id)
    quotes.sweep_external_quotes()
    assert _told() == []
    ExternalQuote.objects.update(created_at=timezone.now() - timedelta(minutes=5))

    quotes.sweep_external_quotes()

    assert _told() == ["quote.priced"]


def test_a_quote_of_the_shops_is_none_of_a_partners() -> None:
    make_rates()

    quotes.record_settled(quote_id=123)

    assert _told() == []


def test_an_answer_waits_until_there_is_something_to_say(api, monkeypatch) -> None:
    model = _upload(api)
    pk = PartnerModel.objects.get().pk
    looks = []

    def measure_at_the_third_look(_: float) -> None:
        looks.append(1)
        if len(looks) == 3:
            models.measure_model(model_id=pk)

    monkeypatch.setattr(waiting.time, "sleep", measure_at_the_third_look)
    answer = api.get(f"models/{model['id']}", Prefer="respond-async, wait=10")

    assert (answer.json()["status"], answer["Preference-Applied"]) == ("ready", "wait=10")
    assert "Preference-Applied" not in api.get(f"models/{model['id']}", Prefer="wait=10")


@pytest.mark.parametrize(("prefer", "at_most"), [("wait=1", 2.5), ("wait=0", 0.5), ("", 0.5), ("wait=abc", 0.5)])
def test_an_answer_waits_no_longer_than_asked(api, prefer: str, at_most: float) -> None:
    model = _upload(api)
    began = time.monotonic()
    answer = api.get(f"models/{model['id']}", Prefer=prefer)

    assert answer.json()["status"] == "processing"
    assert time.monotonic() - began < at_most + 1


def test_when_all_seats_are_taken_the_answer_comes_at_once(api, monkeypatch) -> None:
    monkeypatch.setattr(waiting, "_seats", threading.BoundedSemaphore(1))
    model = _upload(api)
    assert waiting._seats.acquire(blocking=False)

    answer = api.get(f"models/{model['id']}", Prefer="wait=10")

    assert "Preference-Applied" not in answer
