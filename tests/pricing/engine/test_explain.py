from decimal import Decimal

from pricing.engine.explain import NearHallmark, explain
from pricing.engine.formula import Factor
from pricing.engine.rate_rows import HallmarkRate, QuantityBreak
from tests.pricing.engine.shapes import alloy, figures, metal_prices, piece, price_list

D = Decimal


def test_every_component_says_its_numbers():
    reasons = explain(figures(407.262, 633.334), piece(quantity=2), price_list(), metal_prices())

    assert {line.code: [str(step) for step in line.steps] for line in reasons.lines} == {
        "metal": ["6.313 g x 0.750 x 112.00 EUR/g x 1.08 x 1.10 = 629.99 (x 2)"],
        "casting": ["12.00 EUR + 6.313 g x 0.60 EUR/g = 15.79 (x 2)"],
        "finishing": ["6.333 cm2 x 3.20 EUR/cm2 = 20.27 (x 2)"],
        "setup": ["18.00 EUR = 18.00"],
        "margin": ["666.05 EUR x 0.35 = 233.12 (x 2)", "18.00 EUR x 0.35 = 6.30"],
    }
    assert str(reasons.tax) == "1822.64 EUR x 0.20 = 364.53"


def test_a_discount_is_shown_as_what_is_taken_off():
    rates = price_list(quantity_breaks=(QuantityBreak(10, D("0.05")),))

    reasons = explain(figures(), piece(quantity=10), rates, metal_prices())

    # (618.71 + 15.72 + 19.20 + 228.77) x 0.05 = 44.12
    discount = next(line for line in reasons.lines if line.code == "discount")
    assert [str(step) for step in discount.steps] == ["882.40 EUR x 0.05 = -44.12 (x 10)"]
    assert discount.amount == D("-441.20")


def _near(grams, **rates):
    hallmarks = (HallmarkRate("gold", D(1), D("2.40")), HallmarkRate("gold", D(3), D("3.00")))
    by_mass = price_list(hallmarks=hallmarks, **rates)
    return explain(figures(grams * 100), piece(alloy=alloy(density_g_cm3=D(10))), by_mass, metal_prices()).near_hallmark


def test_a_mass_near_a_hallmarks_threshold_shows_both_sides():
    below, above = NearHallmark(D(1), D(0), D("2.40")), NearHallmark(D(3), D("2.40"), D("3.00"))

    assert _near(0.96, hallmark_band=D("0.05")) == below
    assert _near(1.04, hallmark_band=D("0.05")) == below
    assert _near(2.90, hallmark_band=D("0.05")) == above


def test_a_mass_far_from_the_threshold_shows_nothing():
    assert _near(0.94, hallmark_band=D("0.05")) is None
    assert _near(2.0, hallmark_band=D("0.05")) is None
    assert _near(1.0) == NearHallmark(D(1), D(0), D("2.40"))  # a band of nothing holds the threshold itself


def test_a_threshold_of_another_metal_is_not_near():
    rates = price_list(hallmarks=(HallmarkRate("silver", D("6.2"), D(1)),), hallmark_band=D("0.05"))

    assert explain(figures(), piece(), rates, metal_prices()).near_hallmark is None


def test_the_mass_says_its_factors():
    shrinking = alloy(shrinkage=D("0.02"), workshop_scales=False)

    plain = explain(figures(), piece(), price_list(), metal_prices())
    learned = explain(figures(), piece(alloy=shrinking, mass_factor=D("0.9800")), price_list(), metal_prices())

    assert " x ".join(map(str, plain.mass)) == "0.40 cm3 x 15.5 g/cm3"
    assert " x ".join(map(str, learned.mass)) == "0.40 cm3 x 15.5 g/cm3 x 0.941192 x 0.98"


def test_zeros_of_a_column_are_not_shown_and_those_of_a_mass_are():
    shown = [str(Factor("x", D(value))) for value in ("112.0000", "1.4510", "6.310", "0.0500", "12", "1E+2")]

    assert shown == ["112.00", "1.451", "6.310", "0.05", "12", "100"]
