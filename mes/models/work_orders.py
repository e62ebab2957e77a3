"""Work orders with their frozen specification, and the operations that make them.

Primary keys are random: an operator meets them in URLs and forms, and a key that grows would tell what is new.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.fields import GramsField, RateField
from config.kernel.references import random_key, work_order_reference
from config.kernel.transitions import StatusLog
from mes import states
from mes.models.resources import Operator, WorkCentre
from mes.querysets import OperationQuerySet, WorkOrderQuerySet
from mes.states import OperationKind, OperationStatus, WorkOrderStatus
from pricing.models import Alloy, Design, Measurement
from pricing.states import Finish, Kind


class WorkOrder(models.Model):
    """The instruction to make one line of an order or external order.

    Its specification is a copy: a changed order can't silently change what lies on the bench, and no list of the
    workshop ever joins a customer's tables.
    """

    transitions = states.WORK_ORDER_TRANSITIONS

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)
    reference = models.CharField(
        _("reference"), max_length=16, unique=True, default=work_order_reference, editable=False
    )
    status = models.CharField(
        _("status"), max_length=12, choices=WorkOrderStatus.choices, default=WorkOrderStatus.RELEASED
    )
    kind = models.CharField(_("kind of piece"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=120)
    design = models.ForeignKey(Design, models.PROTECT, related_name="+", verbose_name=_("design"))
    measurement = models.ForeignKey(Measurement, models.PROTECT, related_name="+", verbose_name=_("measurement"))
    alloy = models.ForeignKey(Alloy, models.PROTECT, related_name="+", verbose_name=_("alloy"))
    finish = models.CharField(_("finish"), max_length=24, choices=Finish.choices)
    size = models.CharField(_("size"), max_length=16, blank=True)
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    mass_g = GramsField(_("estimated mass of a piece as cast, g"))
    mass_factor = RateField(_("factor in the estimate"), default=1)  # weighed by estimated, as learned before
    stones = models.CharField(_("stones"), max_length=300, blank=True)
    stone_count = models.PositiveSmallIntegerField(_("stones a piece"), default=0)
    engraving = models.CharField(_("engraving"), max_length=60, blank=True)
    instruction = models.CharField(_("instruction"), max_length=300, blank=True)
    remake_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="remake", verbose_name=_("remake of")
    )

    is_rush = models.BooleanField(_("rush"), default=False)
    aged_from = models.DateTimeField(_("age counts from"))
    due_on = models.DateField(_("due date"))
    # What the buyer was told. A planner moves due_on; this stays, and promises are scored by it.
    promised_on = models.DateField(_("promised date"), null=True, blank=True)
    # With which probability, per cent, that day was promised; None of a day that a person chose.
    promise_probability = models.PositiveSmallIntegerField(_("promised with, %"), null=True, blank=True)
    expected_on = models.DateField(_("expected date"), null=True, blank=True)  # from the load at its release
    # How long the buyer had waited for the price of this piece, as given at its release.
    pricing_seconds = models.PositiveIntegerField(_("waited for the price, seconds"), default=0, db_default=0)
    released_at = models.DateTimeField(_("released at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        permissions = [
            ("use_planners_site", _("Can use the planners' site")),
            ("work_at_bench", _("Can take and finish operations")),
            ("correct_work_order", _("Can hold, resume, cancel and expedite work orders")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="work_order_quantity"),
            models.CheckConstraint(
                condition=Q(status=WorkOrderStatus.DONE, finished_at__isnull=False)
                | (~Q(status=WorkOrderStatus.DONE) & Q(finished_at__isnull=True)),
                name="work_order_done_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=Q(status__in=["released", "in_progress", "on_hold"]),
                name="work_order_open_due",
            ),
            models.Index(
                fields=["aged_from", "id"],
                condition=Q(status__in=["released", "in_progress", "on_hold"]),
                name="work_order_open_oldest",
            ),
            models.Index(fields=["-released_at"], name="work_order_newest"),
            models.Index(fields=["status", "-released_at"], name="work_order_of_status"),
        ]

    @override
    def __str__(self) -> str:
        return self.reference


class WorkOrderLog(StatusLog):
    work_order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="log")

    class Meta(StatusLog.Meta):
        verbose_name = _("step of a work order")
        verbose_name_plural = _("steps of a work order")

    @override
    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"


class Operation(models.Model):
    """One step of one work order."""

    transitions = states.OPERATION_TRANSITIONS

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)
    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="operations", verbose_name=_("work order"))
    sequence = models.PositiveSmallIntegerField(_("sequence"))
    kind = models.CharField(_("operation"), max_length=12, choices=OperationKind.choices)
    work_centre = models.ForeignKey(
        WorkCentre, models.PROTECT, related_name="operations", verbose_name=_("work centre")
    )
    status = models.CharField(
        _("status"), max_length=12, choices=OperationStatus.choices, default=OperationStatus.WAITING
    )
    operator = models.ForeignKey(
        Operator, models.PROTECT, null=True, blank=True, related_name="operations", verbose_name=_("operator")
    )
    planned_minutes = models.PositiveIntegerField(_("planned minutes"))
    times_reworked = models.PositiveSmallIntegerField(_("times reworked"), default=0)
    # A person gave it to this operator and to nobody else; without, it is for whoever takes the next one.
    pinned_to = models.ForeignKey(
        Operator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("pinned to")
    )
    # Copies of the work order's, so that one index serves the worklist without a join.
    aged_from = models.DateTimeField()
    due_on = models.DateField()
    is_rush = models.BooleanField(default=False)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = OperationQuerySet.as_manager()

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["work_order", "sequence"], name="operation_sequence_once"),
            models.CheckConstraint(
                condition=~Q(status__in=["claimed", "in_progress", "done"]) | Q(operator__isnull=False),
                name="operation_in_hand_has_operator",
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(finished_at__isnull=False), name="operation_done_has_time"
            ),
        ]
        indexes = [
            models.Index(
                fields=["work_centre", "aged_from", "id"], condition=Q(status="ready"), name="operation_oldest"
            ),
            models.Index(fields=["work_centre", "due_on", "id"], condition=Q(status="ready"), name="operation_due"),
            models.Index(
                fields=["work_centre", "due_on", "id"], condition=Q(status="ready", is_rush=True), name="operation_rush"
            ),
            models.Index(
                fields=["operator", "id"], condition=Q(status__in=["claimed", "in_progress"]), name="operation_in_hand"
            ),
            models.Index(
                fields=["work_centre", "is_rush", "planned_minutes"],
                condition=Q(status__in=["waiting", "rework", "ready", "claimed", "in_progress"]),
                name="operation_open_work",
            ),
            models.Index(
                fields=["due_on", "id"],
                condition=Q(status__in=["waiting", "rework", "ready", "claimed", "in_progress"]),
                name="operation_open_due",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind}"


class OperationLog(StatusLog):
    operation = models.ForeignKey(Operation, models.CASCADE, related_name="log")

    class Meta(StatusLog.Meta):
        verbose_name = _("step of an operation")
        verbose_name_plural = _("steps of an operation")

    @override
    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
