"""What always holds, whatever a company writes into its price list."""

import json
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.engine.explain import explain
from pricing.engine.figures import PieceFigures, Stone
from pricing.engine.inputs import PriceList
from pricing.engine.materials import masses
from pricing.engine.price import COMPONENT_CODES, calculate_price
from pricing.engine.rate_rows import HallmarkRate, PlatingRate, QuantityBreak, SettingRate
from tests.pricing.engine.shapes import alloy, metal_prices, piece, price_list

SHARES = st.decimals(0, 2, places=4)
FEES = st.decimals(0, 60, places=3)
_PLAIN_FEES = [
    "setup_fee", "casting_fee", "casting_per_g", "minimum_net", "print_fee", "print_per_cm3", "print_per_mm",
    "cleanup_fee", "engraving_setup", "engraving_per_character", "inspection_fee", "packing_fee",
]  # fmt: skip
_PLAIN_SHARES = ["vat_rate", "margin_rate", "metal_markup", "refining_rate", "rush_rate"]


@st.composite
def breaks(draw):
    quantities = sorted(draw(st.sets(st.integers(2, 60), max_size=4)))
    discounts = sorted(draw(st.lists(st.decimals(0, 1, places=4), min_size=len(quantities), max_size=len(quantities))))
    return tuple(map(QuantityBreak, quantities, discounts))


@st.composite
def hallmarks(draw):
    thresholds = sorted(draw(st.sets(st.decimals(0, 20, places=3), max_size=3)))
    fees = sorted(draw(st.lists(FEES, min_size=len(thresholds), max_size=len(thresholds))))
    return tuple(HallmarkRate("gold", *row) for row in zip(thresholds, fees, strict=True))


@st.composite
def lists(draw):
    """A price list with every table, within what a price list accepts."""
    return price_list(
        **{name: draw(FEES) for name in _PLAIN_FEES},
        **{name: draw(SHARES) for name in _PLAIN_SHARES},
        finish_per_cm2={"polished": draw(FEES)},
        platings={"rhodium": PlatingRate(draw(FEES), draw(FEES))},
        settings=(SettingRate("any", Decimal(0), draw(FEES)), SettingRate("any", Decimal(2), draw(FEES))),
        hallmarks=draw(hallmarks()),
        quantity_breaks=draw(breaks()),
    )


ALLOYS = st.builds(
    alloy,
    sprue_share=SHARES,
    finishing_removal_mm=st.decimals(0, "0.3", places=3),
    finished_share_min=st.decimals(0, 1, places=2),
    shrinkage=st.decimals(0, "0.1", places=3),
    workshop_scales=st.booleans(),
    casting_loss=SHARES,
)
PIECES = st.builds(
    lambda **wanted: wanted,
    alloy=ALLOYS,
    plating=st.sampled_from([None, "rhodium"]),
    engraved_characters=st.integers(0, 30),
    is_rush=st.booleans(),
    mass_factor=st.decimals("0.8", "1.2", places=4),
)
GOLD = st.builds(lambda gold: metal_prices(gold=gold), st.decimals("0.001", 500, places=3))
# Small pieces with small prices, where cents and thresholds decide, as often as large ones.
VOLUMES = st.one_of(st.floats(0.001, 200), st.floats(0.001, 20_000))
AREAS = st.floats(0, 3_000)
QUANTITIES = st.one_of(st.integers(1, 70), st.integers(1, 1000))
STONES = st.lists(st.builds(Stone, st.just("round"), st.floats(0.5, 6)), max_size=4).map(tuple)


def _figures(volume, area, stones=()):
    return PieceFigures(volume, area, (20.0, 20.0, 4.0), volume, stones)


@settings(max_examples=400)
@given(lists(), GOLD, PIECES, AREAS, STONES, VOLUMES, VOLUMES, QUANTITIES)
def test_heavier_is_never_cheaper(rates, prices, wanted, area, stones, one, other, quantity):
    spec = piece(**wanted, quantity=quantity)

    cheap, dear = (
        calculate_price(_figures(volume, area, stones), spec, rates, prices) for volume in sorted([one, other])
    )

    assert cheap.gross <= dear.gross
    assert cheap.mass_g <= dear.mass_g


@settings(max_examples=400)
@given(lists(), GOLD, PIECES, AREAS, STONES, VOLUMES, QUANTITIES, QUANTITIES)
def test_quantity_never_raises_the_unit_price_and_never_lowers_the_total(
    rates, prices, wanted, area, stones, volume, one, other
):
    few, many = sorted([one, other])

    of_few, of_many = (
        calculate_price(_figures(volume, area, stones), piece(**wanted, quantity=n), rates, prices) for n in (few, many)
    )

    assert of_many.net * few <= of_few.net * many  # net / quantity, without dividing
    assert of_few.net <= of_many.net


@settings(max_examples=200)
@given(lists(), GOLD, PIECES, st.floats(10, 5_000), AREAS, st.floats(1.1, 3.0))  # steps of 0.001 g are no copy's size
def test_a_larger_copy_of_a_piece_is_never_cheaper(rates, prices, wanted, volume, area, scale):
    small = _figures(volume, area)
    large = _figures(volume * scale**3, area * scale**2)

    one, other = (calculate_price(found, piece(**wanted), rates, prices) for found in (small, large))

    assert one.gross <= other.gross


@settings(max_examples=200)
@given(lists(), GOLD, PIECES, VOLUMES, AREAS, STONES, QUANTITIES)
def test_the_explanation_adds_up_to_the_price_and_nothing_is_zero(
    rates, prices, wanted, volume, area, stones, quantity
):
    inputs = (_figures(volume, area, stones), piece(**wanted, quantity=quantity), rates, prices)

    price, reasons = calculate_price(*inputs), explain(*inputs)

    assert [(line.code, line.amount) for line in reasons.lines] == [(c.code, c.amount) for c in price.components]
    assert (reasons.net, reasons.tax.amount, reasons.gross) == (price.net, price.tax, price.gross)
    assert all(line.amount for line in reasons.lines)
    codes = [line.code for line in reasons.lines]
    assert codes == [code for code in COMPONENT_CODES if code in codes]
    for line in reasons.lines:
        if line.code not in {"discount", "minimum"}:
            assert sum(step.amount * step.times for step in line.steps) == line.amount


@settings(max_examples=200)
@given(ALLOYS, VOLUMES, AREAS)
def test_what_finishing_takes_off_leaves_at_least_the_floor(metal, volume, area):
    found = masses(volume, area, metal)

    step = Decimal("0.0005")  # a mass is rounded to 0.001 g
    assert found.cast_g * metal.finished_share_min - step <= found.finished_g <= found.cast_g


@settings(max_examples=100)
@given(lists())
def test_a_price_list_survives_json(rates):
    assert PriceList.from_json(json.loads(json.dumps(rates.to_json()))) == rates
