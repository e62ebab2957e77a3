"""Every component of a price alone, against a figure that was calculated by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pricing.engine.errors import RateMissing
from pricing.engine.inputs import PieceSpec, PriceList
from pricing.engine.materials import AlloySpec, Masses, masses
from pricing.engine.price import calculate_price
from pricing.engine.rate_rows import HallmarkRate, PlatingRate, QuantityBreak, SettingRate
from tests.pricing.engine.shapes import alloy, figures, metal_prices, piece, price_list

D = Decimal
NOTHING = D(0)

SETTINGS = tuple(
    SettingRate(cut, D(from_mm), D(fee))
    for cut, from_mm, fee in [
        ("any", "0", "2.20"), ("any", "2.5", "6.00"),
        ("round", "0", "1.80"), ("round", "1.5", "2.60"), ("round", "2.5", "4.80"),
    ]
)  # fmt: skip
HALLMARKS = (HallmarkRate("gold", D(1), D("2.40")), HallmarkRate("silver", D("7.78"), D("1.60")))


def free(**rates):
    """A price list that charges nothing but what is named."""
    names = ["vat_rate", "margin_rate", "metal_markup", "setup_fee", "casting_fee", "casting_per_g", "minimum_net"]
    nothing = dict.fromkeys(names, NOTHING) | {"finish_per_cm2": {"polished": NOTHING}}
    return price_list(**nothing | rates)


def parts(found=None, wanted=None, rates=None, **metals):
    price = calculate_price(found or figures(), wanted or piece(), rates or free(), metal_prices(**metals))
    return {part.code: part.amount for part in price.components}


def part(code, **what):
    """The amount of one component; None when there is none."""
    return parts(**what).get(code)


def test_a_price_list_without_rates_charges_the_metal_and_nothing_else():
    # 6.200 g x 0.750 x 112.00 x 1.08 = 562.464
    assert parts() == {"metal": D("562.46")}


CASES = {
    "refining a sprue of 0.3 x 6.2 = 1.860 g: x 0.750 x 112.00 x 0.02 = 3.1248": (
        "refining",
        "3.12",
        {"wanted": piece(alloy=alloy(sprue_share=D("0.3"))), "rates": free(refining_rate=D("0.02"))},
    ),
    "a sprue that nobody refines costs nothing": (
        "refining",
        None,
        {"wanted": piece(alloy=alloy(sprue_share=D("0.3")))},
    ),
    "print: a fee for each of two pieces": (
        "print",
        "8.00",
        {"wanted": piece(quantity=2), "rates": free(print_fee=D(4))},
    ),
    "wax: 0.400 cm3 x 6.00 + 4.00 mm x 0.20": (
        "print",
        "3.20",
        {"rates": free(print_per_cm3=D(6), print_per_mm=D("0.20"))},
    ),
    "wax enlarged by 1 / 0.98: 0.425 cm3 (400 / 0.941192 = 424.99) x 6.00 + 4.08 mm x 0.20 = 3.366": (
        "print",
        "3.37",
        {"wanted": piece(alloy=alloy(shrinkage=D("0.02"))), "rates": free(print_per_cm3=D(6), print_per_mm=D("0.20"))},
    ),
    "a model that is the wax already: 0.400 x 6.00 + 4.00 x 0.20": (
        "print",
        "3.20",
        {
            "wanted": piece(alloy=alloy(shrinkage=D("0.02"), workshop_scales=False)),
            "rates": free(print_per_cm3=D(6), print_per_mm=D("0.20")),
        },
    ),
    "casting: 12.00 + 6.200 g x 0.60": (
        "casting",
        "15.72",
        {"rates": free(casting_fee=D(12), casting_per_g=D("0.60"))},
    ),
    "clean-up": ("cleanup", "3.50", {"rates": free(cleanup_fee=D("3.50"))}),
    "polishing: 6.000 cm2 x 3.20": ("finishing", "19.20", {"rates": free(finish_per_cm2={"polished": D("3.20")})}),
    "plating two pieces: 2 x (6.000 cm2 x 1.10) + 12.00": (
        "plating",
        "25.20",
        {
            "wanted": piece(plating="rhodium", quantity=2),
            "rates": free(platings={"rhodium": PlatingRate(D(12), D("1.10"))}),
        },
    ),
    "setting 10 round of 1.49 mm (rounded up: 1.494 is 1.49) at 1.80 and 2 of 1.50 mm at 2.60": (
        "setting",
        "23.20",
        {"found": figures(stones=[("round", 1.494)] * 10 + [("round", 1.5)] * 2), "rates": free(settings=SETTINGS)},
    ),
    "a cut without rows of its own is set as any": (
        "setting",
        "6.00",
        {"found": figures(stones=[("heart", 3.0)]), "rates": free(settings=SETTINGS)},
    ),
    "three pieces with a stone each": (
        "setting",
        "14.40",
        {"found": figures(stones=[("round", 9.0)]), "wanted": piece(quantity=3), "rates": free(settings=SETTINGS)},
    ),
    "stones that the customer sets himself": (
        "setting",
        None,
        {
            "found": figures(stones=[("round", 3.0)]),
            "wanted": piece(set_stones=False),
            "rates": free(settings=SETTINGS),
        },
    ),
    "stones that are metal are not set": (
        "setting",
        None,
        {
            "found": figures(with_stones=500.0, stones=[("round", 3.0)]),
            "wanted": piece(stones_are_metal=True),
            "rates": free(settings=SETTINGS),
        },
    ),
    "stones that are metal are weighed: 500 mm3 is 7.750 g x 0.750 x 112.00 x 1.08": (
        "metal",
        "703.08",
        {"found": figures(with_stones=500.0, stones=[("round", 3.0)]), "wanted": piece(stones_are_metal=True)},
    ),
    "engraving 12 characters on 2 pieces: 2 x 12 x 0.45 + 6.00": (
        "engraving",
        "16.80",
        {
            "wanted": piece(engraved_characters=12, quantity=2),
            "rates": free(engraving_setup=D(6), engraving_per_character=D("0.45")),
        },
    ),
    "nothing engraved, no set-up": ("engraving", None, {"rates": free(engraving_setup=D(6))}),
    "hallmark of 6.2 g of gold": ("hallmark", "2.40", {"rates": free(hallmarks=HALLMARKS)}),
    "hallmark at 1.000 g": (
        "hallmark",
        "2.40",
        {"found": figures(1000 / 15.5), "rates": free(hallmarks=HALLMARKS)},
    ),
    "no hallmark at 0.999 g": (
        "hallmark",
        None,
        {"found": figures(999 / 15.5), "rates": free(hallmarks=HALLMARKS)},
    ),
    "the finished mass decides: 1.010 g cast, 0.93 g taken off, but never more than a tenth: 0.909 g": (
        "hallmark",
        None,
        {
            "found": figures(1010 / 15.5),
            "wanted": piece(alloy=alloy(finishing_removal_mm=D("0.1"))),
            "rates": free(hallmarks=HALLMARKS),
        },
    ),
    "inspection": ("inspection", "2.50", {"rates": free(inspection_fee=D("2.50"))}),
    "packing": ("packing", "6.00", {"wanted": piece(quantity=2), "rates": free(packing_fee=D(3))}),
    "set-up is shared: 4 pieces, one fee": (
        "setup",
        "18.00",
        {"wanted": piece(quantity=4), "rates": free(setup_fee=D(18))},
    ),
    "margin of (562.46 + 2.50) x 0.35 = 197.736 on each of 2, and 18.00 x 0.35": (
        "margin",
        "401.78",
        {
            "wanted": piece(quantity=2),
            "rates": free(inspection_fee=D("2.50"), setup_fee=D(18), margin_rate=D("0.35")),
        },
    ),
    "5 % off each of 10: 562.46 x 0.05 = 28.123": (
        "discount",
        "-281.20",
        {"wanted": piece(quantity=10), "rates": free(quantity_breaks=(QuantityBreak(10, D("0.05")),))},
    ),
    "9 are not 10": (
        "discount",
        None,
        {"wanted": piece(quantity=9), "rates": free(quantity_breaks=(QuantityBreak(10, D("0.05")),))},
    ),
    "20 % off each of 3: 562.46 x 0.20 = 112.492; 3 then cost 1349.91, more than 2": (
        "discount",
        "-337.47",
        {"wanted": piece(quantity=3), "rates": free(quantity_breaks=(QuantityBreak(3, D("0.20")),))},
    ),
    "50 % off 3 would cost 843.69, less than the 1124.92 of 2: then 3 cost as much as 2": (
        "discount",
        "-562.46",
        {"wanted": piece(quantity=3), "rates": free(quantity_breaks=(QuantityBreak(3, D("0.50")),))},
    ),
    "rush: 562.46 x 0.30 = 168.738 on each of 2, and 18.00 x 0.30": (
        "rush",
        "342.88",
        {"wanted": piece(is_rush=True, quantity=2), "rates": free(rush_rate=D("0.30"), setup_fee=D(18))},
    ),
    "nobody is in a hurry": ("rush", None, {"rates": free(rush_rate=D("0.30"))}),
    "what is missing to the minimum": ("minimum", "37.54", {"rates": free(minimum_net=D(600))}),
    "a minimum in a hurry: 600.00 x 1.30 - 562.46 x 1.30 (731.20)": (
        "minimum",
        "48.80",
        {"wanted": piece(is_rush=True), "rates": free(minimum_net=D(600), rush_rate=D("0.30"))},
    ),
    "a learned factor: 6.200 x 0.98 = 6.076 g x 0.750 x 112.00 x 1.08": (
        "metal",
        "551.21",
        {"wanted": piece(mass_factor=D("0.98"))},
    ),
    "a model that shrinks: 6.200 x 0.941192 = 5.835 g": (
        "metal",
        "529.35",
        {"wanted": piece(alloy=alloy(shrinkage=D("0.02"), workshop_scales=False))},
    ),
}


@pytest.mark.parametrize(("code", "amount", "what"), CASES.values(), ids=CASES)
def test_a_component_is_what_a_calculation_by_hand_gives(code, amount, what):
    assert part(code, **what) == (None if amount is None else D(amount))


def test_the_components_stand_in_the_order_of_the_work():
    everything = free(
        refining_rate=D(1), print_fee=D(1), casting_fee=D(1), cleanup_fee=D(1), finish_per_cm2={"polished": D(1)},
        platings={"gold": PlatingRate(D(1), D(1))}, settings=SETTINGS, engraving_setup=D(1), hallmarks=HALLMARKS,
        inspection_fee=D(1), packing_fee=D(1), setup_fee=D(1), margin_rate=D(1), rush_rate=D(1),
        quantity_breaks=(QuantityBreak(2, D("0.01")),), minimum_net=D(100_000),
    )  # fmt: skip
    wanted = piece(
        alloy=alloy(sprue_share=D(1)), plating="gold", engraved_characters=3, is_rush=True, quantity=2
    )  # fmt: skip

    assert list(parts(found=figures(stones=[("round", 1.0)]), wanted=wanted, rates=everything)) == [
        "metal", "refining", "print", "casting", "cleanup", "finishing", "plating", "setting", "engraving",
        "hallmark", "inspection", "packing", "setup", "margin", "discount", "rush", "minimum",
    ]  # fmt: skip


def test_the_mass_that_is_shown_is_the_finished_one_and_the_metal_that_is_charged_the_cast_one():
    polished = piece(alloy=alloy(finishing_removal_mm=D("0.02")))

    price = calculate_price(figures(), polished, free(), metal_prices())

    # 6.200 - 6.000 cm2 x 0.02 mm x 15.5 / 10 = 6.200 - 0.186
    assert price.mass_g == D("6.014")
    assert price.components[0].amount == D("562.46")


def test_the_four_numbers_between_a_model_and_its_metal():
    cast = alloy(sprue_share=D("0.5"), finishing_removal_mm=D("0.01"), shrinkage=D("0.02"), workshop_scales=False)

    # cast 6.2 x 0.98^3 = 5.8353904; area 6 x 0.98^2 = 5.7624 cm2; off 5.762 x 0.01 x 15.5 / 10 = 0.089311
    assert masses(400.0, 600.0, cast) == Masses(D("5.835"), D("5.746"), D("2.918"))


def test_a_plating_without_a_rate_is_named():
    with pytest.raises(RateMissing, match="rhodium"):
        parts(wanted=piece(plating="rhodium"))


@pytest.mark.parametrize(
    ("rates", "why"),
    [
        ({"quantity_breaks": (QuantityBreak(5, D("0.05")), QuantityBreak(10, D("0.04")))}, "cost more each"),
        ({"quantity_breaks": (QuantityBreak(5, D("0.05")), QuantityBreak(5, D("0.06")))}, "stands twice"),
        (
            {"hallmarks": (HallmarkRate("gold", D(1), D(3)), HallmarkRate("gold", D(2), D(1)))},
            "heavier would be cheaper",
        ),
        ({"hallmarks": (HallmarkRate("gold", D(1), D(3)), HallmarkRate("gold", D(1), D(3)))}, "stands twice"),
        ({"settings": (SettingRate("round", D(0), D(1)),)}, "'any'"),
        ({"settings": (SettingRate("any", D(1), D(1)),)}, "begin at 0 mm"),
        ({"platings": {"mud": PlatingRate(D(1), D(1))}}, "mud"),
        ({"print_fee": D(-1)}, "print_fee"),
    ],
)
def test_a_price_list_that_would_break_a_promise_is_refused(rates, why):
    with pytest.raises(ValueError, match=why):
        price_list(**rates)


@pytest.mark.parametrize(
    "wrong", [{"plating": "mud"}, {"engraved_characters": -1}, {"engraved_characters": 201}, {"mass_factor": D(0)}]
)
def test_an_impossible_piece_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong)) if "plating" not in wrong else "mud"):
        piece(**wrong)


def test_every_new_input_survives_json():
    wanted = piece(
        alloy=alloy(sprue_share=D("0.3"), finishing_removal_mm=D("0.01"), shrinkage=D("0.02"), workshop_scales=False),
        plating="gold",
        engraved_characters=3,
        is_rush=True,
        set_stones=False,
        stones_are_metal=True,
        mass_factor=D("0.98"),
    )
    rates = price_list(
        platings={"gold": PlatingRate(D(1), D(2))}, settings=SETTINGS, hallmarks=HALLMARKS,
        quantity_breaks=(QuantityBreak(5, D("0.05")),), rush_rate=D("0.3"),
    )  # fmt: skip

    assert PieceSpec.from_json(wanted.to_json()) == wanted
    assert PriceList.from_json(rates.to_json()) == rates


def test_inputs_from_before_they_had_all_their_fields_charge_nothing_for_them():
    old = {name: value for name, value in alloy().to_json().items() if name in _FIRST_ALLOY}

    assert AlloySpec.from_json(old) == alloy()
    assert replace(alloy(), sprue_share=D(1)) != alloy()


_FIRST_ALLOY = {"code", "name", "metal", "fineness", "colour", "density_g_cm3", "casting_loss", "wall_min_mm"}
