"""Rates, designs and quotes, valid with no arguments."""

from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File

from config.demo.rates import seed_rates
from pricing.models import Alloy, Design, Measurement, Quote
from pricing.services.attempts import start_attempt
from pricing.services.designs import measurement_of, store_design
from pricing.services.quotes import request_quote, settle_quote

DESIGNS = Path(__file__).parents[2] / "examples" / "designs"
RING = DESIGNS / "band_ascii.stl"  # small, so that measuring it takes a moment only


def make_rates() -> None:
    """The demo rates, once."""
    if not Alloy.objects.exists():
        seed_rates()


def make_design(path: Path = RING) -> Design:
    """A stored design that nobody has measured yet."""
    with path.open("rb") as file:
        return store_design(upload=File(file, name=path.name))


def make_design_of(content: bytes, name: str = "model.stl") -> Design:
    return store_design(upload=ContentFile(content, name=name))


def make_measurement(design: Design | None = None) -> Measurement:
    """A measurement by the real engine in its child process."""
    return measurement_of(design or make_design(), unit="")


def make_requested_quote(**asked: Any) -> Quote:
    make_rates()
    design = asked.pop("design", None) or make_design()
    return request_quote(design=design, **{"alloy_code": "au585-yellow", "size": "17"} | asked)


def make_quote(**asked: Any) -> Quote:
    """A priced quote, priced as a worker does it."""
    quote = make_requested_quote(**asked)
    attempt = start_attempt(quote_id=quote.pk)
    assert attempt is not None
    settle_quote(attempt=attempt, measurement=measurement_of(quote.design, unit=quote.unit))
    quote.refresh_from_db()
    return quote
