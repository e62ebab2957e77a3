"""What an approval rule looks at, and what came out of a review."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RuleKind(TextChoices):
    AMOUNT_LIMIT = "amount_limit", _("the order's total is at most the limit")
    MANUFACTURABLE = "manufacturable", _("every piece can be cast as it is, so that its mass and price are certain")


class Verdict(TextChoices):
    APPROVED = "approved", _("approved without a person")
    STOPPED = "stopped", _("stopped, waits for a seller")
    APPROVED_BY_HAND = "approved_by_hand", _("approved by a seller")
    HELD = "held", _("held by a seller")
    REJECTED = "rejected", _("rejected by a seller")


class Standing(TextChoices):
    """How far the company trusts a customer; one without a row is normal."""

    NORMAL = "normal", _("normal")
    TRUSTED = "trusted", _("trusted up to a limit")
    OVERDUE = "overdue", _("owes us money")
    BLOCKED = "blocked", _("not served any more")
