"""Densities against compositions: published grades, wrong tables of the web, the demo's alloys."""

from decimal import Decimal

import pytest

from pricing.engine.composition import (
    ImplausibleAlloy,
    composition_from_json,
    expected_density,
    require_plausible,
)
from pricing.engine.rates import load_rates

D = Decimal


def _made_of(**shares):
    return {symbol: D(share) for symbol, share in shares.items()}


# Composition and the density that the grade is published or calculated with in the trade.
GRADES = {
    "9 ct rose, 375-20": (_made_of(Au="0.375", Ag="0.020", Cu="0.605"), "11.26"),
    "14 ct yellow, 585-200": (_made_of(Au="0.585", Ag="0.200", Cu="0.215"), "13.63"),
    "14 ct rose, 585-80": (_made_of(Au="0.585", Ag="0.080", Cu="0.335"), "13.28"),
    "583-300": (_made_of(Au="0.583", Ag="0.300", Cu="0.117"), "13.92"),
    "18 ct yellow, 750-125": (_made_of(Au="0.750", Ag="0.125", Cu="0.125"), "15.45"),
    "18 ct yellow, 750-150": (_made_of(Au="0.750", Ag="0.150", Cu="0.100"), "15.53"),
    "18 ct rose, 4.5 Ag": (_made_of(Au="0.750", Ag="0.045", Cu="0.205"), "15.15"),
    "18 ct white, 750-100-150": (_made_of(Au="0.750", Ag="0.100", Pd="0.150"), "16.4"),
    "sterling silver": (_made_of(Ag="0.925", Cu="0.075"), "10.36"),
    "platinum 950 with ruthenium": (_made_of(Pt="0.950", Ru="0.050"), "20.70"),
    "platinum 950 with copper": (_made_of(Pt="0.950", Cu="0.050"), "20.0"),
    "platinum 950 with cobalt": (_made_of(Pt="0.950", Co="0.050"), "20.0"),
    "platinum 950 with iridium": (_made_of(Pt="0.950", Ir="0.050"), "21.5"),
    "palladium 950 with ruthenium": (_made_of(Pd="0.950", Ru="0.050"), "12.0"),
    "palladium 950 with gallium": (_made_of(Pd="0.950", Ga="0.050"), "11.4"),
}


@pytest.mark.parametrize(("composition", "published"), GRADES.values(), ids=GRADES)
def test_the_rule_gives_the_density_of_a_published_grade_within_half_a_percent(composition, published):
    assert abs(expected_density(composition) / D(published) - 1) < D("0.005")


def _check(metal, fineness, density, **shares):
    require_plausible(metal=metal, fineness=fineness, density_g_cm3=D(density), composition=_made_of(**shares))


@pytest.mark.parametrize(
    ("metal", "fineness", "density", "shares", "expected"),
    [
        ("platinum", 950, "23.6", {"Pt": "0.950", "Ru": "0.050"}, "20.65"),
        ("gold", 375, "14.5", {"Au": "0.375", "Ag": "0.020", "Cu": "0.605"}, "11.25"),
        ("gold", 916, "19.4", {"Au": "0.916", "Ag": "0.042", "Cu": "0.042"}, "17.81"),
        ("gold", 750, "14.65", {"Au": "0.750", "Ag": "0.100", "Pd": "0.150"}, "16.42"),
    ],
)
def test_a_density_from_a_wrong_table_is_refused_with_the_expected_one(metal, fineness, density, shares, expected):
    with pytest.raises(ImplausibleAlloy, match=f"{density}.*{expected}") as refused:
        _check(metal, fineness, density, **shares)

    assert refused.value.code == "density_differs"


def test_a_density_is_accepted_up_to_two_percent_off():
    fractions = {"Ag": "0.925", "Cu": "0.075"}  # expected 10.36, 2 % of it 0.2072

    _check("silver", 925, "10.567", **fractions)
    with pytest.raises(ImplausibleAlloy):
        _check("silver", 925, "10.568", **fractions)


@pytest.mark.parametrize("fineness", [751, 744])
def test_a_fineness_that_the_composition_does_not_have_is_refused(fineness):
    with pytest.raises(ImplausibleAlloy, match="fineness"):
        _check("gold", fineness, "15.5", Au="0.750", Ag="0.125", Cu="0.125")


@pytest.mark.parametrize(
    ("stored", "code"),
    [
        ({"Au": "0.750", "Cu": "0.249"}, "composition_incomplete"),
        ({"Au": "0.750", "Xx": "0.250"}, "unknown_element"),
        ({"Au": 0.75, "Cu": 0.25}, "composition_unreadable"),
        ({"Au": "1.2", "Cu": "-0.2"}, "composition_unreadable"),
        (["Au"], "composition_unreadable"),
        ({}, "composition_incomplete"),
    ],
)
def test_a_composition_that_is_none_is_refused_by_name(stored, code):
    with pytest.raises(ImplausibleAlloy) as refused:
        composition_from_json(stored)

    assert refused.value.code == code


def test_the_demo_alloys_are_plausible():
    rates = load_rates()

    assert set(rates.compositions) == set(rates.alloys)
    for code, alloy in rates.alloys.items():
        require_plausible(
            metal=alloy.metal,
            fineness=alloy.fineness,
            density_g_cm3=alloy.density_g_cm3,
            composition=rates.compositions[code],
        )
