"""What a signed-in person may have and may end: his own data."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from config.kernel.errors import DomainError
from config.kernel.personal import as_download
from shop.forms import EraseForm
from shop.services.personal import erase_own, export_customer
from shop.views.people import customer_of, page


@require_safe
@never_cache
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    return page(request, "shop/my_data.html", form=EraseForm())


@require_POST
@login_required
def download(request: HttpRequest) -> HttpResponse:
    held = export_customer(customer_id=customer_of(request).pk, actor=request.user)
    return as_download(held, name="karat-my-data.json")


@require_POST
@login_required
def erase(request: HttpRequest) -> HttpResponse:
    form = EraseForm(request.POST)
    if form.is_valid():
        try:
            erase_own(customer_id=customer_of(request).pk, typed=form.cleaned_data["typed"], actor=request.user)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            logout(request)
            messages.success(request, _("Your data is erased. Thank you for having been with us."))
            return redirect("shop:home")
    return page(request, "shop/my_data.html", form=form)
