"""Metal in and out of a work order, what the castings weighed, what inspection and assay found.

Rows are only added: the database refuses to change them (migration 0008).
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.fields import GramsField, RateField
from mes.models.work_orders import Operation, WorkOrder
from pricing.models import Alloy


class OnRecord(models.Model):
    """Who wrote a line of a record and when."""

    at = models.DateTimeField(_("at"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        abstract = True
        ordering = ["pk"]


class MetalMovement(OnRecord):
    """Grams of a work order's alloy that went to the bench, came back, or were lost on the way."""

    class Kind(models.TextChoices):
        ISSUED = "issued", _("issued")
        RETURNED = "returned", _("returned")
        LOST = "lost", _("lost")

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="metal", verbose_name=_("work order"))
    kind = models.CharField(_("movement"), max_length=8, choices=Kind.choices)
    mass_g = GramsField(_("mass, g"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta(OnRecord.Meta):
        verbose_name = _("movement of metal")
        verbose_name_plural = _("movements of metal")
        constraints = [models.CheckConstraint(condition=Q(mass_g__gt=0), name="metal_movement_has_mass")]

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.mass_g} g"


class MetalTolerance(models.Model):
    """How much of the issued metal may be unaccounted for, as a share, in work of an alloy."""

    alloy = models.OneToOneField(Alloy, models.CASCADE, related_name="+", verbose_name=_("alloy"))
    share = RateField(_("tolerance"), default=Decimal("0.02"), help_text=_("0.02 is 2 %"))

    class Meta:
        verbose_name = _("tolerance of metal")
        verbose_name_plural = _("tolerances of metal")
        constraints = [models.CheckConstraint(condition=Q(share__gte=0, share__lt=1), name="metal_tolerance_is_share")]

    @override
    def __str__(self) -> str:
        return f"{self.share}"


class Weighing(OnRecord):
    """What the castings of a work order weighed, beside what the engine estimated for them. The newest counts."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="weighings", verbose_name=_("work order"))
    estimated_g = GramsField(_("estimated, g"))
    weighed_g = GramsField(_("weighed, g"))

    class Meta(OnRecord.Meta):
        verbose_name = _("weighing")
        verbose_name_plural = _("weighings")
        constraints = [
            models.CheckConstraint(condition=Q(weighed_g__gt=0, estimated_g__gt=0), name="weighing_has_mass")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.weighed_g} g"


class Inspection(OnRecord):
    """A verdict about a piece: passed, or sent back with the reason."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="inspections", verbose_name=_("operation"))
    is_passed = models.BooleanField(_("passed"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta(OnRecord.Meta):
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")

    @override
    def __str__(self) -> str:
        return f"{self.is_passed}"


class Hallmark(OnRecord):
    """The mark of the assay office on the pieces of a work order."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="hallmarks", verbose_name=_("work order"))
    fineness = models.PositiveSmallIntegerField(_("fineness, ‰"))
    certificate = models.CharField(_("office and number"), max_length=60)

    class Meta(OnRecord.Meta):
        verbose_name = _("hallmark")
        verbose_name_plural = _("hallmarks")

    @override
    def __str__(self) -> str:
        return f"{self.fineness} {self.certificate}"
