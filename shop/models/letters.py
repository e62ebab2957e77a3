"""What customers are told of their orders by e-mail: a row for each letter, written with the change it tells of."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from shop.models.orders import Order
from shop.states import LetterKind


class OrderLetter(models.Model):
    """A letter about an order, told once: `about` tells apart letters of one kind, such as by the message's key.

    due_at: when it may be tried next. Whoever sends it moves it on first, so two tasks never send the same letter.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="letters", verbose_name=_("order"))
    kind = models.CharField(_("letter"), max_length=12, choices=LetterKind.choices)
    about = models.BigIntegerField(default=0, editable=False)
    written_at = models.DateTimeField(_("written at"), auto_now_add=True)
    due_at = models.DateTimeField(default=timezone.now, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, editable=False)

    class Meta:
        verbose_name = _("letter about an order")
        verbose_name_plural = _("letters about orders")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["order", "kind", "about"], name="order_letter_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at=None), name="order_letter_unsent")]

    @override
    def __str__(self) -> str:
        return self.kind
