"""Customers, baskets and orders, valid with no arguments."""

import secrets
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, User

from shop.models import BasketLine, Customer, Order, QuoteRequest
from shop.services.baskets import add_quote_to_basket
from shop.services.checkout import Delivery, check_out
from shop.services.customers import customer_of_user
from tests.factories.mes import make_workshop
from tests.factories.pricing import make_quote

_numbers = count(1)


def make_customer(name: str | None = None) -> Customer:
    """A customer with an account."""
    name = name or f"customer{next(_numbers)}"
    user = User.objects.create_user(name, f"{name}@karat.example", "shop-password")
    user.groups.add(Group.objects.get(name="customer"))
    return customer_of_user(user)


def make_basket_line(customer: Customer, **asked: Any) -> BasketLine:
    """A priced quote of the customer's own design in his basket."""
    make_workshop()
    quote = make_quote(**asked)
    QuoteRequest.objects.create(customer=customer, quote=quote, title="my ring")
    return add_quote_to_basket(customer=customer, reference=quote.reference)


def a_delivery() -> Delivery:
    return Delivery("Vera", "vera@karat.example", "1 Main street", "0150", "Oslo", "NO")


def make_order(customer: Customer | None = None, **asked: Any) -> Order:
    """A placed order of one ring; nobody has reviewed it yet."""
    customer = customer or make_customer()
    make_basket_line(customer, **asked)
    return check_out(
        customer=customer, delivery=a_delivery(), checkout_key=secrets.token_urlsafe(16), actor=customer.user
    )
