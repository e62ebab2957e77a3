"""Two customers who turned out to be one person."""

from typing import Any, Final

from django.db import transaction

from config.kernel.events import publish
from config.kernel.locking import lock_all
from config.kernel.transitions import Actor, person
from shop.errors import CustomerErased, CustomerMerged, SameCustomer, TwoAccounts
from shop.models import Address, BasketLine, Customer, CustomerLog, Order, QuoteRequest
from shop.states import ADDRESS_FIELDS, MOST_ADDRESSES, CustomerAct

_OWN: Final[tuple[Any, ...]] = (QuoteRequest, BasketLine, Order, CustomerLog)


@transaction.atomic
def merge_customers(*, customer_id: int, former_id: int, reason: str, actor: Actor) -> Customer:
    """Give a customer all that is `former`'s, who stays as an empty shell that points at him; the log says so.

    Locks both by primary key, then the orders. Publishes shop.customers_merged. Refuses with SameCustomer,
    TwoAccounts, CustomerErased, CustomerMerged.
    """
    if customer_id == former_id:
        raise SameCustomer
    both = {one.pk: one for one in lock_all(Customer.objects.filter(pk__in=[customer_id, former_id]))}
    if len(both) < 2:
        raise CustomerMerged
    customer, former = both[customer_id], both[former_id]
    _require_mergeable(customer, former)
    take_over(customer, former, reason=reason, actor=actor)
    return customer


def _require_mergeable(customer: Customer, former: Customer) -> None:
    if customer.merged_into_id or former.merged_into_id:
        raise CustomerMerged
    if customer.erased_at or former.erased_at:
        raise CustomerErased
    if customer.user_id and former.user_id:
        raise TwoAccounts


def take_over(customer: Customer, former: Customer, *, reason: str, actor: Actor) -> None:
    """Move everything of a locked customer to another locked one, and say so."""
    lock_all(Order.objects.filter(customer=former))
    move_rows(customer_id=customer.pk, former_id=former.pk)
    _fill_in(customer, former)
    CustomerLog.objects.create(
        customer=customer,
        actor=person(actor),
        act=CustomerAct.MERGED,
        detail=f"{former.pk} → {customer.pk}",
        reason=reason[:500],
    )
    publish("shop.customers_merged", customer_id=customer.pk, former_id=former.pk)


def move_rows(*, customer_id: int, former_id: int) -> None:
    """What is a former customer's becomes the other's. Repeatable: it brings along what came meanwhile."""
    for model in _OWN:
        model.objects.filter(customer=former_id).update(customer=customer_id)
    _join_books(customer_id=customer_id, former_id=former_id)
    Customer.objects.filter(merged_into=former_id).update(merged_into=customer_id)


def _join_books(*, customer_id: int, former_id: int) -> None:
    """Two address books become one: no address twice, one usual one, no more than fit."""
    own = list(Address.objects.filter(customer=customer_id))
    known = {_told(address) for address in own}
    has_usual = any(address.is_usual for address in own)
    for address in Address.objects.filter(customer=former_id):
        if _told(address) in known or len(known) >= MOST_ADDRESSES:
            address.delete()
            continue
        known.add(_told(address))
        address.customer_id, address.is_usual = customer_id, address.is_usual and not has_usual
        address.save(update_fields=["customer", "is_usual"])


def _told(address: Address) -> tuple[str, ...]:
    return tuple(getattr(address, name) for name in ADDRESS_FIELDS)


def _fill_in(customer: Customer, former: Customer) -> None:
    """What the one didn't tell the other may have; the account goes along, the shell knows nobody any more."""
    user_id, told = former.user_id, {name: getattr(former, name) for name in ("name", "email", "phone")}
    former.user, former.merged_into = None, customer
    former.name = former.email = former.phone = ""
    former.save(update_fields=["user", "merged_into", "name", "email", "phone"])
    for name, value in told.items():
        setattr(customer, name, getattr(customer, name) or value)
    customer.user_id = customer.user_id or user_id
    customer.save(update_fields=["user", *told])


@transaction.atomic
def bring_along(*, customer_id: int, former_id: int) -> None:
    """After a merge: what a page that was open meanwhile still put into the former's hands."""
    if Customer.objects.filter(pk=former_id, merged_into__isnull=False).exists():
        move_rows(customer_id=customer_id, former_id=former_id)
