"""Rates in a JSON file, for the terminal and for demo data. The shop's own rates are rows of its database."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pricing.engine.composition import Composition, composition_from_json
from pricing.engine.inputs import MetalPrices, PriceList
from pricing.engine.materials import AlloySpec

DEMO_RATES: Final = Path(__file__).with_name("rates.json")


@dataclass(frozen=True, slots=True)
class Rates:
    """Everything that prices any piece: alloys by code, metal prices, one price list; what the alloys are made of."""

    alloys: Mapping[str, AlloySpec]
    compositions: Mapping[str, Composition]
    metal_prices: MetalPrices
    price_list: PriceList


def load_rates(path: Path | None = None) -> Rates:
    """Read rates from a JSON file (None: the demo rates that come with the engine).

    Raises OSError when it can't be read and ValueError when it is not complete.
    """
    stored = json.loads((path or DEMO_RATES).read_text(encoding="utf-8"))
    try:
        alloys = [AlloySpec.from_json(alloy) for alloy in stored["alloys"]]
        return Rates(
            alloys={alloy.code: alloy for alloy in alloys},
            compositions={
                str(alloy["code"]): composition_from_json(alloy["composition"])
                for alloy in stored["alloys"]
                if "composition" in alloy
            },
            metal_prices=MetalPrices.from_json(stored["metal_prices"]),
            price_list=PriceList.from_json(stored["price_list"]),
        )
    except KeyError as missing:
        raise ValueError(f"the rates have no {missing}") from missing
    except (TypeError, AttributeError) as wrong:
        raise ValueError(f"the rates are not laid out as expected: {wrong}") from wrong
