"""What the CRM refuses.

DomainError ─ NotUnderReview 409 · NoteEmpty 400 · LimitMissing 400 · NoSuchCustomer 404
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
