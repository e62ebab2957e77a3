"""Accounts: django-allauth's views with our pages. What a visitor gathered comes along (shop/views/adapter.py)."""

from typing import Any

from allauth.account import views as allauth
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST
from typing_extensions import override

from shop.selectors import personal_part
from shop.views.people import known_customer


class _Page:
    """A page of the shop around a form of allauth; one that shows errors answers 400."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        values: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        wanted = self.request.POST.get("next") or self.request.GET.get("next") or ""
        return values | {"person": personal_part(known_customer(self.request)), "next": wanted}

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        answer.status_code = 400 if answer.status_code == 200 else answer.status_code
        return answer


class SignIn(_Page, allauth.LoginView):
    template_name = "shop/sign_in.html"


class SignUp(_Page, allauth.SignupView):
    template_name = "shop/sign_up.html"


class Code(_Page, allauth.ConfirmEmailVerificationCodeView):
    template_name = "shop/code.html"


class Reset(_Page, allauth.PasswordResetView):
    template_name = "shop/reset.html"


class ResetSent(_Page, allauth.PasswordResetDoneView):
    template_name = "shop/reset_sent.html"


class NewPassword(_Page, allauth.PasswordResetFromKeyView):
    template_name = "shop/new_password.html"

    @override
    def get_success_url(self) -> str:
        return "/sign-in/"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("shop:home")
