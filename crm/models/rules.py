"""The company's conditions under which an order needs no person."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.fields import MoneyField
from crm.states import RuleKind


class ApprovalRule(models.Model):
    """A condition that every order must meet to go to production by itself."""

    code = models.SlugField(_("code"), unique=True)
    kind = models.CharField(_("condition"), max_length=24, choices=RuleKind.choices)
    limit = MoneyField(_("limit"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("approval rule")
        verbose_name_plural = _("approval rules")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=RuleKind.AMOUNT_LIMIT) | Q(limit__isnull=False, limit__gt=0),
                name="approval_rule_limit_given",
            )
        ]

    @override
    def __str__(self) -> str:
        return self.code
