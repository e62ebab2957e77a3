"""Money in the reader's way."""

from decimal import Decimal
from typing import Final

from django.utils.formats import number_format

from config.kernel.languages import speaks_russian

_SYMBOLS: Final = {"EUR": "€", "USD": "$", "GBP": "£", "RUB": "₽"}


def money(amount: Decimal | None, currency: str) -> str:
    """€1,234.50 in English, 1 234,50 € in Russian."""
    return "" if amount is None else _with_currency(amount, 2, currency)


def money_rounded(amount: Decimal, currency: str) -> str:
    """€1,235 in English, 1 235 € in Russian: for charts."""
    return _with_currency(amount, 0, currency)


def money_whole(amount: int) -> str:
    """A round amount without its currency: 1,000 in English, 1 000 in Russian."""
    return number_format(amount, 0, use_l10n=True, force_grouping=True)


def _with_currency(amount: Decimal, places: int, currency: str) -> str:
    figures = number_format(amount, places, use_l10n=True, force_grouping=True)
    symbol = _SYMBOLS.get(currency)
    if symbol and not speaks_russian():
        return f"{symbol}{figures}"
    return f"{figures}\N{NO-BREAK SPACE}{symbol or currency}"
