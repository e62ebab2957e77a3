"""The simulated workshop against theory, and policies side by side. No database."""

import json
from dataclasses import replace
from io import StringIO
from random import Random
from statistics import fmean

import pytest
from django.core.management import call_command

from mes.simulation import DAY, Job, Workshop, Year, first_come, generate, last_come, percentile, rule_of, simulate
from mes.states import Policy
from tests.factories.mes import make_work_order, make_workshop

YEAR = Year(route=((0, 30.0), (1, 20.0), (2, 40.0)), orders_a_day=12.0)
SERVERS = [2, 1, 3]


def _jobs(arrival_rate, service_rate, many, seed):
    """Poisson arrivals at one station with exponential service."""
    draw = Random(seed)
    now, jobs = 0.0, []
    for key in range(many):
        now += draw.expovariate(arrival_rate)
        jobs.append(Job(key, now, now, now, ((0, draw.expovariate(service_rate)),)))
    return jobs


def _waits(jobs, rule):
    workshop = Workshop([1], rule, is_daily=False).run(jobs)
    return [start - job.released for job, start in zip(jobs, workshop.started, strict=True)]


def test_one_station_waits_as_the_formula_says_and_as_kingman_says():
    """M/M/1: the mean wait is rho / (mu - lambda) whoever is served first, last come first served only spreads it.

    The second moment of the wait is 2 rho / (mu - lambda)**2 first come first served, and 1 / (1 - rho) times as much
    last come first served (Kingman 1962).
    """
    arrivals, service = 0.6, 1.0
    rho = arrivals / service
    jobs = _jobs(arrivals, service, 120_000, seed=5)

    first, last = _waits(jobs, first_come), _waits(jobs, last_come)

    theory = rho / (service - arrivals)
    assert fmean(first) == pytest.approx(theory, rel=0.05)
    assert fmean(last) == pytest.approx(fmean(first), rel=0.02)
    second = 2 * rho / (service - arrivals) ** 2
    assert fmean(wait**2 for wait in first) == pytest.approx(second, rel=0.15)
    assert fmean(wait**2 for wait in last) == pytest.approx(second / (1 - rho), rel=0.2)


def test_two_servers_work_side_by_side():
    jobs = [Job(key, 0.0, 0.0, DAY, ((0, 10.0),)) for key in range(4)]

    assert sorted(Workshop([2], first_come, is_daily=False).run(jobs).finished) == [10.0, 10.0, 20.0, 20.0]


def test_a_piece_passes_its_stations_one_after_the_other():
    jobs = [Job(1, 0.0, 5.0, DAY, ((0, 10.0), (1, 3.0)))]

    assert Workshop([1, 1], first_come, is_daily=False).run(jobs).finished == [18.0]


def test_the_same_seed_gives_the_same_year_and_another_seed_another():
    assert generate(YEAR, seed=3) == generate(YEAR, seed=3)
    assert generate(YEAR, seed=3) != generate(YEAR, seed=4)
    assert simulate(generate(YEAR, seed=3), SERVERS, Policy.OLDEST_FIRST) == simulate(
        generate(YEAR, seed=3), SERVERS, Policy.OLDEST_FIRST
    )


def test_approval_by_hand_makes_the_same_year_late():
    by_rules = simulate(generate(YEAR, seed=3), SERVERS, Policy.OLDEST_FIRST)
    by_hand = simulate(generate(replace(YEAR, approval_days=4.0), seed=3), SERVERS, Policy.OLDEST_FIRST)

    assert by_rules.on_time_percent > by_hand.on_time_percent + 5


def test_in_a_peak_newest_first_leaves_the_oldest_lying():
    jobs = generate(replace(YEAR, peak_factor=2.6), seed=3)

    oldest, newest = (simulate(jobs, SERVERS, policy) for policy in (Policy.OLDEST_FIRST, Policy.NEWEST_FIRST))

    assert oldest.oldest_days < newest.oldest_days
    assert oldest.on_time_percent > newest.on_time_percent


def test_sorting_only_what_changed_its_band_is_as_good_as_sorting_everything(monkeypatch):
    jobs = generate(replace(YEAR, days=25, peak_days=15, peak_factor=4.0), seed=4)
    quick = [Workshop(SERVERS, rule_of(policy)).run(jobs).finished for policy in Policy]

    monkeypatch.setattr(Workshop, "_in_another_band", lambda workshop, _before: sorted(workshop._waiting))

    assert quick == [Workshop(SERVERS, rule_of(policy)).run(jobs).finished for policy in Policy]


def test_rush_is_first_under_every_policy():
    ordinary = [Job(key, 0.0, 0.0, DAY, ((0, 10.0),)) for key in range(1, 6)]
    rush = Job(9, 0.0, 5.0, 30 * DAY, ((0, 10.0),), is_rush=True)

    for policy in Policy:
        finished = Workshop([1], rule_of(policy)).run([*ordinary, rush]).finished

        assert finished[-1] == 20.0  # after the one that was running when it came


def test_progress_is_told_per_cent_by_per_cent_up_to_the_last_job():
    told = []

    simulate(generate(replace(YEAR, days=20), seed=3), SERVERS, Policy.OLDEST_FIRST, tell=told.append)

    assert told == sorted(set(told))
    assert (told[0], told[-1]) == (1, 100)


def test_percentiles_are_values_that_occurred():
    assert [percentile([1.0, 2.0, 3.0, 4.0], per_cent) for per_cent in (0, 50, 75, 76, 100)] == [1, 2, 3, 4, 4]
    assert percentile([], 50) == 0


@pytest.mark.django_db
def test_the_command_compares_policies_side_by_side_the_same_way_twice():
    make_workshop()

    def run(**options):
        out = StringIO()
        call_command("simulate", json=True, stdout=out, stderr=StringIO(), load=0.4, **options)
        return out.getvalue()

    found = json.loads(run(seed=2))

    assert set(found) == set(Policy.values)
    assert found["oldest_first"]["jobs"] > 1_000
    assert run(seed=2) == run(seed=2) != run(seed=3)


@pytest.mark.django_db
def test_the_command_replays_the_workshops_own_log():
    for _ in range(2):
        make_work_order()
    out, told = StringIO(), StringIO()

    call_command("simulate", log_days=7, policy=["oldest_first"], stdout=out, stderr=told)

    assert told.getvalue().splitlines() == ["2 work orders", "oldest_first: 50 %", "oldest_first: 100 %"]
    assert out.getvalue().splitlines()[1].split()[:3] == ["oldest_first", "2", "100.0"]
