"""The company's conditions under which an order needs no person, in versions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.fields import MoneyField
from crm.querysets import RuleSetQuerySet
from crm.states import NEEDS_COUNT, NEEDS_LIMIT, NEEDS_LIST, Outcome, RuleKind


class RuleSet(models.Model):
    """A version of all approval rules. A draft is edited; once published it never changes, a newer one replaces it."""

    version = models.PositiveIntegerField(_("version"), unique=True, editable=False)
    note = models.CharField(_("what it is for"), max_length=200, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("published by"),
    )
    published_because = models.CharField(_("published because"), max_length=300, blank=True, editable=False)

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of the approval rules")
        verbose_name_plural = _("approval rules")
        ordering = ["-version"]
        permissions = [("publish_rules", _("Can publish approval rules"))]

    @override
    def __str__(self) -> str:
        return f"{_('approval rules')} {self.version}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class ApprovalRule(models.Model):
    """What is looked for in every order under one version of the rules, and what comes of it when it is found."""

    rule_set = models.ForeignKey(RuleSet, models.CASCADE, related_name="rules", verbose_name=_("version"))
    code = models.SlugField(_("code"), help_text=_("a name of your own, such as order-amount"))
    kind = models.CharField(_("condition"), max_length=24, choices=RuleKind.choices)
    outcome = models.CharField(_("what comes of it"), max_length=8, choices=Outcome.choices, default=Outcome.STOP)
    limit = MoneyField(_("limit"), null=True, blank=True)
    count = models.PositiveIntegerField(_("number"), null=True, blank=True)
    listed = models.CharField(
        _("list"), max_length=300, blank=True, help_text=_("codes of alloys or countries with spaces between")
    )

    class Meta:
        verbose_name = _("approval rule")
        verbose_name_plural = _("approval rules")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "code"], name="approval_rule_code_once"),
            models.CheckConstraint(
                condition=~Q(kind__in=NEEDS_LIMIT) | Q(limit__isnull=False, limit__gt=0),
                name="approval_rule_limit_given",
                violation_error_message=_("This condition needs a limit above zero."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=NEEDS_COUNT) | Q(count__isnull=False),
                name="approval_rule_count_given",
                violation_error_message=_("This condition needs a number."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=NEEDS_LIST) | ~Q(listed=""),
                name="approval_rule_list_given",
                violation_error_message=_("This condition needs a list."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=RuleKind.CUSTOMER_TRUSTED) | Q(outcome=Outcome.PASS),
                name="approval_rule_trust_passes",
                violation_error_message=_("Trust can only let an order pass."),
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.code
