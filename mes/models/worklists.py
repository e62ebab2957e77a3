"""What a work centre may work on, as published: a frozen list, the same for everybody, however often it is opened."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.references import random_key
from mes.models.resources import Operator, WorkCentre
from mes.models.work_orders import Operation
from mes.states import Band


class Worklist(models.Model):
    """The list of a work centre as published at a moment; the newest is in force."""

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)
    work_centre = models.ForeignKey(WorkCentre, models.CASCADE, related_name="worklists", verbose_name=_("work centre"))
    published_at = models.DateTimeField(_("published at"), auto_now_add=True)

    class Meta:
        verbose_name = _("worklist")
        verbose_name_plural = _("worklists")
        indexes = [models.Index(fields=["work_centre", "-published_at"], name="worklist_newest")]

    @override
    def __str__(self) -> str:
        return f"{_('worklist')} {self.work_centre_id}"


class WorklistEntry(models.Model):
    """A place on a worklist. It grants nothing: the operation's own row does."""

    worklist = models.ForeignKey(Worklist, models.CASCADE, related_name="entries")
    rank = models.PositiveSmallIntegerField(_("rank"))
    band = models.PositiveSmallIntegerField(_("urgency"), choices=Band.choices)
    operation = models.ForeignKey(Operation, models.CASCADE, related_name="places")
    # The plan as it was shared out at publication, for the planner's eyes; who takes the next one may differ from it.
    planned_for = models.ForeignKey(
        Operator, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("planned for")
    )

    class Meta:
        verbose_name = _("place on a worklist")
        verbose_name_plural = _("places on a worklist")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["worklist", "rank"], name="worklist_rank_once"),
            models.UniqueConstraint(fields=["worklist", "operation"], name="worklist_operation_once"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.rank}"
