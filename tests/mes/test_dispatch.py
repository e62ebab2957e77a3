from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mes.dispatch import BAND_EDGES, Candidate, Job, arrange, band_of, share_out
from mes.states import Band, Policy

TODAY = date(2026, 11, 23)  # a Monday

candidates = st.lists(
    st.builds(
        Candidate,
        key=st.integers(1, 2**62),
        aged_on=st.dates(date(2026, 1, 1), TODAY),
        due_on=st.dates(date(2026, 11, 1), date(2026, 12, 31)),
        is_rush=st.booleans(),
    ),
    unique_by=lambda one: one.key,
    max_size=30,
)


def _candidate(*, due: int = 20, aged: int = 0, key: int = 1, rush: bool = False) -> Candidate:
    return Candidate(key, TODAY - timedelta(days=aged), TODAY + timedelta(days=due), rush)


def _keys(some: list[Candidate], policy: Policy) -> list[int]:
    return [place.key for place in arrange(some, policy, today=TODAY)]


def test_bands_are_rush_late_today_this_week_and_later():
    dues = [_candidate(rush=True), *(_candidate(due=days) for days in (-1, 0, 1, 7, 8))]

    bands = [band_of(one, today=TODAY) for one in dues]

    assert bands == [Band.RUSH, Band.LATE, Band.TODAY, Band.THIS_WEEK, Band.THIS_WEEK, Band.LATER]


def test_a_band_changes_on_its_edges_and_on_no_other_day():
    piece = _candidate(due=0)
    days = range(-30, 30)

    def band(day):
        return band_of(piece, today=TODAY + timedelta(days=day))

    assert tuple(day for day in days if band(day) != band(day - 1)) == BAND_EDGES


@given(candidates, st.randoms())
def test_the_order_does_not_depend_on_the_order_in_which_operations_were_created(some, random):
    shuffled = random.sample(some, len(some))

    for policy in Policy:
        assert arrange(shuffled, policy, today=TODAY) == arrange(some, policy, today=TODAY)


@given(candidates)
def test_everything_is_placed_once_and_ranks_run_from_one(some):
    for policy in Policy:
        places = arrange(some, policy, today=TODAY)

        assert sorted(place.key for place in places) == sorted(one.key for one in some)
        assert [place.rank for place in places] == list(range(1, len(some) + 1))


def test_within_a_day_the_random_key_decides_so_that_a_place_tells_no_age():
    morning, evening = _candidate(key=9), _candidate(key=3)

    assert _keys([morning, evening], Policy.OLDEST_FIRST) == [3, 9]


def test_an_older_day_comes_first_within_its_band():
    assert _keys([_candidate(key=1), _candidate(key=2, aged=1)], Policy.OLDEST_FIRST) == [2, 1]


@given(candidates)
def test_rush_is_a_class_above_every_policy(some):
    rushed = {one.key for one in some if one.is_rush}

    for policy in Policy:
        assert set(_keys(some, policy)[: len(rushed)]) == rushed


def test_each_policy_looks_at_what_its_name_says():
    old, urgent, new = _candidate(key=1, aged=9, due=30), _candidate(key=2, aged=5, due=20), _candidate(key=3, due=25)

    assert _keys([old, urgent, new], Policy.OLDEST_FIRST) == [1, 2, 3]
    assert _keys([old, urgent, new], Policy.EARLIEST_DUE_DATE) == [2, 3, 1]
    assert _keys([old, urgent, new], Policy.NEWEST_FIRST) == [3, 2, 1]


def test_newest_first_does_not_even_look_at_what_is_late():
    late, new = _candidate(key=1, aged=30, due=-5), _candidate(key=2)

    assert _keys([late, new], Policy.NEWEST_FIRST) == [2, 1]
    assert _keys([late, new], Policy.OLDEST_FIRST) == [1, 2]


def test_work_goes_to_whoever_has_the_least_and_what_is_pinned_to_its_own():
    jobs = [Job(1, 60), Job(2, 30), Job(3, 10), Job(4, 90, pinned_to=7)]

    assert share_out(jobs, [7, 8], loads={8: 20}) == {1: 7, 2: 8, 3: 8, 4: 7}


def test_when_nobody_is_there_only_what_is_pinned_is_planned():
    assert share_out([Job(1, 60), Job(2, 5, pinned_to=3)], [], loads={}) == {2: 3}


@given(st.lists(st.integers(1, 60), max_size=40), st.integers(1, 5))
def test_no_operator_has_more_than_one_job_above_the_others(minutes, people):
    jobs = [Job(key, size) for key, size in enumerate(minutes)]

    given_to = share_out(jobs, range(people), loads={})

    sums = [sum(minutes[key] for key, one in given_to.items() if one == person) for person in range(people)]
    assert max(sums) - min(sums) <= max(minutes, default=0)
