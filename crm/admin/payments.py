"""Payments for sellers: what came, what is wrong with it; a transfer and a refund are recorded with a reason."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from payments import PaymentStatus as ProviderStatus
from typing_extensions import override
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from config.kernel.admin import ReadOnlyAdmin
from config.kernel.amounts import money
from config.kernel.decisions import decision
from config.kernel.errors import DomainError
from config.kernel.pages import show
from config.kernel.sites import sellers
from shop.models import Order, Payment
from shop.services.payments import note_refund, record_transfer
from shop.states import PaymentProblem, PaymentWay

_COLOURS = {"good": "success", "wrong": "danger", "open": "info", "over": "warning"}
_WORDS = {
    ProviderStatus.WAITING: _("begun"),
    ProviderStatus.INPUT: _("begun"),
    ProviderStatus.PREAUTH: _("reserved"),
    ProviderStatus.CONFIRMED: _("arrived"),
    ProviderStatus.REJECTED: _("refused"),
    ProviderStatus.ERROR: _("failed"),
    ProviderStatus.CANCELLED: _("broken off"),
    ProviderStatus.REFUNDED: _("sent back"),
}


class TransferForm(forms.Form):
    """What a seller reads in the bank's statement."""

    reference = forms.CharField(
        label=_("Order"), max_length=16, widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "K-…"})
    )
    amount = forms.DecimalField(
        label=_("Amount"),
        max_digits=9,
        decimal_places=2,
        min_value=Decimal("0.01"),
        widget=UnfoldAdminDecimalFieldWidget(),
    )
    number = forms.CharField(label=_("The bank's number"), max_length=120, widget=UnfoldAdminTextInputWidget())
    reason = forms.CharField(label=_("Where you saw it"), max_length=300, widget=UnfoldAdminTextInputWidget())


def _refund_fields(_payment: Payment) -> dict[str, forms.Field]:
    field = forms.CharField(label=str(_("The bank's number")), max_length=120, widget=UnfoldAdminTextInputWidget())
    return {"number": field}


class ToSendBack(admin.SimpleListFilter):
    """Money that somebody must send back: of a cancelled order, or that came but doesn't count."""

    title = _("to be sent back")
    parameter_name = "to_send_back"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes"))]

    @override
    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() != "yes":
            return queryset
        arrived = queryset.filter(status=ProviderStatus.CONFIRMED)
        return arrived.filter(Q(order__in=Order.objects.to_refund().values("pk")) | ~Q(problem=""))


@admin.register(Payment, site=sellers)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["order_link", "amount", "way", "state", "wrong", "number", "begun_at"]
    list_display_links = ["amount"]
    list_select_related = ["order"]
    list_filter = [ToSendBack, "problem", "status", "variant"]
    exact_search = ["order__reference", "transaction_id"]
    ordering = ["-pk"]
    fields = readonly_fields = [
        "order_link",
        "amount",
        "expected",
        "way",
        "state",
        "wrong",
        "number",
        "begun_at",
        "settled_at",
        "recorded_by",
        "reason",
        "message",
        "refunded_at",
        "refund_number",
    ]
    actions_list = ["record_transfer"]
    actions_detail = ["refund"]

    refund = decision(
        _("Sent back"),
        note_refund,
        thing="payment_id",
        permission="shop.record_payment",
        icon="undo",
        fields=_refund_fields,
    )

    @action(description=_("Record a bank transfer"), permissions=["shop.record_payment"], icon="account_balance")
    def record_transfer(self, request: HttpRequest) -> HttpResponse:
        form = TransferForm(request.POST or None, initial={"reference": request.GET.get("order", "")})
        back = reverse(f"{self.admin_site.name}:shop_payment_changelist")
        if request.method == "POST" and form.is_valid() and _record(request, form.cleaned_data):
            return redirect(back)
        context = {"form": form, "back": back, "thing": ""}
        return show(self, request, title=_("Record a bank transfer"), template="admin/form.html", context=context)

    @display(description=_("order"))
    def order_link(self, payment: Payment) -> str:
        url = reverse(f"{self.admin_site.name}:shop_order_change", args=[payment.order_id])
        return format_html('<a class="font-semibold" href="{}">{}</a>', url, payment.order.reference)

    @display(description=_("Amount"))
    def amount(self, payment: Payment) -> str:
        return money(payment.captured_amount if payment.settled_at else payment.total, payment.currency)

    @display(description=_("number"))
    def number(self, payment: Payment) -> str:
        return payment.transaction_id or "–"

    @display(description=_("begun at"))
    def begun_at(self, payment: Payment) -> datetime:
        return payment.created

    @display(description=_("expected"))
    def expected(self, payment: Payment) -> str:
        return money(payment.total, payment.currency)

    @display(description=_("way of paying"))
    def way(self, payment: Payment) -> str:
        return str(dict(PaymentWay.choices).get(payment.variant, payment.variant))

    @display(description=_("state"), label=_COLOURS)
    def state(self, payment: Payment) -> tuple[str, str]:
        words = str(_WORDS.get(payment.status, payment.status))
        if payment.status == ProviderStatus.CONFIRMED:
            return ("wrong" if payment.problem else "good"), words
        return ("open" if payment.status in {ProviderStatus.WAITING, ProviderStatus.INPUT} else "over"), words

    @display(description=_("problem"))
    def wrong(self, payment: Payment) -> str:
        return str(dict(PaymentProblem.choices).get(payment.problem, "")) if payment.problem else "–"


def _record(request: HttpRequest, seen: dict[str, Any]) -> bool:
    """Record the transfer and say so; False when it was refused."""
    try:
        payment = record_transfer(actor=request.user, **seen)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, _now("Order %(reference)s is paid.") % {"reference": payment.order.reference})
    return True
