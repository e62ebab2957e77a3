"""What the workshop refuses.

DomainError ─ NoRouting 409 · NotQualified 403 · NothingToTake 409 · Taken 409 · NotYours 403 · OnHold 409 ·
AlreadyCast 409 · NoSuchStep 409 · Pinned 409 · NotQualifiedThere 409 · NotEnoughMetal 409 ·
NotCastYet 409 · NotStarted 409
"""

from django.utils.translation import gettext_lazy as _

from config.kernel.errors import DomainError


class NoRouting(DomainError):
    code = "no_routing"
    message = _("There is no routing for the kind of piece “%(kind)s”. A planner adds one.")


class NotQualified(DomainError):
    code = "not_qualified"
    status = 403
    message = _("You aren't qualified for this work centre. A planner can change that.")


class NothingToTake(DomainError):
    code = "nothing_to_take"
    message = _("There is nothing to take here right now.")


class Taken(DomainError):
    code = "taken"
    message = _("Somebody else took this piece. Take the next one.")


class NotYours(DomainError):
    code = "not_yours"
    status = 403
    message = _("Another operator is working on this piece.")


class OnHold(DomainError):
    code = "on_hold"
    message = _("This piece is on hold. A planner says when it goes on.")


class AlreadyCast(DomainError):
    code = "already_cast"
    message = _("The metal has been cast, so this can't be cancelled any more.")


class NoSuchStep(DomainError):
    code = "no_such_step"
    message = _("A piece can only go back to a step that it has passed.")


class NotStarted(DomainError):
    code = "not_started"
    message = _("Nothing has been made yet, so there is nothing to scrap. Cancel the work order instead.")


class Pinned(DomainError):
    code = "pinned"
    message = _("A planner gave this piece to somebody else. Take the next one.")


class NotQualifiedThere(DomainError):
    code = "not_qualified_there"
    message = _("“%(operator)s” isn't qualified for the work centre “%(work_centre)s”.")


class NotEnoughMetal(DomainError):
    code = "not_enough_metal"
    message = _("Only %(there_g)s g of this work order's metal are there.")


class NotCastYet(DomainError):
    code = "not_cast_yet"
    message = _("The metal hasn't been cast yet.")
