"""Sums that are kept up to date, so that a dashboard never counts the past."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class Tally(models.Model):
    """How much of a measure there was on a day, at a work centre or in the whole workshop (0)."""

    measure = models.CharField(_("measure"), max_length=24)
    day = models.DateField(_("day"))
    place = models.BigIntegerField(_("work centre, or 0"), default=0)
    amount = models.BigIntegerField(_("amount"), default=0)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [models.UniqueConstraint(fields=["day", "measure", "place"], name="tally_once")]

    @override
    def __str__(self) -> str:
        return f"{self.measure} {self.day:%Y-%m-%d} {self.amount}"


class TallyEntry(models.Model):
    """What a tally grows by, written beside the change it counts and folded into the tally soon after.

    Fifty operators who claim at once would queue up for one row of sums.
    """

    measure = models.CharField(max_length=24)
    day = models.DateField()
    place = models.BigIntegerField(default=0)
    amount = models.BigIntegerField()

    class Meta:
        verbose_name = _("entry of a tally")
        verbose_name_plural = _("entries of a tally")

    @override
    def __str__(self) -> str:
        return f"{self.measure} {self.amount:+}"
