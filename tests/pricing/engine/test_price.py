"""The price: golden figures, what must always hold, and the same cents again from what was stored."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.engine.errors import RateMissing
from pricing.engine.inputs import MetalPrices, PieceSpec, PriceList
from pricing.engine.materials import AlloySpec, mass_g
from pricing.engine.measurement import Measurement
from pricing.engine.money import Component, Price, round_money
from pricing.engine.price import calculate_price
from tests.pricing.engine.shapes import alloy, measurement, metal_prices, piece, price_list

D = Decimal  # a test of figures reads better with a short word


def test_a_gold_ring_costs_what_a_calculation_by_hand_gives():
    price = calculate_price(measurement(400.0, 600.0), piece(), price_list(), metal_prices())

    # mass      400 mm3 x 15.5 / 1000                          = 6.200 g
    # metal     6.2 x 0.750 x 112.00 x 1.08 x 1.10 = 618.7104  = 618.71
    # casting   12.00 + 6.2 x 0.60                             =  15.72
    # finishing 6.000 cm2 x 3.20                               =  19.20
    # piece     618.71 + 15.72 + 19.20 = 653.63
    # set-up                                                      18.00
    # margin    653.63 x 0.35 = 228.7705 = 228.77; 18.00 x 0.35 = 6.30; together 235.07
    # net       653.63 + 18.00 + 235.07                        = 906.70
    # tax       906.70 x 0.20                                  = 181.34
    assert price == Price(
        currency="EUR",
        net=D("906.70"),
        tax=D("181.34"),
        gross=D("1088.04"),
        components=(
            Component("metal", D("618.71")),
            Component("casting", D("15.72")),
            Component("finishing", D("19.20")),
            Component("setup", D("18.00")),
            Component("margin", D("235.07")),
        ),
        mass_g=D("6.200"),
    )


def test_three_rings_share_the_setup():
    price = calculate_price(measurement(400.0, 600.0), piece(quantity=3), price_list(), metal_prices())

    # 3 x (653.63 + 228.77) + 18.00 + 6.30 = 2671.50; tax 534.30
    assert (price.net, price.tax, price.gross) == (D("2671.50"), D("534.30"), D("3205.80"))
    assert price.mass_g == D("6.200")


def test_a_small_silver_piece_is_topped_up_to_the_minimum():
    silver = alloy(code="ag925", metal="silver", fineness=925, density_g_cm3=D("10.36"), casting_loss=D("0.10"))
    price = calculate_price(
        measurement(50.0, 80.0), piece(alloy=silver, finish="matte"), price_list(minimum_net=D(60)), metal_prices()
    )

    # mass 0.518 g; metal 0.518 x 0.925 x 1.45 x 1.10 x 1.10 = 0.8406… = 0.84; casting 12 + 0.3108 = 12.31;
    # finishing 0.8 x 2.60 = 2.08; piece 15.23; margin 5.3305 = 5.33, and 6.30 on 18.00; net 44.86; top-up 15.14
    assert price.components[-1] == Component("minimum", D("15.14"))
    assert (price.net, price.tax, price.gross) == (D("60.00"), D("12.00"), D("72.00"))


def test_a_price_at_the_minimum_has_no_top_up():
    exact = calculate_price(measurement(), piece(), price_list(minimum_net=D("906.70")), metal_prices())

    assert [part.code for part in exact.components] == ["metal", "casting", "finishing", "setup", "margin"]


def test_mass_is_rounded_half_up_to_a_milligram():
    assert mass_g(0.5, alloy(density_g_cm3=D(1))) == D("0.001")
    assert mass_g(0.4999, alloy(density_g_cm3=D(1))) == D("0.000")
    assert mass_g(407.26, alloy()) == D("6.313")


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.005", "0.01"), ("0.0049", "0.00"), ("2.675", "2.68"), ("-0.005", "-0.01"), ("7", "7.00")],
)
def test_money_is_rounded_half_up_to_the_cent(amount, rounded):
    assert str(round_money(D(amount), "EUR")) == rounded


def test_yen_have_no_cents():
    assert str(round_money(D("149.5"), "JPY")) == "150"


def test_a_currency_whose_rounding_is_unknown_is_refused():
    with pytest.raises(ValueError, match="XYZ"):
        round_money(D(1), "XYZ")


def test_a_price_refuses_to_contradict_itself():
    with pytest.raises(ValueError, match=r"1\.00 \+ 0\.20 is not 1\.21"):
        Price("EUR", D("1.00"), D("0.20"), D("1.21"), (Component("metal", D("1.00")),), D(1))
    with pytest.raises(ValueError, match=r"add up to 0\.99"):
        Price("EUR", D("1.00"), D("0.20"), D("1.20"), (Component("metal", D("0.99")),), D(1))


def test_a_metal_or_finish_without_a_rate_is_named():
    with pytest.raises(RateMissing, match="platinum"):
        calculate_price(measurement(), piece(alloy=alloy(metal="platinum")), price_list(), metal_prices())
    with pytest.raises(RateMissing, match="brushed"):
        calculate_price(measurement(), piece(finish="brushed"), price_list(), metal_prices())


def test_currencies_are_not_mixed():
    with pytest.raises(ValueError, match="USD"):
        calculate_price(measurement(), piece(), price_list(currency="USD"), metal_prices())


@pytest.mark.parametrize("quantity", [0, -1, 1001, True, 1.5])
def test_an_impossible_quantity_is_refused(quantity):
    with pytest.raises(ValueError, match="quantity"):
        piece(quantity=quantity)


def test_an_unknown_finish_is_refused():
    with pytest.raises(ValueError, match="hammered"):
        piece(finish="hammered")


@pytest.mark.parametrize("rate", [D("NaN"), D("Infinity"), D("-0.01"), 0.2, 1])
def test_rates_are_finite_decimals_of_0_or_more(rate):
    with pytest.raises(ValueError, match="vat_rate"):
        price_list(vat_rate=rate)
    with pytest.raises(ValueError, match="gold"):
        metal_prices(gold=rate)
    with pytest.raises(ValueError, match="density"):
        alloy(density_g_cm3=rate)


def test_a_float_is_refused_where_an_amount_was_stored():
    stored = price_list().to_json() | {"setup_fee": 18.0}

    with pytest.raises(ValueError, match=r"18\.0"):
        PriceList.from_json(stored)


def test_frozen_rates_do_not_change_with_the_dictionary_they_came_from():
    finishes = {"polished": D("3.20")}
    frozen = price_list(finish_per_cm2=finishes)

    finishes["polished"] = D(0)

    assert frozen.finish_per_cm2["polished"] == D("3.20")


RATES = st.decimals(0, 2, places=4)
FEES = st.decimals(0, 100, places=3)
LISTS = st.builds(
    price_list,
    vat_rate=RATES, margin_rate=RATES, metal_markup=RATES, setup_fee=FEES, casting_fee=FEES, casting_per_g=FEES,
    minimum_net=FEES, finish_per_cm2=st.fixed_dictionaries({"polished": FEES}),
)  # fmt: skip
PRICES = st.builds(lambda gold: metal_prices(gold=gold), st.decimals("0.001", 500, places=3))
VOLUMES = st.floats(0.001, 20_000)


@given(LISTS, PRICES, VOLUMES, VOLUMES, st.integers(1, 1000))
def test_heavier_is_never_cheaper(rates, prices, one, other, quantity):
    light, heavy = sorted([one, other])

    cheap, dear = (
        calculate_price(measurement(volume), piece(quantity=quantity), rates, prices) for volume in (light, heavy)
    )

    assert cheap.gross <= dear.gross
    assert cheap.mass_g <= dear.mass_g


@given(LISTS, PRICES, VOLUMES, st.integers(1, 1000), st.integers(1, 1000))
def test_quantity_never_raises_the_unit_price(rates, prices, volume, one, other):
    few, many = sorted([one, other])

    of_few, of_many = (calculate_price(measurement(volume), piece(quantity=n), rates, prices) for n in (few, many))

    assert of_many.net * few <= of_few.net * many  # net / quantity, without dividing
    assert of_few.net <= of_many.net


def test_fractions_of_a_cent_do_not_add_up_with_the_quantity():
    nothing = D(0)
    rates = price_list(
        margin_rate=D("0.4"), setup_fee=nothing, casting_fee=D("0.01"), casting_per_g=nothing,
        finish_per_cm2={"polished": nothing}, minimum_net=nothing,
    )  # fmt: skip
    one, two = (
        calculate_price(measurement(0.001, 0.0), piece(quantity=n), rates, metal_prices(gold=D("0.01"))) for n in (1, 2)
    )

    # The margin of a piece is 0.004: nothing. Rounded over both pieces it would be 0.01, and two dearer than one.
    assert (one.net, two.net) == (D("0.01"), D("0.02"))


@settings(max_examples=60)
@given(LISTS, PRICES, VOLUMES, VOLUMES, st.integers(1, 1000))
def test_a_price_from_what_was_stored_is_the_same_to_the_cent(rates, prices, volume, area, quantity):
    found, wanted = measurement(volume, area), piece(quantity=quantity, size=None)
    quoted = calculate_price(found, wanted, rates, prices)
    row = json.dumps([found.to_json(), wanted.to_json(), rates.to_json(), prices.to_json(), quoted.to_json()])

    measured, spec, lists, metals, price = json.loads(row)
    again = calculate_price(
        Measurement.from_json(measured),
        PieceSpec.from_json(spec),
        PriceList.from_json(lists),
        MetalPrices.from_json(metals),
    )

    assert again == quoted == Price.from_json(price)
    assert json.dumps(again.to_json()) == json.dumps(quoted.to_json())


def test_every_input_survives_json():
    assert AlloySpec.from_json(alloy().to_json()) == alloy()
    assert PieceSpec.from_json(piece().to_json()) == piece()
    assert PriceList.from_json(price_list().to_json()) == price_list()
    assert MetalPrices.from_json(metal_prices().to_json()) == metal_prices()
