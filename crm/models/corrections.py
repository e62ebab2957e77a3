"""What sellers do to an order by hand and must remember: a line that is being changed, money that goes back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.fields import MoneyField
from crm.querysets import LineChangeQuerySet
from crm.states import ChangeOutcome
from pricing.models import Quote
from shop.models import Order, OrderLine


class LineChange(models.Model):
    """Another size, finish or quantity of a line, priced anew; the seller takes the new price or drops the change."""

    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="changes", verbose_name=_("order line"))
    quote = models.OneToOneField(Quote, models.PROTECT, related_name="+", verbose_name=_("new quote"))
    outcome = models.CharField(
        _("outcome"), max_length=8, choices=ChangeOutcome.choices, default=ChangeOutcome.OPEN, editable=False
    )
    reason = models.CharField(_("reason"), max_length=300)
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, editable=False)

    objects = LineChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a line")
        verbose_name_plural = _("changes of lines")
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(outcome=ChangeOutcome.OPEN), name="line_change_open_once"
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.line_id} {self.outcome}"


class RefundNote(models.Model):
    """Money of an order that goes back to its customer, as a seller noted it. Never changed."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="refund_notes", verbose_name=_("order"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    amount = MoneyField(_("amount"))
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("note of a refund")
        verbose_name_plural = _("notes of refunds")
        ordering = ["pk"]
        permissions = [("note_refund", _("Can note refunds"))]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_note_above_zero")]

    @override
    def __str__(self) -> str:
        return f"{self.amount}"
