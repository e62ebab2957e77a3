"""The promised date and its probability: pure."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mes.promising import Load, after_working_days, promise_day, working_days_between

TODAY = date(2026, 11, 23)  # a Monday
LOADS = [Load(minutes_per_day=480, open_minutes=960, own_minutes=60), Load(480, 0, 60)]


def test_weekends_and_days_off_do_not_count_as_working_days():
    friday = date(2026, 11, 27)

    assert after_working_days(friday, 1) == date(2026, 11, 30)
    assert after_working_days(friday, 1, frozenset({date(2026, 11, 30)})) == date(2026, 12, 1)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 60))
def test_working_days_are_counted_as_they_are_added(day, days):
    assert working_days_between(day, after_working_days(day, days)) == days
    assert working_days_between(after_working_days(day, days), day) == -days


def test_a_promise_is_waiting_plus_working_plus_what_the_probability_needs():
    # 2 days until the fullest work centre is free and 2 operations of a day each: 4 working days are expected. The
    # spread is sqrt((0.3 x 2)^2 + 2 x 0.5^2) = 0.93 days: one day more is enough with 86 %, two are with 98 %.
    promise = promise_day(LOADS, today=TODAY)

    assert (promise.day, promise.probability, promise.expected_on) == (date(2026, 12, 1), 90, date(2026, 11, 27))
    assert promise_day(LOADS, today=TODAY, probability=85).day == date(2026, 11, 30)
    assert promise_day(LOADS, today=TODAY, probability=50).day == date(2026, 11, 27)


@given(st.integers(0, 50_000), st.integers(1, 5_000), st.integers(50, 98))
def test_more_load_and_more_certainty_never_promise_an_earlier_day(waiting, more, probability):
    def day(open_minutes, per_cent):
        return promise_day([Load(480, open_minutes, 60)], today=TODAY, probability=per_cent).day

    assert day(waiting + more, probability) >= day(waiting, probability)
    assert day(waiting, probability + 1) >= day(waiting, probability) > TODAY


def test_pieces_that_came_later_than_expected_make_later_promises_and_punctual_ones_earlier():
    usual = promise_day(LOADS, today=TODAY).day

    assert promise_day(LOADS, today=TODAY, errors={5: 400}).day == after_working_days(TODAY, 4 + 5)
    assert promise_day(LOADS, today=TODAY, errors={-2: 4000}).day < usual


@pytest.mark.parametrize("probability", [50, 80, 90, 95])
def test_promises_are_kept_as_often_as_they_say_once_enough_was_observed(probability):
    """What the promise learns from and what it is scored by are drawn from the same workshop, not the same pieces."""
    draw = Random(7)
    errors = Counter(round(draw.gammavariate(2.0, 1.5)) for _ in range(4_000))
    promised = promise_day(LOADS, today=TODAY, errors=errors, probability=probability)

    finished = [after_working_days(promised.expected_on, round(draw.gammavariate(2.0, 1.5))) for _ in range(4_000)]

    kept = 100 * sum(day <= promised.day for day in finished) / len(finished)
    one_day_less = 100 * sum(day < promised.day for day in finished) / len(finished)
    assert kept >= probability - 2 > one_day_less - 4


def test_a_promise_is_never_today():
    assert promise_day([], today=TODAY, errors={-50: 9_999}).day == TODAY + timedelta(days=1)
