"""Paying for an order: the choice, the provider's form, what became of it. The provider's own notices come here too."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from payments import PaymentError, RedirectNeeded
from payments.core import provider_factory

from shop import selectors
from shop.errors import PaymentUnknown
from shop.models import Payment
from shop.services.payments import hear_provider, show_to_provider, start_payment
from shop.views.people import customer_of, known_customer, page


@require_safe
@never_cache
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    return _page_of(request, reference, "shop/pay.html")


@require_safe
@never_cache
def paid(request: HttpRequest, reference: str) -> HttpResponse:
    """Where a provider sends a customer who paid; what the order says counts, not that he came."""
    return _page_of(request, reference, "shop/paid.html")


@require_safe
@never_cache
def failed(request: HttpRequest, reference: str) -> HttpResponse:
    return _page_of(request, reference, "shop/pay_failed.html")


@require_POST
def start(request: HttpRequest, reference: str) -> HttpResponse:
    payment = start_payment(customer=customer_of(request), reference=reference)
    return redirect("shop:pay_by_card", reference, payment.token)


@require_safe
@never_cache
def by_card(request: HttpRequest, reference: str, token: Any) -> HttpResponse:
    """The provider's form, or a link to his page: a link, because a form may lead to our own pages only (CSP)."""
    payment = selectors.own_payment(known_customer(request), reference, str(token))
    if payment is None:
        return redirect("shop:pay", reference)
    try:
        shown = show_to_provider(payment_id=payment.pk, show=_form_or_link)
    except PaymentError:
        return redirect("shop:pay_failed", reference)
    return _page_of(request, reference, "shop/pay_by_card.html", **shown)


def _form_or_link(payment: Payment) -> dict[str, Any]:
    """Answered, not raised: what the provider noted in the row before he sends the customer on must be kept."""
    try:
        return {"provider_form": payment.get_form()}
    except RedirectNeeded as elsewhere:
        return {"link": str(elsewhere)}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, token: Any) -> HttpResponse:
    """What a provider, or a customer who comes back from him, tells of a payment; the provider's class checks it."""
    return _heard(request, str(token))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest, variant: str) -> HttpResponse:
    """The same at one address for all payments of a provider, who names the payment in what he sends."""
    try:
        token = provider_factory(variant).get_token_from_request(payment=None, request=request)
    except (ValueError, NotImplementedError, PaymentError) as unknown:
        raise PaymentUnknown from unknown
    return _heard(request, str(token))


def _heard(request: HttpRequest, token: str) -> HttpResponse:
    def hear(payment: Payment) -> HttpResponse:
        answer: HttpResponse = provider_factory(payment.variant, payment).process_data(payment, request)
        return answer

    try:
        return hear_provider(token=token, hear=hear)
    except (ValueError, NotImplementedError) as unknown:  # no such provider, as of a transfer
        raise PaymentUnknown from unknown
    except PaymentError as refused:
        return HttpResponse(str(refused), status=int(refused.code or 400), content_type="text/plain")


def _page_of(request: HttpRequest, reference: str, template: str, **values: Any) -> HttpResponse:
    customer = known_customer(request)
    found = selectors.payment_page(customer, reference)
    if found is None and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if found is None:
        raise Http404
    return page(request, template, customer=customer, pay=found, **values)
