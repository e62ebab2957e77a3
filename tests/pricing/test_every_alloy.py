"""A design is measured once and priced in every alloy that is offered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pricing import tasks
from pricing.errors import UnknownAlloy
from pricing.models import Alloy, Choices, Measurement, Quote
from pricing.selectors import quote_progress
from pricing.services import attempts
from pricing.services.designs import measurement_of
from pricing.services.quotes import request_quotes
from pricing.states import QuoteStatus
from tests.factories.pricing import DESIGNS, make_design, make_rates, make_requested_quote

pytestmark = pytest.mark.django_db

PRICE_NEXT = attempts.PRICE_NEXT


@pytest.fixture
def asked():
    make_rates()
    return request_quotes(design=make_design(), alloy_code="ag925", choices=Choices(size="17", engraving=" Ever "))


def test_each_offered_alloy_is_asked_for_and_the_named_one_comes_first(asked):
    offered = set(Alloy.objects.filter(is_offered=True).values_list("code", flat=True))

    assert asked[0].alloy.code == "ag925"
    assert {quote.alloy.code for quote in asked} == offered
    assert len(asked) == len(offered)
    assert {quote.engraving for quote in asked} == {"Ever"}


def test_all_alloys_have_one_wake_up_and_one_turn(asked, queued):
    assert [task for task in queued() if task.startswith("pricing.")] == [PRICE_NEXT]
    assert len({quote.start_by for quote in Quote.objects.all()}) == 1


def test_one_task_measures_once_and_prices_every_alloy(asked, run_tasks):
    ran = run_tasks()

    assert ran.count(PRICE_NEXT) == 1
    assert attempts.PRICE_QUOTE not in ran
    assert Measurement.objects.count() == 1
    assert set(Quote.objects.values_list("status", flat=True)) == {QuoteStatus.PRICED}
    prices = {quote.alloy.code: quote.gross for quote in Quote.objects.select_related("alloy")}
    assert len(set(prices.values())) == len(prices)
    assert prices["ag925"] == min(prices.values())


def test_other_choices_of_a_measured_design_are_one_short_task(asked, run_tasks, queued):
    run_tasks()

    again = request_quotes(design=asked[0].design, alloy_code="ag925", choices=Choices(size="17", quantity=5))

    assert [task for task in queued() if task.startswith("pricing.")] == [attempts.PRICE_QUOTE]
    run_tasks()
    assert {Quote.objects.get(pk=one.pk).status for one in again} == {QuoteStatus.PRICED}


def test_an_alloy_that_another_worker_holds_is_left_to_him(asked):
    measurement_of(asked[0].design, unit="")
    held = attempts.start_attempt(quote_id=asked[3].pk)

    tasks.price_quote(asked[0].pk)

    assert held is not None
    assert set(Quote.objects.exclude(pk=asked[3].pk).values_list("status", flat=True)) == {QuoteStatus.PRICED}
    assert Quote.objects.get(pk=asked[3].pk).status == QuoteStatus.CALCULATING


def test_a_file_that_can_not_be_read_is_refused_in_every_alloy(run_tasks):
    make_rates()
    request_quotes(design=make_design(DESIGNS / "broken" / "flat.stl"), alloy_code="ag925", choices=Choices())

    run_tasks()

    assert set(Quote.objects.values_list("status", "refusal_code")) == {("not_manufacturable", "no_volume")}


def test_a_design_in_nine_alloys_is_one_place_in_line(asked):
    behind = make_requested_quote(design=make_design(DESIGNS / "comfort_band.stl"))
    Quote.objects.filter(pk=behind.pk).update(start_by=timezone.now() + timedelta(hours=1))
    behind.refresh_from_db()

    assert quote_progress(behind).place == 2
    assert quote_progress(Quote.objects.get(pk=asked[-1].pk)).place == 1


def test_an_alloy_that_is_not_offered_asks_for_nothing():
    make_rates()
    with pytest.raises(UnknownAlloy):
        request_quotes(design=make_design(), alloy_code="lead", choices=Choices())

    assert Quote.objects.count() == 0
