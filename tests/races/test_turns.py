"""Several workers wake at once. Each race has a control that shows that the race is real."""

import threading

import pytest

from config.kernel import heartbeat
from config.kernel.locking import take_next
from pricing.models import Design, Quote
from pricing.querysets import HUGE_BYTES
from pricing.services import attempts
from pricing.services.attempts import take_next_attempt
from tests.factories.pricing import make_design, make_design_of, make_requested_quote

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_rows")]

WORKERS = 6


def make_twins():
    design = make_design()
    return [make_requested_quote(design=design).pk for _ in range(WORKERS)]


def taken(outcomes):
    return [outcome.quote_id for outcome in outcomes if outcome is not None]


def test_workers_who_wake_at_once_all_take_different_quotes(at_once):
    asked = {make_requested_quote(design=make_design_of(f"design {n}".encode())).pk for n in range(WORKERS)}

    outcomes = at_once(*[take_next_attempt] * WORKERS)

    assert sorted(taken(outcomes)) == sorted(asked)


def test_one_design_is_taken_by_one_worker(at_once):
    twins = make_twins()

    assert taken(at_once(*[take_next_attempt] * WORKERS)) == twins[:1]


def test_control_without_the_lock_two_workers_would_measure_one_design(at_once, monkeypatch):
    make_twins()
    both_have_chosen = threading.Barrier(2)

    def choose(free):
        chosen = take_next(free)
        both_have_chosen.wait(timeout=60)
        return chosen

    monkeypatch.setattr(attempts, "wait_for_named_lock", lambda _: None)
    monkeypatch.setattr(attempts, "take_next", choose)

    assert len(taken(at_once(take_next_attempt, take_next_attempt))) == 2


def test_huge_designs_never_take_the_last_worker(at_once):
    heartbeat.beat("pricing", workers=3)
    for n in range(WORKERS):
        make_requested_quote(design=make_design_of(f"design {n}".encode()))
    Design.objects.update(size_bytes=HUGE_BYTES)

    assert len(taken(at_once(*[take_next_attempt] * WORKERS))) == 2


def test_a_quote_that_somebody_has_locked_is_passed_over_without_waiting(at_once):
    first, second = (make_requested_quote(design=make_design_of(word)).pk for word in (b"one", b"two"))
    locked, done = threading.Event(), threading.Event()

    def hold():
        from django.db import transaction

        with transaction.atomic():
            Quote.objects.select_for_update().get(pk=first)
            locked.set()
            assert done.wait(timeout=60)

    def take():
        assert locked.wait(timeout=60)
        try:
            return take_next_attempt()
        finally:
            done.set()

    assert taken(at_once(hold, take)) == [second]
