"""Who stands in front of a page, and the page rendered for him."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from config.kernel.sites import operators, sellers
from shop.models import Customer
from shop.selectors import PersonalPart, personal_part
from shop.services.customers import customer_of_user, visitor
from shop.visiting import remember_person

VISITOR_KEY = "customer_key"


def language() -> str:
    return (get_language() or "en")[:2]


def known_customer(request: HttpRequest) -> Customer | None:
    """The customer behind the request, if something was stored for him; looking at pages stores nothing."""
    if request.user.is_authenticated:
        return Customer.objects.filter(user=request.user).first()
    key = request.session.get(VISITOR_KEY)
    return Customer.objects.filter(key=key, user=None, merged_into=None).first() if key else None


def customer_of(request: HttpRequest) -> Customer:
    """The customer behind the request, made now if need be: only where something is stored for him."""
    if isinstance(request.user, User):
        return customer_of_user(request.user, language=language())
    customer = visitor(request.session.get(VISITOR_KEY), language=language())
    request.session[VISITOR_KEY] = customer.key
    return customer


def page(request: HttpRequest, template: str, **values: Any) -> HttpResponse:
    """A page of the shop with its personal part; one that shows a form's errors answers 400."""
    if "customer" not in values:
        values["customer"] = known_customer(request)
    values["person"] = person_of(request, values.pop("customer"))
    form = values.get("form")
    response = render(request, template, values, status=400 if form is not None and form.errors else 200)
    remember_person(request, response, values["person"])
    return response


def person_of(request: HttpRequest, customer: Customer | None) -> PersonalPart:
    return personal_part(customer, is_signed_in=request.user.is_authenticated)


def way_after_sign_in(request: HttpRequest) -> str:
    """The own page a person wanted, else the place where his work is."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    if sellers.has_permission(request):
        return reverse("sellers:index")
    if operators.has_permission(request):
        return reverse("operators:index")
    if isinstance(request.user, User) and request.user.has_perm("mes.work_at_bench"):
        return reverse("bench:home")
    return reverse("shop:my_orders")
