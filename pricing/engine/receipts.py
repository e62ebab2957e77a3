"""A receipt: everything a price was calculated from, as JSON; calculated again it gives the same cents."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from pricing.engine.explain import Explanation, explain
from pricing.engine.figures import PieceFigures
from pricing.engine.inputs import MetalPrices, PieceSpec, PriceList
from pricing.engine.money import Price
from pricing.engine.price import calculate_price

_AMOUNTS: Final = ("net", "tax", "gross", "mass_g")
Inputs = tuple[PieceFigures, PieceSpec, PriceList, MetalPrices]


def inputs_of(receipt: Mapping[str, Any]) -> Inputs:
    """What `calculate_price` takes, from a receipt of this engine or an earlier one. Raises KeyError or ValueError."""
    return (
        PieceFigures.from_json(receipt["measurement"]),
        PieceSpec.from_json(receipt["piece"]),
        PriceList.from_json(receipt["price_list"]),
        MetalPrices.from_json(receipt["metal_prices"]),
    )


def price_of_receipt(receipt: Mapping[str, Any]) -> Price:
    """The price of a receipt, calculated again. Raises KeyError, ValueError or RateMissing."""
    return calculate_price(*inputs_of(receipt))


def explain_receipt(receipt: Mapping[str, Any]) -> Explanation:
    """The reasons of a receipt's price. Raises as `price_of_receipt`."""
    return explain(*inputs_of(receipt))


def differences(told: Mapping[str, Any], again: Price) -> list[str]:
    """Where a price that was told (as `Price.to_json`) and one calculated again differ, to the cent and milligram.

    A component of 0 and none are the same: earlier engines listed both.
    """
    pairs = [(name, Decimal(told[name]), getattr(again, name)) for name in _AMOUNTS]
    before = {str(part["code"]): Decimal(part["amount"]) for part in told["components"]}
    now = {part.code: part.amount for part in again.components}
    zero = Decimal(0)
    pairs += [(code, before.get(code, zero), now.get(code, zero)) for code in dict.fromkeys([*now, *before])]
    return [f"{name} {old}, now {new}" for name, old, new in pairs if old != new]
