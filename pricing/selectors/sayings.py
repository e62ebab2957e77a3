"""Why a model can't be made, or what its owner should know, in the reader's language.

The engine's refusals and reasons are codes with parameters; their English words are the keys of the translation.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext, gettext_noop

from pricing.engine import castability, errors
from pricing.states import BY_A_PERSON

_UNKNOWN: Final = gettext_noop("This model can't be priced.")
_MESSAGES: Final[Mapping[str, str]] = {
    **errors.MESSAGES,
    **castability.MESSAGES,
    BY_A_PERSON: gettext_noop("A jeweller looked at this model. {reason}"),
}


def saying(code: str, params: Mapping[str, Any]) -> str:
    """One refusal or reason in words."""
    return gettext(_MESSAGES.get(code, _UNKNOWN)).format_map(_Known(params))


def sayings(reasons: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """A quote's reasons in words, worst first."""
    return tuple(saying(str(reason["code"]), reason["params"]) for reason in reasons)


class _Known(dict[str, Any]):
    """A parameter that wasn't stored shows as "?", never as a failure."""

    def __missing__(self, name: str) -> str:
        return "?"
