"""What was paid for orders: a row for each attempt, whoever the provider is, and for each transfer."""

from collections.abc import Iterable
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from payments import PurchasedItem
from payments.models import BasePayment
from typing_extensions import override

from shop.models.orders import Order
from shop.states import PaymentProblem


class Payment(BasePayment):
    """An attempt to pay an order, or a transfer that a seller recorded. Its own status is what the provider says.

    problem: why the money doesn't count, though it came. transaction_id: the provider's or the bank's number.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments", verbose_name=_("order"))
    problem = models.CharField(_("problem"), max_length=12, choices=PaymentProblem.choices, blank=True, editable=False)
    settled_at = models.DateTimeField(_("arrived at"), null=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("recorded by"),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    refunded_at = models.DateTimeField(_("sent back at"), null=True, editable=False)
    refund_number = models.CharField(_("number of the refund"), max_length=120, blank=True, editable=False)

    objects: ClassVar["models.Manager[Payment]"] = models.Manager()  # the library's base comes untyped

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-pk"]
        permissions = [("record_payment", _("Can record bank transfers and refunds"))]
        constraints = [
            models.UniqueConstraint(
                fields=["variant", "transaction_id"], condition=~Q(transaction_id=""), name="payment_transaction_once"
            ),
            models.UniqueConstraint(fields=["token"], condition=~Q(token=""), name="payment_token_once"),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="payment_by_status"),
            models.Index(fields=["problem", "-id"], condition=~Q(problem=""), name="payment_with_problem"),
        ]

    @override
    def get_process_url(self) -> str:
        return reverse("shop:payment_notice", args=[self.token])

    @override
    def get_success_url(self) -> str:
        return settings.BASE_URL.rstrip("/") + reverse("shop:paid", args=[self.order.reference])

    @override
    def get_failure_url(self) -> str:
        return settings.BASE_URL.rstrip("/") + reverse("shop:pay_failed", args=[self.order.reference])

    @override
    def get_purchased_items(self) -> Iterable[PurchasedItem]:
        """One item, the order as a whole: the provider adds up nothing."""
        yield PurchasedItem(self.order.reference, 1, self.total, self.currency, self.order.reference)
