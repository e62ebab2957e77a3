"""How customers pay (django-payments): a provider for cards, chosen by the environment, and the company's bank account.

The provider is a class by its dotted path with its arguments; no provider's package is among the requirements.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from config.env import Environment

DUMMIES = {"shop.dummy_provider.DummyProvider", "payments.dummy.DummyProvider"}  # take any card: for development


@dataclass(frozen=True, slots=True)
class Payments:
    """The settings of django-payments, and what a transfer needs."""

    host: str
    is_tls: bool
    variants: dict[str, tuple[str, dict[str, Any]]]
    bank_account: dict[str, str]


def payments(env: Environment, *, base_url: str) -> Payments:
    parts = urlsplit(base_url)
    provider = {"card": (env.payment_provider, json.loads(env.payment_options))} if env.payment_provider else {}
    bank = {"holder": env.bank_holder, "iban": env.bank_iban, "bic": env.bank_bic} if env.bank_iban else {}
    return Payments(parts.netloc, parts.scheme == "https", provider, bank)
