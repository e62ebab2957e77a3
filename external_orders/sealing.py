"""Secrets that must be told again, kept so that a copy of the database alone doesn't tell them.

The keys come from the environment (WEBHOOK_KEYS; without it, from SECRET_KEY): the first one seals, all of them open,
so a key is replaced by putting a new one in front and running `manage.py reseal_webhook_secrets`.
"""

import base64
import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

_PURPOSE = b"karat.external_orders.webhook_secrets"


def seal(secret: str) -> str:
    """A secret as it is stored."""
    return _box(*_keys()).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """A secret as it was. Raises InvalidToken when none of the keys opens it."""
    return _box(*_keys()).decrypt(sealed.encode()).decode()


def reseal(sealed: str) -> str:
    """The same secret under the first key."""
    return _box(*_keys()).rotate(sealed.encode()).decode()


def _keys() -> list[str]:
    return settings.WEBHOOK_KEYS or [settings.SECRET_KEY]


@cache
def _box(*keys: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    """A key for this purpose only, of the length that Fernet takes."""
    return base64.urlsafe_b64encode(hmac.digest(key.encode(), _PURPOSE, hashlib.sha256))
