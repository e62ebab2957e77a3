"""Estimated beside weighed: the mean and its interval, and what adopting does to quotes."""

import random
from decimal import Decimal
from statistics import mean, stdev

import pytest

from pricing.errors import TooFewWeighings, UnknownAlloy
from pricing.models import Alloy, MassFactor, MassTally, Weighing
from pricing.selectors.masses import mass_ratio
from pricing.services.masses import adopt_mass_factor, record_weighing
from tests.factories.pricing import make_quote, make_rates

pytestmark = pytest.mark.django_db
D = Decimal


def _weigh(number, weighed="9.80", estimated="10.00", **more):
    return record_weighing(
        alloy_code="au585-yellow",
        kind="ring",
        estimated_g=D(estimated),
        weighed_g=D(weighed),
        source=f"W-{number}",
        **more,
    )


@pytest.fixture(autouse=True)
def _rates():
    make_rates()


def test_the_mean_and_its_error_are_those_of_all_weighings():
    dice = random.Random(7)
    weighed = [f"{dice.gauss(9.8, 0.2):.3f}" for _ in range(40)]

    for number, grams in enumerate(weighed):
        _weigh(number, grams)

    ratios = [float(grams) / 10 for grams in weighed]
    found = mass_ratio(MassTally.objects.get())
    assert found.count == 40
    assert found.mean == pytest.approx(mean(ratios), rel=1e-12)
    assert found.standard_error == pytest.approx(stdev(ratios) / 40**0.5, rel=1e-9)
    assert found.half_width == pytest.approx(1.959964 * found.standard_error, rel=1e-6)


def test_the_interval_of_few_weighings_is_students():
    for number, grams in enumerate(["9.70", "9.80", "9.90"]):
        _weigh(number, grams)

    # standard deviation 0.01, error 0.01 / sqrt(3), t of 2 degrees of freedom 4.303
    assert mass_ratio(MassTally.objects.get()).half_width == pytest.approx(4.303 * 0.01 / 3**0.5)


def test_one_weighing_has_no_interval():
    _weigh(1)

    assert mass_ratio(MassTally.objects.get()).interval is None


def test_a_piece_that_is_reported_twice_counts_once():
    assert _weigh(1) == _weigh(1, "5.00")

    assert (Weighing.objects.count(), MassTally.objects.get().count) == (1, 1)


def test_alloys_and_kinds_are_counted_apart():
    _weigh(1)
    record_weighing(alloy_code="ag925", kind="ring", estimated_g=D(1), weighed_g=D(1), source="W-2")
    record_weighing(alloy_code="ag925", kind="pendant", estimated_g=D(1), weighed_g=D(1), source="W-3")

    assert MassTally.objects.count() == 3


def test_an_unknown_alloy_is_refused():
    with pytest.raises(UnknownAlloy):
        record_weighing(alloy_code="mud", kind="ring", estimated_g=D(1), weighed_g=D(1), source="W-1")


def test_four_weighings_are_too_few_to_adopt():
    for number in range(4):
        _weigh(number)

    with pytest.raises(TooFewWeighings, match="4"):
        adopt_mass_factor(tally_id=MassTally.objects.get().pk, actor=None)

    assert MassFactor.objects.count() == 0


def test_what_is_adopted_multiplies_the_mass_of_new_quotes_and_is_frozen_in_their_receipts():
    before = make_quote()
    other_kind = make_quote(kind="pendant")
    for number in range(5):
        _weigh(number)

    adopted = adopt_mass_factor(tally_id=MassTally.objects.get().pk, actor=None)
    after = make_quote()

    assert (adopted.factor, adopted.based_on) == (D("0.9800"), 5)
    assert after.receipt["piece"]["mass_factor"] == "0.9800"
    assert abs(after.cast_mass_g - before.cast_mass_g * D("0.98")) <= D("0.001")
    assert after.gross < before.gross
    assert make_quote(kind="pendant").gross == other_kind.gross


def test_adopting_twice_does_not_correct_twice():
    for number in range(5):
        _weigh(number)
    adopt_mass_factor(tally_id=MassTally.objects.get().pk, actor=None)

    for number in range(5, 10):
        _weigh(number, weighed="9.80", estimated="9.80")  # the estimate holds the factor now, and is right

    again = adopt_mass_factor(tally_id=MassTally.objects.get().pk, actor=None)
    assert again.factor == D("0.9800")


def test_an_estimate_from_before_the_factor_says_so():
    MassFactor.objects.create(alloy=Alloy.objects.get(code="au585-yellow"), kind="ring", factor=D("0.5"), based_on=5)

    _weigh(1, "9.80", "10.00", factor=D(1))

    assert MassTally.objects.get().mean == pytest.approx(0.98)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_weighings_at_once_are_all_counted(at_once):
    make_rates()

    outcomes = at_once(*[lambda n=n: _weigh(n) for n in range(12)])

    assert {type(one) for one in outcomes} == {Weighing}
    assert (Weighing.objects.count(), MassTally.objects.get().count) == (12, 12)
