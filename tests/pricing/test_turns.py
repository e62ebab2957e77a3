"""Whose turn it is: small designs overtake huge ones, none for ever, each design is measured once at a time."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from config.kernel import heartbeat
from pricing import progress, tasks
from pricing.engine.errors import EngineCrashed
from pricing.models import Design, Measurement, Quote, QuoteLog
from pricing.querysets import HUGE_BYTES
from pricing.selectors import quote_progress
from pricing.services import attempts, designs
from pricing.services.attempts import take_next_attempt
from pricing.states import QuoteStatus
from tests.factories.pricing import RING, make_design, make_design_of, make_quote, make_rates, make_requested_quote

pytestmark = pytest.mark.django_db
MB = 1024 * 1024


@pytest.fixture
def ask(monkeypatch):
    """Ask for a price of a design that claims so many MB."""

    def requested(mb, **asked):
        design = make_design_of(f"design {Design.objects.count()}".encode())
        Design.objects.filter(pk=design.pk).update(size_bytes=mb * MB)
        return make_requested_quote(design=Design.objects.get(pk=design.pk), **asked)

    return requested


@pytest.fixture
def crew():
    """So many pricing workers are seen."""
    return lambda workers: heartbeat.beat("pricing", workers=workers)


def taken():
    attempt = take_next_attempt()
    return None if attempt is None else attempt.quote_id


def finish(quote):
    Quote.objects.filter(pk=quote.pk).update(status=QuoteStatus.FAILED)


def test_a_small_design_overtakes_a_large_one_that_came_before(ask):
    large, small = ask(10), ask(1)

    assert [taken(), taken(), taken()] == [small.pk, large.pk, None]


def test_designs_of_one_size_are_taken_in_the_order_of_their_arrival(ask):
    asked = [ask(1).pk for _ in range(3)]

    assert [taken(), taken(), taken()] == asked


def test_a_large_design_is_not_overtaken_for_ever(ask, time_machine):
    time_machine.move_to("2026-11-22 12:00 +0000", tick=False)
    large = ask(10)
    time_machine.shift(61)  # ten times six seconds, and one
    small = ask(0)

    assert [taken(), taken()] == [large.pk, small.pk]


def test_huge_designs_leave_one_worker_to_the_others(ask, crew):
    crew(3)
    huge = [ask(HUGE_BYTES // MB) for _ in range(3)]

    assert [taken(), taken(), taken()] == [huge[0].pk, huge[1].pk, None]

    small = ask(1)
    assert taken() == small.pk


def test_a_small_design_is_started_even_behind_huge_ones_whose_time_has_come(ask, crew):
    crew(2)
    first, second = ask(64), ask(64)
    Quote.objects.update(start_by=timezone.now() - timedelta(hours=1))
    small = ask(1)

    assert [taken(), taken(), taken()] == [first.pk, small.pk, None]
    finish(first)
    assert taken() == second.pk


def test_a_lone_worker_measures_huge_designs_too(ask, crew):
    crew(1)
    huge = ask(64)

    assert taken() == huge.pk


def test_an_abandoned_huge_design_takes_no_place_and_is_taken_again(ask, crew):
    crew(2)
    abandoned, other = ask(64), ask(64)
    assert taken() == abandoned.pk
    Quote.objects.filter(pk=abandoned.pk).update(lease_until=timezone.now() - timedelta(seconds=1))

    assert taken() == abandoned.pk
    assert taken() is None
    assert Quote.objects.get(pk=other.pk).status == QuoteStatus.REQUESTED


def test_a_design_is_measured_for_one_quote_at_a_time():
    make_rates()
    design = make_design()
    first, second = (make_requested_quote(design=design, alloy_code=code) for code in ("ag925", "au585-yellow"))

    assert [taken(), taken()] == [first.pk, None]
    assert Quote.objects.get(pk=second.pk).attempts == 0


def test_whoever_waited_for_a_design_is_priced_without_measuring_again(run_tasks, monkeypatch):
    design = make_design()
    for code in ("ag925", "au585-yellow", "au750-yellow"):
        make_requested_quote(design=design, alloy_code=code)
    first = take_next_attempt()
    OrmQ.objects.all().delete()  # the other two wake-ups came, found the design being measured, and are gone
    measure, files = designs.sandbox.measure_file, []

    def counted(path, **options):
        files.append(path)
        return measure(path, **options)

    monkeypatch.setattr(designs.sandbox, "measure_file", counted)

    is_measured = tasks._price(first)
    attempts.wake_others(attempt=first, is_measured=is_measured)
    run_tasks()

    assert set(Quote.objects.values_list("status", flat=True)) == {QuoteStatus.PRICED}
    assert (len(files), Measurement.objects.count()) == (1, 1)


def test_a_wake_up_that_could_start_nothing_is_given_back_by_whoever_finishes(ask, crew, queued):
    crew(2)
    ask(64), ask(64)
    tasks_of_first = take_next_attempt()
    OrmQ.objects.all().delete()
    assert take_next_attempt() is None  # the second's wake-up, for nothing

    attempts.give_back_attempt(attempt=tasks_of_first, refusal=EngineCrashed())
    OrmQ.objects.all().delete()
    attempts.wake_others(attempt=tasks_of_first, is_measured=False)
    attempts.wake_others(attempt=tasks_of_first, is_measured=False)

    assert queued() == ["pricing.tasks.price_next_quote"]


def test_an_attempt_that_failed_lines_up_behind_those_that_wait(ask):
    first, second = ask(1), ask(1)
    attempt = take_next_attempt()

    attempts.give_back_attempt(attempt=attempt, refusal=EngineCrashed())

    assert [taken(), taken()] == [second.pk, first.pk]


def test_a_wake_up_too_many_does_nothing(ask):
    tasks.price_next_quote()

    assert QuoteLog.objects.count() == 0


def test_a_quote_that_waited_a_quarter_of_an_hour_fails_and_says_why(ask, time_machine, queued):
    time_machine.move_to("2026-11-22 12:00 +0000", tick=False)
    waits, works = ask(1), ask(1)
    time_machine.shift(899)
    attempts.start_attempt(quote_id=works.pk)
    attempts.sweep_quotes()
    assert Quote.objects.get(pk=waits.pk).status == QuoteStatus.REQUESTED

    time_machine.shift(1)
    attempts.sweep_quotes()

    waits.refresh_from_db()
    assert (waits.status, waits.refusal_code, waits.refusal_params) == ("failed", "engine_busy", {"minutes": 15})
    assert Quote.objects.get(pk=works.pk).status == QuoteStatus.CALCULATING  # it may still come to an end
    assert "shop.tasks.tell_customer_of_quote" in queued()


def test_after_its_deadline_a_failed_attempt_is_the_last(ask, time_machine):
    time_machine.move_to("2026-11-22 12:00 +0000", tick=False)
    quote = ask(1)
    time_machine.shift(890)
    attempt = take_next_attempt()
    time_machine.shift(20)

    attempts.give_back_attempt(attempt=attempt, refusal=EngineCrashed())

    quote.refresh_from_db()
    assert (quote.status, quote.refusal_code, quote.attempts) == ("failed", "engine_crashed", 1)


def test_a_quote_that_a_person_tries_again_has_its_quarter_of_an_hour_anew(ask, time_machine):
    from pricing.services import quotes

    time_machine.move_to("2026-11-22 12:00 +0000", tick=False)
    quote = ask(1)
    time_machine.shift(901)
    attempts.sweep_quotes()

    quotes.retry_quote(quote_id=quote.pk, actor=None)
    time_machine.shift(600)
    attempts.sweep_quotes()

    assert Quote.objects.get(pk=quote.pk).status == QuoteStatus.REQUESTED


def test_the_place_in_line_counts_those_to_be_started_before(ask):
    large, small, later = ask(10), ask(1), ask(1)

    places = [quote_progress(Quote.objects.get(pk=quote.pk)).place for quote in (small, later, large)]

    assert places == [1, 2, 3]


def test_places_are_counted_up_to_a_bound(ask, monkeypatch):
    monkeypatch.setattr("pricing.selectors.progress._QUEUE_SHOWN", 2)
    quotes = [ask(1) for _ in range(3)]

    found = [quote_progress(Quote.objects.get(pk=quote.pk)) for quote in quotes]

    assert [(one.place, one.is_beyond) for one in found] == [(1, False), (2, False), (2, True)]


def test_the_worker_tells_its_stages_and_the_page_reads_them(monkeypatch):
    told = []
    quote = make_requested_quote()
    tell = progress.tell_stage
    monkeypatch.setattr(tasks.progress, "tell_stage", lambda pk, stage: (told.append(stage), tell(pk, stage)))

    tasks.price_next_quote()

    assert told == ["reading", "measuring", "walls", "drawing", "pricing"]
    quote.status = QuoteStatus.CALCULATING
    assert (quote_progress(quote).stage, quote_progress(quote).percent) == ("pricing", 95)


def test_a_stage_that_the_cache_has_lost_is_the_first():
    quote = make_quote()
    quote.status = QuoteStatus.CALCULATING
    progress.tell_stage(quote.pk, "nonsense")

    assert quote_progress(quote).stage == "reading"


def test_the_workers_of_all_clusters_are_counted_while_they_are_seen(monkeypatch, time_machine):
    time_machine.move_to("2026-11-22 12:00 +0000", tick=False)
    heartbeat.beat("pricing", workers=2)
    time_machine.shift(10)
    monkeypatch.setattr(heartbeat.os, "getpid", lambda: 1)
    heartbeat.beat("pricing", workers=4)

    assert heartbeat.workers("pricing") == 6
    time_machine.shift(12)
    assert heartbeat.workers("pricing") == 4


def test_a_quote_costs_a_worker_few_statements(django_assert_max_num_queries):
    make_rates()
    for design in (make_design(), make_design_of(RING.read_bytes() + b"\n")):
        make_requested_quote(design=design)
    tasks._price(take_next_attempt())  # reads the price list that is in force

    with django_assert_max_num_queries(26):
        attempt = take_next_attempt()
        attempts.wake_others(attempt=attempt, is_measured=tasks._price(attempt))
