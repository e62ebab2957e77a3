from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from pricing import tasks
from pricing.engine.errors import EngineCrashed
from pricing.errors import BadQuantity, FileEmpty, FileTooLarge, QuoteExpired, QuoteNotPriced, QuoteUsed, UnknownAlloy
from pricing.models import Design, Measurement, Quote
from pricing.services import attempts, designs, quotes, rates
from pricing.states import QuoteStatus
from tests.factories.pricing import DESIGNS, make_design, make_design_of, make_quote, make_rates, make_requested_quote

pytestmark = pytest.mark.django_db


def test_the_same_bytes_are_stored_once_under_a_random_name():
    first, second = make_design(), make_design()

    assert first == second
    assert Design.objects.count() == 1
    assert "band" not in first.file.name


def test_an_empty_file_is_refused_and_nothing_is_stored():
    with pytest.raises(FileEmpty):
        make_design_of(b"")

    assert Design.objects.count() == 0


def test_a_file_over_the_limit_is_refused_with_both_sizes_and_nothing_is_stored(settings):
    settings.MAX_UPLOAD_BYTES = 1024 * 1024

    with pytest.raises(FileTooLarge) as refusal:
        make_design_of(b"x" * (1024 * 1024 + 1))

    assert "2 MB" in str(refusal.value)
    assert "1 MB" in str(refusal.value)
    assert Design.objects.count() == 0
    assert not default_storage.exists("designs")


def test_asking_for_a_price_calculates_nothing_and_queues_a_task_for_the_pricing_cluster(monkeypatch):
    monkeypatch.setattr(quotes, "price_of_receipt", None)
    from django_q.models import OrmQ

    quote = make_requested_quote()

    assert quote.status == QuoteStatus.REQUESTED
    assert list(OrmQ.objects.filter(key="pricing").values_list("key", flat=True)) == ["pricing"]


def test_a_design_that_was_measured_before_is_priced_by_the_short_queue():
    from django_q.models import OrmQ

    make_quote()
    OrmQ.objects.all().delete()

    make_requested_quote(alloy_code="ag925")

    assert OrmQ.objects.get().key == "default"


def test_the_task_prices_a_quote_with_its_breakdown():
    quote = make_requested_quote()

    tasks.price_quote(quote.pk)

    quote.refresh_from_db()
    assert quote.status == QuoteStatus.PRICED
    assert quote.gross == quote.net + quote.tax
    assert sum(one.amount for one in quote.components.all()) == quote.net
    assert [line.to_status for line in quote.log.all()] == ["requested", "calculating", "priced"]


def test_a_task_that_runs_twice_takes_effect_once():
    quote = make_requested_quote()

    tasks.price_quote(quote.pk)
    tasks.price_quote(quote.pk)

    quote.refresh_from_db()
    assert quote.attempts == 1
    assert Measurement.objects.count() == 1


def test_a_design_is_measured_once_however_many_alloys_are_asked(monkeypatch):
    make_quote()
    monkeypatch.setattr(designs.sandbox, "measure_file", None)

    quote = make_quote(alloy_code="ag925")

    assert quote.status == QuoteStatus.PRICED


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("not_a_model.stl", "unknown_format"),
        ("false_count.stl", "false_triangle_count"),
        ("nan.stl", "not_finite"),
        ("flat.stl", "no_volume"),
    ],
)
def test_a_file_that_cannot_be_made_is_refused_by_name(file, code):
    quote = make_requested_quote(design=make_design(DESIGNS / "broken" / file))

    tasks.price_quote(quote.pk)

    quote.refresh_from_db()
    assert (quote.status, quote.refusal_code) == (QuoteStatus.NOT_MANUFACTURABLE, code)
    assert quote.gross is None


def test_attempts_are_counted_before_the_heavy_part():
    quote = make_requested_quote()

    attempts.start_attempt(quote_id=quote.pk)  # and then the worker is killed

    assert Quote.objects.get(pk=quote.pk).attempts == 1


def test_a_quote_whose_worker_vanished_is_found_by_the_sweep_after_its_lease(queued):
    quote = make_requested_quote()
    attempts.start_attempt(quote_id=quote.pk)
    from django_q.models import OrmQ

    OrmQ.objects.all().delete()
    long_ago = timezone.now() - timedelta(hours=1)
    Quote.objects.filter(pk=quote.pk).update(lease_until=long_ago, hinted_at=long_ago)

    attempts.sweep_quotes()
    attempts.sweep_quotes()

    assert queued() == ["pricing.tasks.price_next_quote"]


