"""The reasons of an exception in words: what stopped the order and what would resolve it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from crm.rules import Reason
from shop.states import OrderStatus

_Words = Mapping[str, tuple[str, str]]

_OF_PRICE: Final[_Words] = {
    "price_impossible": (
        gettext_noop("The price is not possible (%(detail)s)."),
        gettext_noop("Look at the quote before anything is made, and have the line priced anew."),
    ),
    "amount_over_limit": (
        gettext_noop("The total is over the limit (%(detail)s)."),
        gettext_noop("Check the customer and the payment, then approve."),
    ),
    "line_over_limit": (
        gettext_noop("A line costs more than the limit (%(detail)s)."),
        gettext_noop("Check why this price, then approve; or split the line off."),
    ),
    "not_paid": (
        gettext_noop("The order isn't paid yet."),
        gettext_noop("It goes on by itself when it is paid and nothing else stops it; or approve it without."),
    ),
}
_OF_PIECE: Final[_Words] = {
    "many_pieces": (
        gettext_noop("More pieces than usual (%(detail)s)."),
        gettext_noop("Ask the planner whether the workshop can make them, then approve; or change the quantity."),
    ),
    "alloy_listed": (
        gettext_noop("An alloy for which a person must look (%(detail)s)."),
        gettext_noop("Check that the metal is there, then approve."),
    ),
    "alloy_not_offered": (
        gettext_noop("An alloy that isn't offered any more (%(detail)s)."),
        gettext_noop("Check that the metal is there, then approve; or ask the customer for another one."),
    ),
    "design_doubtful": (
        gettext_noop("Whether “%(detail)s” can be cast isn't certain."),
        gettext_noop("Look at its quote, or ask the customer."),
    ),
    "design_advised_against": (
        gettext_noop("We advised against “%(detail)s”, and the customer wants it."),
        gettext_noop("Read the advice on its quote, then approve or ask the customer."),
    ),
    "many_stones": (
        gettext_noop("More stones in a piece than usual (%(detail)s)."),
        gettext_noop("Check that the stones are there and a setter is free, then approve."),
    ),
    "engraved": (
        gettext_noop("An engraving (%(detail)s)."),
        gettext_noop("Read the text: it can't be taken back. Then approve."),
    ),
    "lead_time_short": (
        gettext_noop("Promised sooner than usual (days: %(detail)s)."),
        gettext_noop("Expedite it after approving, or change the promised date."),
    ),
    "no_routing": (
        gettext_noop("The workshop doesn't know how to make this kind of piece."),
        gettext_noop("Ask the planner for a routing, then apply the rules again."),
    ),
}
_OF_CUSTOMER: Final[_Words] = {
    "customer_wrote": (
        gettext_noop("The customer wrote a note with the order."),
        gettext_noop("Read it, do what it asks, then approve."),
    ),
    "customer_new": (
        gettext_noop("A new customer: none of his orders was delivered yet."),
        gettext_noop("Check name, address and payment, then approve."),
    ),
    "customer_blocked": (
        gettext_noop("This customer isn't served any more."),
        gettext_noop("Reject the order; or change his standing and apply the rules again."),
    ),
    "customer_overdue": (
        gettext_noop("This customer owes us money."),
        gettext_noop("Have him pay, change his standing and apply the rules again."),
    ),
    "country_unusual": (
        gettext_noop("Shipped to a country that we don't usually ship to (%(detail)s)."),
        gettext_noop("Check customs and carrier, then approve."),
    ),
}
_WORDS: Final[_Words] = {**_OF_PRICE, **_OF_PIECE, **_OF_CUSTOMER}


def words_of(reason: Mapping[str, Any]) -> str:
    """A stored reason in the reader's language, with what would resolve it."""
    return f"{why_of(reason)} {remedy_of(reason)}".strip()


def why_of(reason: Mapping[str, Any] | Reason) -> str:
    """What stopped the order. A reason that has no words here is the workshop's own, said in its own."""
    told = asdict(reason) if isinstance(reason, Reason) else reason
    why, _remedy = _WORDS.get(told["code"], ("", ""))
    return _(why) % {"detail": told["detail"]} if why else f"{told['code']}: {told['detail']}"


def remedy_of(reason: Mapping[str, Any] | Reason) -> str:
    """What would resolve it."""
    told = asdict(reason) if isinstance(reason, Reason) else reason
    _why, remedy = _WORDS.get(told["code"], ("", ""))
    return _(remedy) if remedy else _("Mend that, then apply the rules again.")


_TITLES = {
    "price_impossible": gettext_noop("impossible price"),
    "amount_over_limit": gettext_noop("over the limit"),
    "line_over_limit": gettext_noop("dear line"),
    "not_paid": gettext_noop("not paid"),
    "many_pieces": gettext_noop("many pieces"),
    "alloy_listed": gettext_noop("alloy to look at"),
    "alloy_not_offered": gettext_noop("alloy not offered"),
    "design_doubtful": gettext_noop("doubtful design"),
    "design_advised_against": gettext_noop("advised against"),
    "many_stones": gettext_noop("many stones"),
    "engraved": gettext_noop("engraving"),
    "lead_time_short": gettext_noop("promised too soon"),
    "no_routing": gettext_noop("no routing"),
    "customer_wrote": gettext_noop("note of the customer"),
    "customer_new": gettext_noop("new customer"),
    "customer_blocked": gettext_noop("blocked customer"),
    "customer_overdue": gettext_noop("customer owes money"),
    "country_unusual": gettext_noop("unusual country"),
}


def title_of(code: str) -> str:
    """A reason in two words, for charts; one without a title of its own is named by its code."""
    title = _TITLES.get(code)
    return _(title) if title else code.replace("_", " ")


_STEPS: Final = {
    "rules": gettext_noop("by the rules"),
    "the customer cancelled": gettext_noop("the customer cancelled"),
    "asked the customer": gettext_noop("asked the customer"),
    "the workshop cancelled its work orders": gettext_noop("the workshop cancelled its work orders"),
    "the provider says so": gettext_noop("the provider says so"),
    "paid": gettext_noop("paid"),
    "refunded": gettext_noop("refunded"),
    "sent back": gettext_noop("sent back"),
    "line stays as it was": gettext_noop("line stays as it was"),
}


def step_words(to_status: str, reason: str) -> str:
    """Why an order took a step: what Karat wrote down in the reader's language, a person's own words as they are.

    Karat writes the codes of what stopped an order, or a fixed beginning, alone or with what it is about after a colon.
    """
    codes = reason.split(", ")
    if to_status == OrderStatus.EXCEPTION and all(code in _TITLES for code in codes):
        return ", ".join(title_of(code) for code in codes)
    beginning, colon, rest = reason.partition(": ")
    return f"{_(_STEPS[beginning])}{colon}{rest}" if beginning in _STEPS else reason
