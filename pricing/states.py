"""The life of a quote, and the closed lists of what a piece can be."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MOST_ENGRAVED: Final = 60  # signs on a piece


class QuoteStatus(TextChoices):
    REQUESTED = "requested", _("requested")
    CALCULATING = "calculating", _("calculating")
    IN_REVIEW = "in_review", _("with a jeweller")
    PRICED = "priced", _("priced")
    NOT_MANUFACTURABLE = "not_manufacturable", _("can't be made")
    FAILED = "failed", _("failed")
    ACCEPTED = "accepted", _("accepted")
    EXPIRED = "expired", _("expired")


TRANSITIONS: dict[str, set[str]] = {
    QuoteStatus.REQUESTED: {QuoteStatus.CALCULATING},
    QuoteStatus.CALCULATING: {
        QuoteStatus.CALCULATING,
        QuoteStatus.REQUESTED,
        QuoteStatus.IN_REVIEW,
        QuoteStatus.PRICED,
        QuoteStatus.NOT_MANUFACTURABLE,
        QuoteStatus.FAILED,
    },
    QuoteStatus.IN_REVIEW: {QuoteStatus.PRICED, QuoteStatus.NOT_MANUFACTURABLE},
    QuoteStatus.PRICED: {QuoteStatus.ACCEPTED, QuoteStatus.EXPIRED},
    QuoteStatus.NOT_MANUFACTURABLE: set(),
    QuoteStatus.FAILED: {QuoteStatus.REQUESTED},
    QuoteStatus.ACCEPTED: set(),
    QuoteStatus.EXPIRED: set(),
}

BY_A_PERSON = "refused_by_a_person"  # a refusal whose words are a person's, beside the engine's own
LEASE_BEYOND_SECONDS = 90  # beyond PRICING_SECONDS: a cold host starts, the child is killed, the result is stored
UNSETTLED = {QuoteStatus.REQUESTED, QuoteStatus.CALCULATING}


class Unit(TextChoices):
    """What one unit of a file is, if somebody says so; empty: as the file says, else millimetres."""

    AS_IN_FILE = "", _("as the file says, otherwise millimetres")
    MM = "mm", _("millimetres")
    CM = "cm", _("centimetres")
    INCH = "inch", _("inches")
    M = "m", _("metres")


class Verdict(TextChoices):
    """Whether a piece can be cast in its alloy (`pricing.engine.castability`)."""

    OK = "ok", _("can be cast")
    ADVICE = "advice", _("can be cast, with advice")
    REFUSE = "refuse", _("can't be cast")
    REVIEW = "review", _("a person must look")


CERTAIN = {Verdict.OK, Verdict.ADVICE}  # a piece that needs no person


class Metal(TextChoices):
    GOLD = "gold", _("gold")
    SILVER = "silver", _("silver")
    PLATINUM = "platinum", _("platinum")
    PALLADIUM = "palladium", _("palladium")


class Finish(TextChoices):
    POLISHED = "polished", _("polished")
    MATTE = "matte", _("matte")
    BRUSHED = "brushed", _("brushed")


class Plating(TextChoices):
    RHODIUM = "rhodium", _("rhodium")
    RUTHENIUM = "ruthenium", _("ruthenium")
    GOLD = "gold", _("yellow gold")
    ROSE_GOLD = "rose_gold", _("rose gold")


class Kind(TextChoices):
    """The kind of a piece: it decides how the piece is made (mes.Routing) and how its size is given."""

    RING = "ring", _("ring")
    PENDANT = "pendant", _("pendant")
    EARRING = "earring", _("earring")
    BRACELET = "bracelet", _("bracelet")
    OTHER = "other", _("other piece")
