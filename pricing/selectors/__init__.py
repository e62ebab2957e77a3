"""Reading what a price is made from, why it is what it is, how far a quote is, and what to say of it."""

from pricing.selectors.progress import Progress, quote_progress
from pricing.selectors.rates import rates_changed_at, without_vat
from pricing.selectors.reasons import metal_price_at
from pricing.selectors.sayings import saying, sayings
from pricing.selectors.thin import thin_places

__all__ = [
    "Progress",
    "metal_price_at",
    "quote_progress",
    "rates_changed_at",
    "saying",
    "sayings",
    "thin_places",
    "without_vat",
]
