"""What the shop refuses.

DomainError ─ BasketEmpty 409 · NotForSale 409 · NotEngravable 409 · NotYourQuote 404 · TrackingMissing 400 ·
EmailTaken 409 · ConsentMissing 409 · BasketChanged 409 · UnknownDelivery 400 · NotYourOrder 404 ·
NotCancellable 409 · MessageEmpty 400 · BadSplit 400
"""

from django.utils.translation import gettext_lazy as _

from config.kernel.errors import DomainError


class BasketEmpty(DomainError):
    code = "basket_empty"
    message = _("Your basket is empty.")


class BadSplit(DomainError):
    code = "bad_split"
    status = 400
    message = _("Choose some of the order's lines, and leave at least one.")


class BasketChanged(DomainError):
    code = "basket_changed"
    message = _("Your basket changed meanwhile. Please look at the new total and order again.")


class MessageEmpty(DomainError):
    code = "message_empty"
    status = 400
    message = _("Please write something, with at most %(most)s characters.")


class NotCancellable(DomainError):
    code = "not_cancellable"
    message = _("This order can't be cancelled any more. Please write to us.")


class NotYourOrder(DomainError):
    code = "not_your_order"
    status = 404
    message = _("There is no such order.")


class UnknownDelivery(DomainError):
    code = "unknown_delivery"
    status = 400
    message = _("Please choose how the piece shall be delivered.")


class ConsentMissing(DomainError):
    code = "consent_missing"
    message = _("Please read our advice and tick that you want the piece made all the same.")


class EmailTaken(DomainError):
    code = "email_taken"
    message = _("There is an account with this e-mail already. Please sign in.")


class NotEngravable(DomainError):
    code = "not_engravable"
    message = _("This piece has no room for an engraving.")


class NotForSale(DomainError):
    code = "not_for_sale"
    message = _("This piece has no price at the moment. Please try again in a minute.")


class NotYourQuote(DomainError):
    code = "not_your_quote"
    status = 404
    message = _("There is no such quote.")


class TrackingMissing(DomainError):
    code = "tracking_missing"
    status = 400
    message = _("Please give the tracking number: the customer will want to follow the parcel.")
