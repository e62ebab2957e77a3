"""The lives of a work order and of its operations, and the closed lists of the shop floor."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class WorkOrderStatus(TextChoices):
    RELEASED = "released", _("released")
    IN_PROGRESS = "in_progress", _("in progress")
    ON_HOLD = "on_hold", _("on hold")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    SCRAPPED = "scrapped", _("scrapped")


WORK_ORDER_TRANSITIONS: dict[str, set[str]] = {
    WorkOrderStatus.RELEASED: {WorkOrderStatus.IN_PROGRESS, WorkOrderStatus.ON_HOLD, WorkOrderStatus.CANCELLED},
    WorkOrderStatus.IN_PROGRESS: {
        WorkOrderStatus.DONE,
        WorkOrderStatus.ON_HOLD,
        WorkOrderStatus.CANCELLED,
        WorkOrderStatus.SCRAPPED,
    },
    WorkOrderStatus.ON_HOLD: {
        WorkOrderStatus.RELEASED,
        WorkOrderStatus.IN_PROGRESS,
        WorkOrderStatus.CANCELLED,
        WorkOrderStatus.SCRAPPED,
    },
    WorkOrderStatus.DONE: set(),
    WorkOrderStatus.CANCELLED: set(),
    WorkOrderStatus.SCRAPPED: set(),
}


class OperationStatus(TextChoices):
    WAITING = "waiting", _("waiting")
    READY = "ready", _("ready")
    CLAIMED = "claimed", _("claimed")
    IN_PROGRESS = "in_progress", _("in progress")
    DONE = "done", _("done")
    REWORK = "rework", _("rework")
    CANCELLED = "cancelled", _("cancelled")


OPERATION_TRANSITIONS: dict[str, set[str]] = {
    OperationStatus.WAITING: {OperationStatus.READY, OperationStatus.CANCELLED},
    OperationStatus.READY: {OperationStatus.CLAIMED, OperationStatus.WAITING, OperationStatus.CANCELLED},
    OperationStatus.CLAIMED: {
        OperationStatus.IN_PROGRESS,
        OperationStatus.READY,
        OperationStatus.WAITING,
        OperationStatus.CANCELLED,
    },
    OperationStatus.IN_PROGRESS: {OperationStatus.DONE, OperationStatus.REWORK, OperationStatus.CANCELLED},
    OperationStatus.REWORK: {OperationStatus.READY, OperationStatus.CANCELLED},
    OperationStatus.DONE: {OperationStatus.REWORK},
    OperationStatus.CANCELLED: set(),
}


class OperationKind(TextChoices):
    PRINT = "print", _("print")
    CAST = "cast", _("cast")
    CLEAN = "clean", _("clean")
    SET_STONES = "set_stones", _("set stones")
    POLISH = "polish", _("polish")
    ENGRAVE = "engrave", _("engrave")
    PLATE = "plate", _("plate")
    INSPECT = "inspect", _("inspect")
    PACK = "pack", _("pack")


class StepCondition(TextChoices):
    """Which pieces of a kind need a step of its routing."""

    ALWAYS = "always", _("every piece")
    STONES = "stones", _("pieces with stones")
    WHITE = "white", _("white metals")
    ENGRAVED = "engraved", _("engraved pieces")


class Policy(TextChoices):
    """In which order a work centre works; rush comes before any of them."""

    OLDEST_FIRST = "oldest_first", _("oldest first")
    EARLIEST_DUE_DATE = "earliest_due_date", _("earliest due date first")
    NEWEST_FIRST = "newest_first", _("newest first")


class Band(IntegerChoices):
    """How urgent a piece is, as coarsely as an operator needs to know: never a date, never an age."""

    RUSH = 0, _("rush")
    LATE = 1, _("late")
    TODAY = 2, _("today")
    THIS_WEEK = 3, _("this week")
    LATER = 4, _("later")


class Phase(TextChoices):
    """What the time of an order is spent on."""

    PRICING = "pricing", _("waiting for the price")
    APPROVAL = "approval", _("waiting for approval")
    QUEUE = "queue", _("in a queue")
    WORK = "work", _("worked on")
    BLOCKED = "blocked", _("blocked")
