"""Money: one rounding rule, and a price that can't contradict itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Self

from pricing.engine.exact import decimal_from_json

# Digits after the point by ISO 4217. A currency that is not here is refused: guessing two digits would be wrong by a
# factor of a hundred for yen.
MINOR_DIGITS: Final[Mapping[str, int]] = {
    "EUR": 2, "USD": 2, "GBP": 2, "CHF": 2, "RUB": 2, "PLN": 2, "CZK": 2, "SEK": 2, "NOK": 2, "DKK": 2, "JPY": 0,
}  # fmt: skip

_SMALLEST: Final = {currency: Decimal(1).scaleb(-digits) for currency, digits in MINOR_DIGITS.items()}


def require_currency(currency: str) -> None:
    """Raise ValueError for a currency whose rounding is not known."""
    if currency not in MINOR_DIGITS:
        raise ValueError(f"currency {currency!r} is not one of {', '.join(MINOR_DIGITS)}")


def round_money(amount: Decimal, currency: str) -> Decimal:
    """The amount in whole cents (or the currency's smallest unit), half up. Raises ValueError: unknown currency."""
    require_currency(currency)
    return amount.quantize(_SMALLEST[currency], ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Component:
    """One named part of a net price."""

    code: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """The price of all pieces of a quote together, with its parts. mass_g is the mass of one piece.

    Raises ValueError when net + tax is not gross or the components do not add up to net.
    """

    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    components: tuple[Component, ...]
    mass_g: Decimal

    def __post_init__(self) -> None:
        if self.net + self.tax != self.gross:
            raise ValueError(f"{self.net} + {self.tax} is not {self.gross}")
        total = sum((component.amount for component in self.components), Decimal(0))
        if total != self.net:
            raise ValueError(f"the components add up to {total}, not to {self.net}")

    def to_json(self) -> dict[str, Any]:
        """JSON values, amounts and mass as strings."""
        return {
            "currency": self.currency,
            "net": str(self.net),
            "tax": str(self.tax),
            "gross": str(self.gross),
            "components": [{"code": part.code, "amount": str(part.amount)} for part in self.components],
            "mass_g": str(self.mass_g),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The price that `to_json` described. Raises KeyError or ValueError for anything else."""
        parts = (Component(str(part["code"]), decimal_from_json(part["amount"])) for part in stored["components"])
        return cls(
            currency=str(stored["currency"]),
            net=decimal_from_json(stored["net"]),
            tax=decimal_from_json(stored["tax"]),
            gross=decimal_from_json(stored["gross"]),
            components=tuple(parts),
            mass_g=decimal_from_json(stored["mass_g"]),
        )
