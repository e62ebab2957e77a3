"""What the shop refuses.

DomainError ─ BasketEmpty 409 · NotForSale 409 · NotEngravable 409 · NotYourQuote 404 · TrackingMissing 400 ·
EmailTaken 409 · ConsentMissing 409 · BasketChanged 409 · UnknownDelivery 400 · NotYourOrder 404 ·
NotCancellable 409 · MessageEmpty 400 · NotPayable 409 · PaymentUnknown 404 · PaymentKnown 409 · AmountDiffers 409 ·
ReferenceMissing 400 · NotRefundable 409 · OrderUnknown 404 · SameCustomer 409 · TwoAccounts 409 · CustomerMerged 409 ·
CustomerErased 409 · OrderStillOpen 409 · StaffAccount 409 · NotConfirmed 400 · BadSplit 400 · NotYourAddress 404 ·
AddressesFull 409
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


class CustomerErased(DomainError):
    code = "customer_erased"
    message = _("This customer's data was erased, or he was merged with another one. Nothing can be done with him.")


class CustomerMerged(DomainError):
    code = "customer_merged"
    message = _("One of the two isn't there any more: he was merged with another customer already.")


class SameCustomer(DomainError):
    code = "same_customer"
    message = _("These two are the same customer.")


class TwoAccounts(DomainError):
    code = "two_accounts"
    message = _("Both have an account to sign in with, so neither can take over the other. Ask which one shall stay.")


class OrderStillOpen(DomainError):
    code = "order_still_open"
    message = _("Not while an order is on its way: %(orders)s. It must be delivered or cancelled first.")


class NotConfirmed(DomainError):
    code = "not_confirmed"
    status = 400
    message = _("The e-mail that was typed isn't that of this account. Nothing was erased.")


class StaffAccount(DomainError):
    code = "staff_account"
    message = _("This account belongs to somebody who works here. Take away his rights first.")


class MessageEmpty(DomainError):
    code = "message_empty"
    status = 400
    message = _("Please write something, with at most %(most)s characters.")


class NotYourAddress(DomainError):
    code = "not_your_address"
    status = 404
    message = _("There is no such address.")


class AddressesFull(DomainError):
    code = "addresses_full"
    message = _("An address book holds %(most)s addresses. Remove one that you don't need any more.")


class NotCancellable(DomainError):
    code = "not_cancellable"
    message = _("This order can't be cancelled any more. Please write to us.")


class NotYourOrder(DomainError):
    code = "not_your_order"
    status = 404
    message = _("There is no such order.")


class NotPayable(DomainError):
    code = "not_payable"
    message = _("There is nothing to pay for this order.")


class PaymentUnknown(DomainError):
    code = "payment_unknown"
    status = 404
    message = _("There is no such payment.")


class PaymentKnown(DomainError):
    code = "payment_known"
    message = _("A payment with this number was recorded already: %(number)s")


class AmountDiffers(DomainError):
    code = "amount_differs"
    message = _(
        "The order costs %(wanted)s, not %(given)s. Nothing was recorded; record it when the whole amount is there."
    )


class ReferenceMissing(DomainError):
    code = "reference_missing"
    status = 400
    message = _("Please give the number by which the bank knows this payment.")


class NotRefundable(DomainError):
    code = "not_refundable"
    message = _("Only money that arrived can be sent back, and only once.")


class OrderUnknown(DomainError):
    code = "order_unknown"
    status = 404
    message = _("There is no order %(reference)s.")


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
