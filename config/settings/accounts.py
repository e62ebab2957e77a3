"""Accounts (django-allauth): sign-up by e-mail with a code that proves the address, reset, limits on trying.

Its views are used under our addresses (shop/account_urls.py), with our pages; what it asks, shop/views/adapter.py says.
"""

ACCOUNT_ADAPTER = "shop.views.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}  # staff may have a name without an @
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "shop.account_forms.SignInForm",
    "signup": "shop.account_forms.SignUpForm",
    "reset_password": "shop.account_forms.ResetForm",
    "reset_password_from_key": "shop.account_forms.NewPasswordForm",
    "confirm_email_verification_code": "shop.account_forms.CodeForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# A code is typed where the basket waits; a link would open another browser, without it.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True  # whether an address has an account is told to its owner only, by e-mail
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
