"""What the CRM refuses.

DomainError ─ NotUnderReview 409 · NoteEmpty 400 · LimitMissing 400 · NoSuchCustomer 404 · RulesPublished 409 ·
LineChangeOpen 409 · NoSuchLine 404 · NothingChanged 400 · SizeNotMade 409 · PriceMoved 409 · DayIsOver 400 ·
NothingToRefund 409 · RefundTooLarge 400
(ReasonMissing, IllegalTransition: config.kernel.errors)
"""

from django.utils.translation import gettext_lazy as _

from config.kernel.errors import DomainError


class NotUnderReview(DomainError):
    code = "not_under_review"
    message = _("This order isn't waiting for a decision any more.")


class NoteEmpty(DomainError):
    code = "note_empty"
    status = 400
    message = _("Please write something, with at most %(most)s characters.")


class LimitMissing(DomainError):
    code = "limit_missing"
    status = 400
    message = _("Up to which amount is he trusted? Please give a limit above zero.")


class NoSuchCustomer(DomainError):
    code = "no_such_customer"
    status = 404
    message = _("There is exactly one customer needed for “%(search)s”, and %(found)s fit.")


class RulesPublished(DomainError):
    code = "rules_published"
    message = _("These rules are published and never change. Make a new draft from them.")


class LineChangeOpen(DomainError):
    code = "line_change_open"
    message = _("A line of this order is being changed. Take the new price or drop the change first.")


class NoSuchLine(DomainError):
    code = "no_such_line"
    status = 404
    message = _("This order has no such line.")


class NothingChanged(DomainError):
    code = "nothing_changed"
    status = 400
    message = _("The line is like that already.")


class SizeNotMade(DomainError):
    code = "size_not_made"
    message = _("“%(title)s” isn't made in size %(size)s.")


class PriceMoved(DomainError):
    code = "price_moved"
    message = _("The price isn't what you saw. Look at it again.")


class DayIsOver(DomainError):
    code = "day_is_over"
    status = 400
    message = _("That day is over. Choose a day that is still to come.")


class NothingToRefund(DomainError):
    code = "nothing_to_refund"
    message = _("This order wasn't paid, so there is nothing to refund.")


class RefundTooLarge(DomainError):
    code = "refund_too_large"
    status = 400
    message = _("At most %(most)s can be refunded of this order.")
