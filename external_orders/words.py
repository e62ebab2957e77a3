"""The reasons for which an external order waits, in words: what stopped it and what would resolve it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from external_orders.models import ExternalOrder
from external_orders.states import StatusDetail

_WORDS = {
    "other_currency": gettext_noop("The price is in %(detail)s, not in the partner's currency. Agree on it with him."),
    "amount_over_limit": gettext_noop("The total of %(detail)s is over the partner's limit. Check it with him."),
    "too_many_pieces": gettext_noop("%(detail)s pieces are more than agreed. Check that the workshop can make them."),
    "alloy_not_agreed": gettext_noop("%(detail)s isn't among the alloys agreed on. Check the stock, or ask him."),
    "credit_exceeded": gettext_noop("With this order %(detail)s are open, more than his credit. Ask for a payment."),
    "design_doubtful": gettext_noop("Whether a design can be cast isn't certain. Look at its quote."),
}


_ASKED = {
    StatusDetail.WAITS_FOR_ANSWER: gettext_noop("The partner was asked something and hasn't answered yet."),
    StatusDetail.ANSWERED: gettext_noop("The partner answered. Read it below, then let the order go on or cancel it."),
    StatusDetail.CANCEL_REQUESTED: gettext_noop(
        "The partner wants to cancel though metal is cast. Decide within two working days; until then the work rests."
    ),
}


def reasons_in_words(order: ExternalOrder) -> list[str]:
    """Why an order waits or waited, in the reader's language: what is open now first."""
    asked = [_(_ASKED[StatusDetail(order.status_detail)])] if order.status_detail else []
    return asked + [words_of(reason) for reason in order.waits_for]


def words_of(reason: Mapping[str, Any]) -> str:
    """A stored reason in the reader's language."""
    words = _WORDS.get(reason["code"])
    return _(words) % {"detail": reason["detail"]} if words else str(reason["code"])
