"""A customer's own design: uploaded, waited for, priced."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kernel.errors import DomainError
from pricing.models import Choices
from shop import selectors
from shop.errors import NotYourQuote
from shop.forms import ChoicesForm, CorrectionForm, DesignForm
from shop.models import Customer
from shop.selectors.quotes import QuotePage
from shop.services.quotes import ask_again, upload_design
from shop.views.people import customer_of, known_customer, page

_STOP_POLLING = 286  # htmx swaps the answer in and asks no more


@require_http_methods(["GET", "HEAD", "POST"])
def design(request: HttpRequest) -> HttpResponse:
    form = DesignForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            return redirect("shop:quote", _upload(request, form))
        except DomainError as refusal:
            form.add_error(form.refusals.get(refusal.code), str(refusal))
    limit_mb = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
    return page(request, "shop/design.html", form=form, limit_mb=limit_mb)


def _upload(request: HttpRequest, form: DesignForm) -> str:
    stored = upload_design(
        visit=lambda: customer_of(request),
        upload=form.cleaned_data["model"],
        alloy_code=form.cleaned_data["alloy"],
        choices=Choices(**form.choices()),
        actor=request.user,
    )
    return stored.quote.reference


@require_safe
def my_designs(request: HttpRequest) -> HttpResponse:
    customer = known_customer(request)
    return page(request, "shop/my_designs.html", customer=customer, designs=selectors.my_designs(customer))


@require_safe
@never_cache
def quote(request: HttpRequest, reference: str) -> HttpResponse:
    customer = known_customer(request)
    found = _own(customer, reference)
    return page(request, "shop/quote.html", customer=customer, quote=found, form=ChoicesForm.of(found.choices))


def _own(customer: Customer | None, reference: str) -> QuotePage:
    found = selectors.quote_page(customer, reference)
    if found is None:
        raise Http404
    return found


@require_safe
@never_cache
def quote_state(request: HttpRequest, reference: str) -> HttpResponse:
    """The part of the waiting page that changes; the last answer ends the asking."""
    found = _own(known_customer(request), reference)
    values = {"quote": found, "form": ChoicesForm.of(found.choices)}
    return render(request, "shop/_quote.html", values, status=_STOP_POLLING if found.is_settled else 200)


@require_POST
def correct_quote(request: HttpRequest, reference: str) -> HttpResponse:
    """The same piece with what its owner corrected: another unit, or stones that are metal."""
    form = CorrectionForm(request.POST)
    changes = form.changes() if form.is_valid() else {}
    again = ask_again(customer=customer_of(request), reference=reference, changes=changes, actor=request.user)
    return redirect("shop:quote", again.quote.reference)


@require_POST
@never_cache
def change_quote(request: HttpRequest, reference: str) -> HttpResponse:
    """The same design with other choices: a new question, priced in every alloy within moments."""
    form = ChoicesForm(request.POST, auto_id="change_%s")
    customer = customer_of(request)
    if form.is_valid():
        try:
            again = ask_again(customer=customer, reference=reference, changes=form.choices(), actor=request.user)
            return redirect("shop:quote", again.quote.reference)
        except NotYourQuote:
            raise
        except DomainError as refusal:
            form.add_error(form.refusals.get(refusal.code), str(refusal))
    found = _own(customer, reference)
    return page(request, "shop/quote.html", customer=customer, quote=found, form=form)
