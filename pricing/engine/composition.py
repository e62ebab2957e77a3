"""Does an alloy's density fit what it is made of?

Metals mix almost without changing their volume, so an alloy's density is 1 / sum(mass fraction / density of the
element). The rule gives the densities that alloy makers publish within 0.2 % (585-200: 13.63), while wrong figures go
around: 23.6 for platinum 950 (pure platinum has 21.45), 19.4 for a 22 ct gold. One wrong figure makes every piece of
the alloy too dear or too cheap, so it is caught when it is entered.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any, Final

from pricing.engine.exact import decimals_from_json, require_positive

Composition = Mapping[str, Decimal]

# g/cm3 near room temperature: CRC Handbook of Chemistry and Physics, "Physical constants of inorganic compounds".
ELEMENT_DENSITIES: Final[Mapping[str, Decimal]] = MappingProxyType(
    {
        symbol: Decimal(density)
        for symbol, density in {
            "Ag": "10.49", "Al": "2.70", "Au": "19.3", "Co": "8.86", "Cr": "7.15", "Cu": "8.96", "Fe": "7.87",
            "Ga": "5.91", "Ge": "5.32", "In": "7.31", "Ir": "22.56", "Mn": "7.30", "Ni": "8.90", "Pd": "12.0",
            "Pt": "21.45", "Rh": "12.4", "Ru": "12.1", "Si": "2.33", "Sn": "7.29", "Ti": "4.51", "W": "19.3",
            "Zn": "7.13",
        }.items()
    }
)  # fmt: skip
SYMBOLS: Final[Mapping[str, str]] = MappingProxyType(
    {"gold": "Au", "silver": "Ag", "platinum": "Pt", "palladium": "Pd"}
)

TOLERANCE: Final = Decimal("0.02")  # published figures of one recipe differ by as much; a wrong recipe by 5 % or more
_FINENESS_ABOVE: Final = Decimal("0.005")  # a caster adds a little above the hallmark's fineness, never less


class ImplausibleAlloy(ValueError):
    """An alloy contradicts itself. `code` is stable, `params` fill the message's {named} places."""

    def __init__(self, code: str, message: str, **params: str) -> None:
        self.code, self.params = code, params
        super().__init__(message.format(**params))


def composition_from_json(stored: Any) -> dict[str, Decimal]:
    """Mass fractions by element symbol, stored as strings: {"Au": "0.750", "Ag": "0.125", "Cu": "0.125"}.

    Raises ImplausibleAlloy: not such a table, an unknown element, or fractions that don't add up to 1.
    """
    try:
        composition = decimals_from_json(stored)
        for symbol, share in composition.items():
            require_positive(symbol, share)
    except (AttributeError, TypeError, ValueError) as wrong:
        raise ImplausibleAlloy(
            "composition_unreadable", "the composition can't be read: {why}", why=str(wrong)
        ) from wrong
    unknown = sorted(set(composition) - set(ELEMENT_DENSITIES))
    if unknown:
        raise ImplausibleAlloy("unknown_element", "the density of {element} is not known", element=unknown[0])
    total = sum(composition.values(), Decimal(0))
    if total != 1:
        raise ImplausibleAlloy(
            "composition_incomplete", "the mass fractions add up to {total}, not to 1", total=str(total)
        )
    return composition


def expected_density(composition: Composition) -> Decimal:
    """Density in g/cm3 of a mixture, half up to 0.01: 1 / sum of mass fraction / density."""
    volume = sum((share / ELEMENT_DENSITIES[symbol] for symbol, share in composition.items()), Decimal(0))
    return (1 / volume).quantize(Decimal("0.01"), ROUND_HALF_UP)


def require_plausible(*, metal: str, fineness: int, density_g_cm3: Decimal, composition: Composition) -> None:
    """Refuse an alloy whose fineness or density its composition contradicts. Raises ImplausibleAlloy."""
    share = composition.get(SYMBOLS[metal], Decimal(0))
    named = Decimal(fineness) / 1000
    if not named <= share <= named + _FINENESS_ABOVE:
        message = "the composition has {share} of {metal}, which is not a fineness of {fineness}"
        raise ImplausibleAlloy("fineness_differs", message, share=str(share), metal=metal, fineness=str(fineness))
    expected = expected_density(composition)
    if abs(density_g_cm3 - expected) > TOLERANCE * expected:
        message = "a density of {density} g/cm3 does not fit the composition: expected is {expected}"
        raise ImplausibleAlloy("density_differs", message, density=str(density_g_cm3), expected=str(expected))
