"""How a kind of piece is made."""

from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.fields import RateField
from mes.models.resources import WorkCentre
from mes.states import OperationKind, StepCondition
from pricing.states import Kind


@dataclass(frozen=True, slots=True)
class WorkContent:
    """What the minutes of a step depend on: how many pieces, and the mass, surface, stones and such of each."""

    quantity: int = 1
    mass_g: Decimal = Decimal(0)
    area_cm2: Decimal = Decimal(0)
    stones: int = 0
    colour: str = ""
    is_engraved: bool = False


class Routing(models.Model):
    """The sequence of operations for a kind of piece."""

    kind = models.CharField(_("kind of piece"), max_length=12, choices=Kind.choices, unique=True)

    class Meta:
        verbose_name = _("routing")
        verbose_name_plural = _("routings")

    @override
    def __str__(self) -> str:
        return self.get_kind_display()


class RoutingStep(models.Model):
    """One operation of a routing, where it is done and how long it takes."""

    routing = models.ForeignKey(Routing, models.CASCADE, related_name="steps", verbose_name=_("routing"))
    sequence = models.PositiveSmallIntegerField(_("sequence"))
    kind = models.CharField(_("operation"), max_length=12, choices=OperationKind.choices)
    work_centre = models.ForeignKey(WorkCentre, models.PROTECT, related_name="+", verbose_name=_("work centre"))
    setup_minutes = models.PositiveSmallIntegerField(_("set-up, minutes"), default=0)
    run_minutes = models.PositiveSmallIntegerField(_("run, minutes a piece"))
    minutes_per_g = RateField(_("minutes a gram"), default=Decimal(0))
    minutes_per_cm2 = RateField(_("minutes a cm²"), default=Decimal(0))
    minutes_per_stone = RateField(_("minutes a stone"), default=Decimal(0))
    condition = models.CharField(
        _("needed by"), max_length=8, choices=StepCondition.choices, default=StepCondition.ALWAYS
    )
    also_at = models.ManyToManyField(
        WorkCentre,
        blank=True,
        related_name="+",
        verbose_name=_("also at"),
        help_text=_("work centres that can do it too; the one with the least work waiting gets it"),
    )

    class Meta:
        verbose_name = _("routing step")
        verbose_name_plural = _("routing steps")
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["routing", "sequence"], name="routing_step_sequence_once"),
            models.CheckConstraint(
                condition=Q(run_minutes__gt=0) | Q(setup_minutes__gt=0), name="routing_step_takes_time"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"

    def minutes_for(self, content: WorkContent) -> int:
        """Planned minutes for the pieces of one work order, rounded up."""
        a_piece = (
            self.run_minutes
            + self.minutes_per_g * content.mass_g
            + self.minutes_per_cm2 * content.area_cm2
            + self.minutes_per_stone * content.stones
        )
        return ceil(self.setup_minutes + content.quantity * a_piece)

    def is_needed_by(self, content: WorkContent) -> bool:
        """Whether a piece passes this step at all."""
        wanted = {
            StepCondition.STONES: content.stones > 0,
            StepCondition.WHITE: content.colour == "white",
            StepCondition.ENGRAVED: content.is_engraved,
        }
        return wanted.get(StepCondition(self.condition), True)
