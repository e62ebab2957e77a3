"""A signed-in person's address book. Another's address is a 404 like one that isn't there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from config.kernel.errors import DomainError
from shop import selectors
from shop.forms import AddressForm
from shop.services import addresses as services
from shop.states import MOST_ADDRESSES
from shop.views.people import customer_of, known_customer, page


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def addresses(request: HttpRequest) -> HttpResponse:
    """The book, and a form for one more."""
    form = AddressForm(request.POST or None)
    if form.is_valid():
        try:
            services.keep_address(customer=customer_of(request), told=form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The address is in your book."))
            return redirect("shop:addresses")
    customer = known_customer(request)
    rows = selectors.addresses_of(customer)
    is_full = len(rows) >= MOST_ADDRESSES
    return page(request, "shop/addresses.html", customer=customer, form=form, rows=rows, is_full=is_full)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def address(request: HttpRequest, address_id: int) -> HttpResponse:
    """One address to correct."""
    customer = known_customer(request)
    row = next((one for one in selectors.addresses_of(customer) if one.id == address_id), None)
    if customer is None or row is None:
        raise Http404
    form = AddressForm(request.POST or None, initial=row.told())
    if form.is_valid():
        services.change_address(customer=customer, address_id=address_id, told=form.cleaned_data)
        messages.success(request, _("The address is changed. Orders keep the one they were placed with."))
        return redirect("shop:addresses")
    return page(request, "shop/address.html", customer=customer, form=form, row=row)


@require_POST
@login_required
def prefer(request: HttpRequest, address_id: int) -> HttpResponse:
    services.prefer_address(customer=customer_of(request), address_id=address_id)
    return redirect("shop:addresses")


@require_POST
@login_required
def remove(request: HttpRequest, address_id: int) -> HttpResponse:
    services.remove_address(customer=customer_of(request), address_id=address_id)
    messages.success(request, _("The address is out of your book."))
    return redirect("shop:addresses")
