"""The basket."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from config.kernel.languages import local
from shop import selectors
from shop.forms import NewPriceForm
from shop.services.baskets import (
    add_quote_to_basket,
    add_variant_to_basket,
    remove_from_basket,
    renew_price,
    take_new_price,
)
from shop.services.catalogue import ask_for_engraved
from shop.services.quotes import consent
from shop.views.people import customer_of, known_customer, page


@require_safe
@never_cache
def basket(request: HttpRequest) -> HttpResponse:
    customer = known_customer(request)
    if request.headers.get("HX-Request"):
        return render(request, "shop/_basket.html", {"basket": selectors.basket_page(customer)})
    return page(request, "shop/basket.html", customer=customer, basket=selectors.basket_page(customer))


@require_POST
def add_quote(request: HttpRequest, reference: str) -> HttpResponse:
    customer = customer_of(request)
    if request.POST.get("consent"):
        consent(customer=customer, reference=reference)
    line = add_quote_to_basket(customer=customer, reference=reference)
    messages.success(request, _("“%(title)s” is in your basket.") % {"title": line.title})
    return redirect("shop:basket")


@require_POST
def add_variant(request: HttpRequest) -> HttpResponse:
    customer, sku = customer_of(request), request.POST.get("sku", "")
    engraving = request.POST.get("engraving", "").strip()
    if engraving:  # a price of its own, which the customer sees first
        quote = ask_for_engraved(customer=customer, sku=sku, engraving=engraving, actor=request.user)
        return redirect("shop:quote", quote.reference)
    line = add_variant_to_basket(customer=customer, sku=sku, actor=request.user)
    messages.success(request, _("“%(title)s” is in your basket.") % {"title": local(line.product, "name")})
    return redirect("shop:basket")


@require_POST
def remove(request: HttpRequest, line_id: int) -> HttpResponse:
    customer = known_customer(request)
    if customer is not None:
        remove_from_basket(customer=customer, line_id=line_id)
    return redirect("shop:basket")


@require_POST
def renew(request: HttpRequest, line_id: int) -> HttpResponse:
    customer = known_customer(request)
    if customer is not None:
        renew_price(customer=customer, line_id=line_id, actor=request.user)
    return redirect("shop:basket")


@require_POST
def take_price(request: HttpRequest, line_id: int) -> HttpResponse:
    customer, form = known_customer(request), NewPriceForm(request.POST)
    if customer is not None and form.is_valid():
        take_new_price(customer=customer, line_id=line_id, shown=form.cleaned_data["shown"])
    return redirect("shop:basket")
