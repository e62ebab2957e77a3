"""Columns whose unit and precision are the same wherever they stand."""

from typing import Any

from django.db import models


class MoneyField(models.DecimalField):
    """An amount in the currency that stands beside it; two decimals, rounded before it gets here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 12, "decimal_places": 2} | kwargs)


class GramsField(models.DecimalField):
    """A mass in grams, to the milligram."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 10, "decimal_places": 3} | kwargs)


class RateField(models.DecimalField):
    """A share or a rate such as 0.2 for 20 %, or money per gram or cm2."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 12, "decimal_places": 4} | kwargs)
