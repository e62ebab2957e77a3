"""Where work is done and by whom."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.transitions import StatusLog
from mes.states import Policy


class WorkCentre(models.Model):
    """Where an operation is done: parallel stations, each so many minutes a day."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_ru = models.CharField(_("name in Russian"), max_length=60, blank=True)
    stations = models.PositiveSmallIntegerField(_("stations"), default=1)
    minutes_per_day = models.PositiveSmallIntegerField(_("minutes a day per station"), default=480)
    works_saturday = models.BooleanField(_("works on Saturdays"), default=False)
    works_sunday = models.BooleanField(_("works on Sundays"), default=False)
    policy = models.CharField(
        _("policy"), max_length=20, choices=Policy.choices, default=Policy.OLDEST_FIRST, editable=False
    )
    rank = models.PositiveSmallIntegerField(_("place in lists"), default=0)

    class Meta:
        verbose_name = _("work centre")
        verbose_name_plural = _("work centres")
        ordering = ["rank", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stations__gte=1, minutes_per_day__gte=1), name="work_centre_has_capacity"
            )
        ]

    @override
    def __str__(self) -> str:
        return self.name


class WorkCentreLog(StatusLog):
    """Which policy a work centre worked by, from when, who changed it and why."""

    work_centre = models.ForeignKey(WorkCentre, models.CASCADE, related_name="log")

    class Meta(StatusLog.Meta):
        verbose_name = _("change of a work centre")
        verbose_name_plural = _("changes of a work centre")

    @override
    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"


class DayOff(models.Model):
    """A day on which a work centre, or the whole workshop, doesn't work."""

    work_centre = models.ForeignKey(
        WorkCentre,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="days_off",
        verbose_name=_("work centre"),
        help_text=_("empty: the whole workshop"),
    )
    day = models.DateField(_("day"))
    note = models.CharField(_("note"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("day off")
        verbose_name_plural = _("days off")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["work_centre", "day"], name="day_off_once"),
            models.UniqueConstraint(fields=["day"], condition=Q(work_centre=None), name="day_off_of_all_once"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y}"


class Operator(models.Model):
    """A person on the shop floor and the work centres he is qualified for."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="operator", verbose_name=_("user")
    )
    # As planners call him: "Anna K.". A copy, so that no list of operations joins the accounts.
    name = models.CharField(
        _("first name and initial"),
        max_length=60,
        default="",
        db_default="",
        help_text=_("as planners see it: Anna K."),
    )
    work_centres = models.ManyToManyField(WorkCentre, related_name="operators", verbose_name=_("qualified for"))

    class Meta:
        verbose_name = _("operator")
        verbose_name_plural = _("operators")

    @override
    def __str__(self) -> str:
        return self.name or f"{_('operator')} {self.pk}"


class Shift(models.Model):
    """When an operator works, every week. One without shifts works whenever his work centres do."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    operator = models.ForeignKey(Operator, models.CASCADE, related_name="shifts", verbose_name=_("operator"))
    weekday = models.PositiveSmallIntegerField(_("day of the week"), choices=Weekday.choices)
    starts_at = models.TimeField(_("from"))
    ends_at = models.TimeField(_("till"))

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["weekday", "starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "weekday", "starts_at"], name="shift_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="shift_ends_after_it_starts"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts_at:%H:%M}–{self.ends_at:%H:%M}"
