"""What the CRM refuses.

DomainError ─ NotUnderReview 409 · RulesPublished 409 (ReasonMissing, IllegalTransition: config.kernel.errors)
"""

from django.utils.translation import gettext_lazy as _

from config.kernel.errors import DomainError


class NotUnderReview(DomainError):
    code = "not_under_review"
    message = _("This order isn't waiting for a decision any more.")


class RulesPublished(DomainError):
    code = "rules_published"
    message = _("These rules are published and never change. Make a new draft from them.")
