"""A customer's address book: few addresses, one of them the usual one. Every use-case locks the customer first."""

from collections.abc import Mapping

from django.db import transaction

from shop.errors import AddressesFull, NotYourAddress
from shop.finding import dialled
from shop.models import Address, Customer
from shop.services.customers import lock_customer
from shop.states import ADDRESS_FIELDS, MOST_ADDRESSES


@transaction.atomic
def keep_address(*, customer: Customer, told: Mapping[str, str]) -> Address:
    """Add an address; the first is the usual one, and one that is there already is not added again.

    told: the ADDRESS_FIELDS. Locks the customer. Refuses with AddressesFull, CustomerErased.
    """
    customer = lock_customer(customer.pk)
    values = _values(told)
    own = Address.objects.filter(customer=customer)
    known = own.filter(**values).first()
    if known is not None:
        return known
    count = own.count()
    if count >= MOST_ADDRESSES:
        raise AddressesFull(most=MOST_ADDRESSES)
    return Address.objects.create(customer=customer, is_usual=count == 0, **values)


@transaction.atomic
def change_address(*, customer: Customer, address_id: int, told: Mapping[str, str]) -> Address:
    """Correct an own address; orders keep theirs. Locks the customer. Refuses with NotYourAddress."""
    address = _own_address(customer, address_id)
    for name, value in _values(told).items():
        setattr(address, name, value)
    address.save()
    return address


@transaction.atomic
def prefer_address(*, customer: Customer, address_id: int) -> Address:
    """Make an own address the usual one: checkout begins with it. Locks the customer. Refuses with NotYourAddress."""
    address = _own_address(customer, address_id)
    Address.objects.filter(customer=address.customer_id, is_usual=True).update(is_usual=False)
    address.is_usual = True
    address.save(update_fields=["is_usual"])
    return address


@transaction.atomic
def remove_address(*, customer: Customer, address_id: int) -> None:
    """Take an own address out; when it was the usual one, the oldest of the others is from now on.

    Locks the customer. Refuses with NotYourAddress.
    """
    address = _own_address(customer, address_id)
    address.delete()
    next_one = Address.objects.filter(customer=address.customer_id).first()
    if address.is_usual and next_one is not None:
        next_one.is_usual = True
        next_one.save(update_fields=["is_usual"])


def _own_address(customer: Customer, address_id: int) -> Address:
    address = Address.objects.filter(customer=lock_customer(customer.pk), pk=address_id).first()
    if address is None:
        raise NotYourAddress
    return address


def _values(told: Mapping[str, str]) -> dict[str, str]:
    return {name: dialled(told[name]) if name == "phone" else told[name].strip() for name in ADDRESS_FIELDS}
