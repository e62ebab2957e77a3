"""A provider for development: no card, no bank, three outcomes to choose from. Refused in production: config.checks."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from payments import PaymentStatus
from payments.core import BasicProvider
from typing_extensions import override


class DummyProvider(BasicProvider):
    """Its form goes straight to the address where a real provider's notices come."""

    @override
    def get_form(self, payment: Any, data: Any = None) -> forms.Form:
        form = forms.Form()
        form.action, form.is_dummy = payment.get_process_url(), True  # type: ignore[attr-defined]
        return form

    @override
    def process_data(self, payment: Any, request: HttpRequest) -> HttpResponse:
        outcome = request.POST.get("outcome", "")
        if outcome in {"paid", "less"}:
            payment.transaction_id = f"dummy-{payment.token}"
            payment.captured_amount = payment.total - (Decimal("1.00") if outcome == "less" else 0)
            payment.change_status(PaymentStatus.CONFIRMED)
        elif outcome == "refused":
            payment.change_status(PaymentStatus.REJECTED)
        is_taken = payment.status == PaymentStatus.CONFIRMED
        whole = payment.get_success_url() if is_taken else payment.get_failure_url()
        return HttpResponseRedirect(urlsplit(whole).path)  # on this site, by whichever name it was called
