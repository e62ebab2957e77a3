"""What django-allauth asks us about accounts: names, where to go, what a visitor brings along."""

from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage
from django.contrib.auth.models import User
from django.http import HttpRequest
from typing_extensions import override

from shop.services import customers
from shop.views.people import VISITOR_KEY, language, way_after_sign_in

_VERIFICATION: Final = "allauth.account.stages.EmailVerificationStage"
_OURS: Final = "shop.views.adapter.VerificationOfCustomers"


class VerificationOfCustomers(EmailVerificationStage):
    """Whoever signed up proves his address; accounts that the company made have none that needs proof."""

    @override
    def handle(self) -> Any:
        user = self.login.user  # nobody, where an address that has an account signs up again
        if user is not None and not EmailAddress.objects.filter(user=user).exists():
            return None, True
        return super().handle()


class Adapter(DefaultAccountAdapter):
    @override
    def get_login_stages(self) -> list[str]:
        return [_OURS if stage == _VERIFICATION else stage for stage in super().get_login_stages()]

    @override
    def populate_username(self, request: HttpRequest, user: Any) -> None:
        user.username = user.email

    @override
    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.first_name = form.cleaned_data["name"]
        saved = super().save_user(request, user, form, commit)
        customers.welcome(user=saved, language=language())
        return saved

    @override
    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return way_after_sign_in(request)

    @override
    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return way_after_sign_in(request)

    @override
    def login(self, request: HttpRequest, user: Any) -> None:
        """Start the session of a user; what its visitor had becomes the account's."""
        key = request.session.get(VISITOR_KEY)
        super().login(request, user)
        request.session.pop(VISITOR_KEY, None)
        if key and isinstance(user, User):
            customers.adopt_visitor(key=key, user=user, language=language())

    @override
    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say what happened themselves."""
