"""The reader's language, and columns that a row has in several."""

from typing import Any

from django.utils.translation import get_language


def speaks_russian() -> bool:
    return (get_language() or "en").startswith("ru")


def local(row: Any, name: str) -> str:
    """A field in the reader's language where the row has it, else as it was written first."""
    return getattr(row, f"{name}_{(get_language() or 'en')[:2]}", "") or getattr(row, name)
