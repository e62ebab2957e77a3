"""Reading Decimal figures from JSON and checking them: shared by everything that is frozen into a database row."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any


def decimal_from_json(value: Any) -> Decimal:
    """A figure that was stored as a string. Raises ValueError for a float: it has lost the cent already."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a decimal number in a string")
    try:
        return Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a decimal number") from None


def decimals_from_json(stored: Mapping[str, Any]) -> dict[str, Decimal]:
    """A table of figures that were stored as strings."""
    return {str(name): decimal_from_json(value) for name, value in stored.items()}


def require_positive(name: str, value: Decimal) -> None:
    """Raise ValueError unless `value` is a finite Decimal above 0."""
    require_not_negative(name, value)
    if value == 0:
        raise ValueError(f"{name} must be above 0")


def require_not_negative(name: str, value: Decimal) -> None:
    """Raise ValueError unless `value` is a finite Decimal of 0 or more."""
    if not isinstance(value, Decimal) or not value.is_finite() or value < 0:
        raise ValueError(f"{name} must be a finite Decimal of 0 or more, not {value!r}")
