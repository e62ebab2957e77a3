"""The forms of django-allauth as the shop words and names them."""

from typing import Any, ClassVar

from allauth.account import forms as allauth
from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class _OwnNames:
    """Fields under the names that our pages use, without placeholders: a label says it, and doesn't go away."""

    names: ClassVar[dict[str, str]] = {}
    labels: ClassVar[dict[str, Any]] = {}
    hints: ClassVar[dict[str, Any]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")

    def add_prefix(self, field_name: str) -> str:
        return self.names.get(field_name, field_name)


class SignInForm(_OwnNames, allauth.LoginForm):
    """Who comes back. Which of the two was wrong isn't said."""

    names: ClassVar[dict[str, str]] = {"login": "email"}
    labels: ClassVar[dict[str, Any]] = {"login": _("E-mail"), "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed = {"autocomplete": "username", "inputmode": "email", "autocapitalize": "none"}
        self.fields["login"].widget.attrs.update(typed)


class SignUpForm(_OwnNames, allauth.SignupForm):
    """A new account."""

    names: ClassVar[dict[str, str]] = {"password1": "password"}
    labels: ClassVar[dict[str, Any]] = {"email": _("E-mail"), "password1": _("Password")}
    hints: ClassVar[dict[str, Any]] = {"password1": _("At least ten characters; a few unusual words are best.")}
    field_order: ClassVar[list[str]] = ["name", "email", "password1"]

    name = forms.CharField(label=_("Full name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    @override
    def clean_email(self) -> str:
        return str(super().clean_email()).lower()


class ResetForm(_OwnNames, allauth.ResetPasswordForm):
    labels: ClassVar[dict[str, Any]] = {"email": _("E-mail")}


class NewPasswordForm(_OwnNames, allauth.ResetPasswordKeyForm):
    labels: ClassVar[dict[str, Any]] = {"password1": _("New password"), "password2": _("New password once more")}
    hints: ClassVar[dict[str, Any]] = {"password1": _("At least ten characters; a few unusual words are best.")}


class CodeForm(_OwnNames, allauth.ConfirmEmailVerificationCodeForm):
    labels: ClassVar[dict[str, Any]] = {"code": _("The code from our e-mail")}