def test_three_vanished_workers_are_enough(queued):
    quote = make_requested_quote()
    long_ago = timezone.now() - timedelta(hours=1)
    for _ in range(3):
        assert attempts.start_attempt(quote_id=quote.pk)
        Quote.objects.filter(pk=quote.pk).update(lease_until=long_ago)

    assert attempts.start_attempt(quote_id=quote.pk) is None
    attempts.sweep_quotes()

    assert Quote.objects.get(pk=quote.pk).status == QuoteStatus.FAILED


def test_a_child_that_crashes_three_times_fails_by_name_and_may_be_tried_again(monkeypatch, run_tasks):
    def crash(*_args, **_kwargs):
        raise EngineCrashed

    monkeypatch.setattr(designs.sandbox, "measure_file", crash)
    quote = make_requested_quote()

    run_tasks()

    quote.refresh_from_db()
    assert (quote.status, quote.refusal_code, quote.attempts) == (QuoteStatus.FAILED, "engine_crashed", 3)
    assert Measurement.objects.count() == 0

    monkeypatch.undo()
    quotes.retry_quote(quote_id=quote.pk, actor=None)
    run_tasks()

    quote.refresh_from_db()
    assert (quote.status, quote.refusal_code) == (QuoteStatus.PRICED, "")


def test_a_late_attempt_writes_nothing():
    quote = make_requested_quote()
    late = attempts.start_attempt(quote_id=quote.pk)
    measurement = designs.measurement_of(quote.design, unit="mm")
    Quote.objects.filter(pk=quote.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    now = attempts.start_attempt(quote_id=quote.pk)

    assert quotes.settle_quote(attempt=late, measurement=measurement) is None
    assert quotes.settle_quote(attempt=now, measurement=measurement).status == QuoteStatus.PRICED


def test_a_quote_is_accepted_once():
    quote = make_quote()
    quotes.accept_quote(quote_id=quote.pk, actor=None)

    with pytest.raises(QuoteUsed):
        quotes.accept_quote(quote_id=quote.pk, actor=None)


def test_an_expired_quote_is_refused_even_before_the_sweep_marked_it():
    quote = make_quote()
    Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.now())

    with pytest.raises(QuoteExpired):
        quotes.accept_quote(quote_id=quote.pk, actor=None)

    attempts.sweep_quotes()
    assert Quote.objects.get(pk=quote.pk).status == QuoteStatus.EXPIRED


def test_a_quote_without_a_price_cannot_be_ordered():
    with pytest.raises(QuoteNotPriced):
        quotes.accept_quote(quote_id=make_requested_quote().pk, actor=None)


def test_a_quote_calculated_again_gives_the_same_amount_to_the_cent_after_all_rates_changed():
    quote = make_quote(quantity=3, finish="matte")
    rates.publish_metal_price(metal="gold", currency="EUR", price_per_g=Decimal(999), source="test")
    quote.alloy.density_g_cm3 = Decimal("19.3")
    quote.alloy.save()

    price = quotes.replay_quote(quote=Quote.objects.get(pk=quote.pk))

    assert (price.net, price.tax, price.gross) == (quote.net, quote.tax, quote.gross)


def test_a_reissued_quote_has_the_same_price_and_lines_and_its_own_name():
    original = make_quote()

    copy = quotes.reissue_quote(quote_id=original.pk)

    assert copy.reference != original.reference
    assert (copy.gross, copy.components.count()) == (original.gross, original.components.count())


def test_unknown_alloys_and_impossible_quantities_are_refused():
    make_rates()

    with pytest.raises(UnknownAlloy):
        make_requested_quote(alloy_code="unobtainium")
    with pytest.raises(BadQuantity):
        make_requested_quote(quantity=0)
    assert Quote.objects.count() == 0


def test_the_database_itself_refuses_a_priced_quote_whose_amounts_do_not_add_up():
    quote = make_quote()

    with pytest.raises(IntegrityError), transaction.atomic():
        Quote.objects.filter(pk=quote.pk).update(gross=quote.gross + 1)


def test_a_published_price_list_cannot_be_published_again():
    make_rates()
    from pricing.errors import PriceListPublished
    from pricing.models import PriceList

    with pytest.raises(PriceListPublished):
        rates.publish_price_list(price_list_id=PriceList.objects.get().pk)


def test_the_preview_is_our_own_picture_not_the_strangers_file():
    measurement = make_quote().measurement

    assert Path(measurement.preview.path).read_bytes().startswith(b"\x89PNG")
