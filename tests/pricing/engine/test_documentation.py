"""docs/pricing.md says what the engine does: its example is computed again, its tables are compared."""

import re
from decimal import Decimal
from pathlib import Path

from pricing.engine.errors import MESSAGES
from pricing.engine.materials import mass_g
from pricing.engine.price import COMPONENT_CODES, calculate_price
from pricing.engine.rate_rows import HallmarkRate, PlatingRate, QuantityBreak, SettingRate
from pricing.engine.rates import load_rates
from tests.pricing.engine.shapes import alloy, figures, metal_prices, piece, price_list

TEXT = (Path(__file__).parents[3] / "docs" / "pricing.md").read_text(encoding="utf-8")
EXAMPLE = TEXT.split("### A worked example")[1].split("\n### ")[0]


def test_the_worked_example_is_right():
    given = {
        name: Decimal(value) for name, value in re.findall(r"^\| ([a-zA-Z -]+) \| ([\d.]+)", EXAMPLE, re.MULTILINE)
    }
    gold = alloy(
        density_g_cm3=given["density"],
        fineness=int(given["fineness"]),
        casting_loss=given["casting loss"],
        sprue_share=given["sprue share"],
        finishing_removal_mm=given["finishing removal"],
    )
    rates = price_list(
        vat_rate=given["VAT rate"],
        margin_rate=given["margin rate"],
        metal_markup=given["metal mark-up"],
        refining_rate=given["refining rate"],
        print_fee=given["print fee"],
        print_per_cm3=given["print rate"],
        casting_fee=given["casting fee"],
        casting_per_g=given["casting rate"],
        cleanup_fee=given["clean-up fee"],
        finish_per_cm2={"polished": given["finishing rate"]},
        platings={"rhodium": PlatingRate(given["plating set-up"], given["plating rate"])},
        settings=(SettingRate("any", Decimal(0), given["setting rate"]),),
        engraving_setup=given["engraving set-up"],
        engraving_per_character=given["engraving rate"],
        hallmarks=(HallmarkRate("gold", Decimal(1), given["hallmark fee"]),),
        inspection_fee=given["inspection fee"],
        packing_fee=given["packing fee"],
        setup_fee=given["set-up fee"],
        quantity_breaks=(QuantityBreak(2, given["discount"]),),
        rush_rate=given["rush rate"],
        minimum_net=given["minimum net"],
    )
    wanted = piece(
        alloy=gold,
        quantity=int(given["quantity"]),
        plating="rhodium",
        engraved_characters=int(given["characters"]),
        is_rush=True,
    )
    found = figures(float(given["volume"]), float(given["area"]), stones=[("round", 1.3)] * int(given["stones"]))

    price = calculate_price(found, wanted, rates, metal_prices(gold=given["metal price"]))

    printed = [Decimal(figure) for figure in re.findall(r"\*\*(-?[\d.]+)\*\*", EXAMPLE)]
    cast = mass_g(float(given["volume"]), gold)
    parts = [part.amount for part in price.components]
    assert printed == [cast, price.mass_g, *parts, price.net, price.tax, price.gross]


def test_the_table_of_refusals_is_complete():
    rows = re.findall(r"^\| `([a-z_]+)` \| .* \| (.*?) ?\|$", TEXT.split("## What is refused")[1], re.MULTILINE)

    assert {code: sorted(filter(None, names.split(", "))) for code, names in rows} == {
        code: sorted(re.findall(r"{(\w+)}", message)) for code, message in MESSAGES.items()
    }


def test_the_table_of_components_is_complete():
    rows = re.findall(r"^\| `([a-z]+)` \|", TEXT.split("## Pricing")[1].split("### ")[0], re.MULTILINE)

    assert rows == list(COMPONENT_CODES)


def test_the_table_of_alloys_matches_the_demo_rates():
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| ([\d.]+) \|", TEXT.split("## Alloys")[1].split("\n## ")[0], re.MULTILINE)

    assert dict(rows) == {code: str(spec.density_g_cm3) for code, spec in load_rates().alloys.items()}
    assert mass_g(1000.0, load_rates().alloys["ag925"]) == Decimal("10.360")
