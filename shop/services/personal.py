"""A person's rights to what is held on him: to have it, and to have it erased."""

from typing import Any, Final

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from config.kernel.events import publish
from config.kernel.locking import lock_all, lock_one
from config.kernel.personal import held_on
from config.kernel.references import secret_key
from config.kernel.transitions import Actor, person
from shop.errors import CustomerErased, NotConfirmed, OrderStillOpen, StaffAccount
from shop.models import (
    Address,
    BasketLine,
    Customer,
    CustomerLog,
    Order,
    OrderLine,
    OrderLog,
    OrderMessage,
    Payment,
    QuoteRequest,
)
from shop.states import CustomerAct, OrderStatus

_CLOSED: Final = [OrderStatus.DELIVERED, OrderStatus.CANCELLED]
_ERASED: Final = "erased"
# Of a payment, what a provider may have told of the person; amounts, moments and its number stay.
_PAYER: Final = (
    "description", "billing_first_name", "billing_last_name", "billing_address_1", "billing_address_2", "billing_city",
    "billing_postcode", "billing_country_code", "billing_country_area", "billing_email", "billing_phone",
    "extra_data", "message", "fraud_message", "reason",
)  # fmt: skip


@transaction.atomic
def export_customer(*, customer_id: int, actor: Actor) -> dict[str, Any]:
    """Everything that any part of Karat holds on a customer, as JSON would have it; the log says who took it."""
    customer = Customer.objects.get(pk=customer_id)
    CustomerLog.objects.create(customer=customer, actor=person(actor), act=CustomerAct.EXPORTED)
    return held_on(customer.pk)


@transaction.atomic
def erase_customer(*, customer_id: int, actor: Actor) -> Customer:
    """Replace a person's data in his account, orders, messages and designs. It can't be undone.

    Amounts, dates, countries and what was made stay, as bookkeeping requires. Locks the customer, then his orders.
    Publishes shop.customer_erased. Refuses with OrderStillOpen, StaffAccount, CustomerErased.
    """
    customer = lock_one(Customer.objects.filter(pk=customer_id))
    if customer.erased_at or customer.merged_into_id:
        raise CustomerErased
    if customer.user is not None and (customer.user.is_staff or customer.user.is_superuser):
        raise StaffAccount
    orders = lock_all(Order.objects.filter(customer=customer))
    still_open = [order.reference for order in orders if order.status not in _CLOSED]
    if still_open:
        raise OrderStillOpen(orders=", ".join(still_open[:5]))
    _erase_orders([order.pk for order in orders])
    _erase_wishes(customer)
    _erase_account(customer.user)
    _erase_person(customer, actor)
    publish("shop.customer_erased", customer_id=customer.pk)
    return customer


def erase_own(*, customer_id: int, typed: str, actor: Actor) -> Customer:
    """A person erases himself, confirmed by typing his e-mail. Refuses with NotConfirmed and as erase_customer does."""
    require_confirmed(Customer.objects.get(pk=customer_id), typed)
    return erase_customer(customer_id=customer_id, actor=actor)


def require_confirmed(customer: Customer, typed: str) -> None:
    """It can't be undone, so whose it is is typed. Refuses with NotConfirmed."""
    known = {email.casefold() for email in (customer.email, customer.user.email if customer.user else "") if email}
    if typed.strip().casefold() not in known:
        raise NotConfirmed


def _erase_orders(keys: list[int]) -> None:
    """Who it went to, what was written about it, and what people wrote into its log."""
    orders = Order.objects.filter(pk__in=keys)
    orders.exclude(tracking_number="").update(tracking_number=_ERASED)
    orders.update(name="", email="", phone="", address="", postal_code="", city="", note="")
    OrderMessage.objects.filter(order__in=keys).update(text="")
    OrderLog.objects.filter(order__in=keys, actor__isnull=False).update(reason="")
    Payment.objects.filter(order__in=keys).update(**dict.fromkeys(_PAYER, ""), customer_ip_address=None)
    OrderLine.objects.filter(order__in=keys, product=None).update(title=_ERASED)  # named after the person's own file


def _erase_wishes(customer: Customer) -> None:
    """His basket, addresses and quotes: the designs lose the one row that says whose they were."""
    BasketLine.objects.filter(customer=customer).delete()
    Address.objects.filter(customer=customer).delete()
    QuoteRequest.objects.filter(customer=customer).delete()


def _erase_account(user: User | None) -> None:
    """An account that nobody can open and that names nobody; records go on pointing at it."""
    if user is None:
        return
    EmailAddress.objects.filter(user=user).delete()
    user.username, user.email, user.first_name, user.last_name = f"{_ERASED}-{user.pk}", "", "", ""
    user.is_active, user.last_login = False, None
    user.set_unusable_password()
    user.save()


def _erase_person(customer: Customer, actor: Actor) -> None:
    customer.name = customer.email = customer.phone = ""
    customer.key, customer.erased_at = secret_key(), timezone.now()
    customer.save(update_fields=["name", "email", "phone", "key", "erased_at"])
    customer.log.update(reason="")
    CustomerLog.objects.create(customer=customer, actor=person(actor), act=CustomerAct.ERASED)
