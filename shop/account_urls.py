"""django-allauth's names for our addresses: it reverses them without a namespace."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from shop.views import account

urlpatterns = [
    path("sign-in/", account.SignIn.as_view(), name="account_login"),
    path("sign-up/", account.SignUp.as_view(), name="account_signup"),
    path("sign-out/", account.sign_out, name="account_logout"),
    path("sign-up/code/", account.Code.as_view(), name="account_email_verification_sent"),
    path("password/", account.Reset.as_view(), name="account_reset_password"),
    path("password/sent/", account.ResetSent.as_view(), name="account_reset_password_done"),
    re_path(
        r"^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path(
        "password/done/",
        RedirectView.as_view(pattern_name="account_login"),
        name="account_reset_password_from_key_done",
    ),
    path("account/", RedirectView.as_view(pattern_name="shop:my_orders"), name="account_email"),
    path("account/inactive/", RedirectView.as_view(pattern_name="account_login"), name="account_inactive"),
]
