"""What an approval rule looks at and what comes of it, and what came out of a review."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RuleKind(TextChoices):
    """What a rule finds. Those with a limit, a count or a list need it; the others need nothing."""

    AMOUNT_LIMIT = "amount_limit", _("total over the limit")
    LINE_PRICE = "line_price", _("price of a line over the limit")
    QUANTITY = "quantity", _("more pieces in a line than the number")
    ALLOY = "alloy", _("alloy on the list, or not offered any more")
    MANUFACTURABLE = "manufacturable", _("not certain that it can be cast")
    ADVICE = "advice", _("we advise against it, the customer wants it")
    STONES = "stones", _("more stones in a piece than the number")
    ENGRAVING = "engraving", _("engraving")
    NOTE = "note", _("the customer wrote a note with the order")
    LEAD_TIME = "lead_time", _("promised in fewer days than the number")
    CUSTOMER_NEW = "customer_new", _("new customer: no order delivered yet")
    CUSTOMER_BLOCKED = "customer_blocked", _("customer isn't served any more")
    CUSTOMER_OVERDUE = "customer_overdue", _("customer owes us money")
    CUSTOMER_TRUSTED = "customer_trusted", _("trust: amounts and warnings don't count below his limit")
    COUNTRY = "country", _("shipped to a country that isn't on the list")
    PAYMENT = "payment", _("not paid yet")


NEEDS_LIMIT = [RuleKind.AMOUNT_LIMIT, RuleKind.LINE_PRICE]
NEEDS_COUNT = [RuleKind.QUANTITY, RuleKind.STONES, RuleKind.LEAD_TIME]
NEEDS_LIST = [RuleKind.COUNTRY]


class Outcome(TextChoices):
    """What comes of what a rule finds."""

    STOP = "stop", _("stop: a person decides")
    WARN = "warn", _("warn: goes on, the order's page says so")
    PASS = "pass", _("pass: goes on, only kept on the record")


class Verdict(TextChoices):
    APPROVED = "approved", _("approved without a person")
    STOPPED = "stopped", _("stopped, waits for a seller")
    ASKED = "asked", _("waits for the customer's answer")
    APPROVED_BY_HAND = "approved_by_hand", _("approved by a seller")
    HELD = "held", _("held by a seller")
    REJECTED = "rejected", _("rejected by a seller")


class Standing(TextChoices):
    """How far the company trusts a customer; one without a row is normal."""

    NORMAL = "normal", _("normal")
    TRUSTED = "trusted", _("trusted up to a limit")
    OVERDUE = "overdue", _("owes us money")
    BLOCKED = "blocked", _("not served any more")


class ChangeOutcome(TextChoices):
    """What became of a change of a line that a seller had priced."""

    OPEN = "open", _("waits for its price or for the seller")
    TAKEN = "taken", _("taken")
    DROPPED = "dropped", _("dropped")
