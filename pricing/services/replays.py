"""Old quotes calculated again from their receipts: not a cent may differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pricing.engine.errors import RateMissing
from pricing.engine.receipts import differences, price_of_receipt
from pricing.models import Quote

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Replay:
    """A quote that was calculated again, and where it differs from what was told (nowhere, it is hoped)."""

    reference: str
    differences: list[str]


def replay_quotes(*, since: datetime | None = None, limit: int | None = None) -> Iterator[Replay]:
    """Calculate priced quotes again, the newest first, in constant memory. Writes nothing."""
    priced = Quote.objects.filter(receipt__isnull=False).order_by("-pk").prefetch_related("components")
    if since is not None:
        priced = priced.filter(settled_at__gte=since)
    for quote in priced[:limit].iterator(chunk_size=_CHUNK):
        yield Replay(quote.reference, _differences(quote))


def _differences(quote: Quote) -> list[str]:
    try:
        return differences(_told(quote), price_of_receipt(quote.receipt or {}))
    except (KeyError, TypeError, ValueError, RateMissing) as wrong:
        return [f"can't be calculated from its receipt: {wrong!r}"]


def _told(quote: Quote) -> dict[str, Any]:
    told = quote.amounts
    parts = [{"code": part.code, "amount": str(part.amount)} for part in quote.components.all()]
    return {
        "net": str(told.net),
        "tax": str(told.tax),
        "gross": str(told.gross),
        "mass_g": str(told.mass_g),
        "components": parts,
    }
