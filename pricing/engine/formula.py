"""An amount as a sum of products of named factors: evaluated it is a price, written out it is the reason for it.

One structure serves both, so that no explanation can say anything else than what was calculated.
"""

from dataclasses import dataclass
from decimal import Decimal
from math import prod
from typing import Final, Self

from typing_extensions import override

from pricing.engine.money import round_money


@dataclass(frozen=True, slots=True)
class Factor:
    """A number with its meaning. name: a code, whose words are looked up where it is shown; unit: "g", "EUR/g", "" for
    a bare share; detail: which one of several, such as "round from 1.5 mm"."""

    name: str
    value: Decimal
    unit: str = ""
    detail: str = ""

    @override
    def __str__(self) -> str:
        return f"{_shown(self.value)} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Formula:
    """A sum of products of factors; without any it is nothing."""

    products: tuple[tuple[Factor, ...], ...] = ()

    @classmethod
    def product(cls, *factors: Factor) -> Self:
        """The product of these factors."""
        return cls((factors,))

    def times(self, *factors: Factor) -> "Formula":
        """Every product with these factors as well."""
        return Formula(tuple(product + factors for product in self.products))

    def __add__(self, other: "Formula") -> "Formula":
        return Formula(self.products + other.products)

    @override
    def __str__(self) -> str:
        """As a person writes it: 6.313 g x 0.750 x 112.00 EUR/g."""
        return " + ".join(" x ".join(map(str, factors)) for factors in self.products)

    @property
    def value(self) -> Decimal:
        """The sum, unrounded."""
        total = Decimal(0)
        for factors in self.products:
            total += prod([factor.value for factor in factors])
        return total


NOTHING: Final = Formula()


def _shown(value: Decimal) -> str:
    """Without the zeros that a column of four decimals adds: 112.0000 is 112.00, a mass of 6.310 g stays."""
    digits = f"{value:f}"
    whole, _, decimals = digits.partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}" if len(decimals) > 3 else digits


@dataclass(frozen=True, slots=True)
class Rounded:
    """A formula and the amount of money it gives: the one place where an amount of a price is rounded."""

    formula: Formula
    amount: Decimal

    @classmethod
    def of(cls, formula: Formula, currency: str) -> Self:
        return cls(formula, round_money(formula.value, currency)) if formula.products else cls(formula, Decimal(0))
