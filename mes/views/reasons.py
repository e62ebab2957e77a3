"""The short lists an operator chooses a reason from; the code is what the record keeps."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from config.kernel.errors import ReasonMissing


class OutOfTurn(TextChoices):
    """Why a piece is taken that wasn't the next one."""

    SAME_SETUP = "same_setup", _("Same metal or tool is set up")
    ASKED = "asked", _("A planner asked for it")
    BELONGS = "belongs", _("Belongs to a piece in hand")
    CANT_DO_NEXT = "cant_do_next", _("The next one can't be worked on")


class GiveBack(TextChoices):
    """Why a piece goes back on the list."""

    MISTAKE = "mistake", _("Taken by mistake")
    MATERIAL = "material", _("Metal or part is missing")
    MACHINE = "machine", _("Machine or tool is down")
    SHIFT = "shift", _("My shift ends")


class Problem(TextChoices):
    """Why a piece can't go on without a planner."""

    BROKEN = "broken", _("Broken or cracked")
    POROUS = "porous", _("Porous casting")
    STONE = "stone", _("A stone is missing or doesn't fit")
    UNCLEAR = "unclear", _("The instruction is unclear")
    OTHER = "other", _("Something else: call a planner")


class Rework(TextChoices):
    """Why a piece goes back to an earlier step."""

    SURFACE = "surface", _("Scratch, pit or dull spot")
    SIZE = "size", _("Wrong size")
    SHAPE = "shape", _("Bent or out of shape")
    STONE = "stone", _("Stone is loose")


Reasons = type[OutOfTurn] | type[GiveBack] | type[Problem] | type[Rework]


def chosen(sent: str, reasons: Reasons, *, about: str) -> str:
    """The reason as the record keeps it. Refuses with ReasonMissing."""
    if sent not in reasons.values:
        raise ReasonMissing
    return f"{about}: {sent}"
