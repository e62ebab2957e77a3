"""Where the work on a quote stands, for the page that waits for it. Kept in the cache: losing it loses nothing."""

from typing import Final

from django.core.cache import cache

QUEUED: Final = "queued"
PRICING: Final = "pricing"

# How far along a stage is when it begins, in per cent. Reading is quick, the walls take longest.
PERCENT: Final = {QUEUED: 0, "reading": 10, "measuring": 25, "walls": 50, "drawing": 80, PRICING: 95}
_SECONDS: Final = 600


def tell_stage(quote_id: int, stage: str) -> None:
    """Say which stage begins now."""
    cache.set(_key(quote_id), stage, _SECONDS)


def stage_of(quote_id: int) -> str:
    """The stage that was told last; the first one when the cache has forgotten."""
    stage = cache.get(_key(quote_id))
    return stage if stage in PERCENT else "reading"


def _key(quote_id: int) -> str:
    return f"pricing.stage.{quote_id}"
