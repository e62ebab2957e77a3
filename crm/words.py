"""The reasons of an exception in words: what stopped the order and what would resolve it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

_WORDS = {
    "price_impossible": gettext_noop(
        "The price is not possible (%(detail)s). Look at the quote before anything is made."
    ),
    "amount_over_limit": gettext_noop(
        "The total is over the limit (%(detail)s). Check the customer and the payment, then approve."
    ),
    "design_doubtful": gettext_noop(
        "Whether “%(detail)s” can be cast isn't certain. Look at its quote, or ask the customer."
    ),
}


def words_of(reason: Mapping[str, Any]) -> str:
    """A stored reason in the reader's language."""
    words = _WORDS.get(reason["code"])
    return _(words) % {"detail": reason["detail"]} if words else f"{reason['code']}: {reason['detail']}"


_TITLES = {
    "price_impossible": gettext_noop("impossible price"),
    "amount_over_limit": gettext_noop("over the limit"),
    "design_doubtful": gettext_noop("doubtful design"),
}


def title_of(code: str) -> str:
    """A reason in two words, for charts; one without a title of its own is named by its code."""
    title = _TITLES.get(code)
    return _(title) if title else code.replace("_", " ")
