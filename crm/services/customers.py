"""What sellers do about customers: notes, standing, merging two, erasing one."""

from decimal import Decimal
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from config.kernel.errors import ReasonMissing
from config.kernel.locking import lock_one
from config.kernel.transitions import Actor, person
from crm.errors import LimitMissing, NoteEmpty
from crm.models import CustomerNote, CustomerStanding, LineChange, ProductionRequest, RefundNote, Review
from crm.selectors.customers import the_customer
from crm.states import Standing
from mes.services.forgetting import forget_texts
from shop.errors import CustomerErased
from shop.models import Customer, CustomerLog
from shop.services import merging, personal
from shop.states import CustomerAct

MOST_WRITTEN: Final = 2000
_STRICTNESS: Final = [Standing.TRUSTED, Standing.NORMAL, Standing.OVERDUE, Standing.BLOCKED]


@transaction.atomic
def write_note(*, customer_id: int, text: str, actor: User) -> CustomerNote:
    """A seller writes something down about a customer. Locks the customer. Refuses with NoteEmpty, CustomerErased."""
    customer = _lock(customer_id)
    words = text.strip()
    if not words or len(words) > MOST_WRITTEN:
        raise NoteEmpty(most=MOST_WRITTEN)
    return CustomerNote.objects.create(customer=customer, text=words, author=actor)


@transaction.atomic
def change_standing(
    *, customer_id: int, level: str, reason: str, actor: Actor, limit: Decimal | None = None
) -> CustomerStanding:
    """How far a customer is trusted from now on; the log says who decided it and why. Locks the customer.

    A limit is a trusted customer's only. Refuses with ReasonMissing, LimitMissing, CustomerErased.
    """
    if not reason.strip():
        raise ReasonMissing
    customer = _lock(customer_id)
    is_trusted = level == Standing.TRUSTED
    if is_trusted and not (limit and limit > 0):
        raise LimitMissing
    chosen = {"level": Standing(level), "limit": limit if is_trusted else None}
    former = CustomerStanding.objects.filter(customer=customer).first()
    standing, _ = CustomerStanding.objects.update_or_create(customer=customer, defaults=chosen)
    CustomerLog.objects.create(
        customer=customer,
        actor=person(actor),
        act=CustomerAct.STANDING,
        detail=f"{_told(former)} → {_told(standing)}",
        reason=reason.strip()[:500],
    )
    return standing


def _told(standing: CustomerStanding | None) -> str:
    level = standing.level if standing else Standing.NORMAL
    return f"{level} {standing.limit}" if standing and standing.limit else str(level)


def _lock(customer_id: int) -> Customer:
    customer = lock_one(Customer.objects.filter(pk=customer_id))
    if customer.erased_at or customer.merged_into_id:
        raise CustomerErased
    return customer


@transaction.atomic
def merge_customers(*, customer_id: int, former_id: int, reason: str, actor: Actor) -> Customer:
    """One customer takes over everything of another; also what only sellers know. Locks both, then their orders.

    Refuses with ReasonMissing and as shop.services.merging does.
    """
    if not reason.strip():
        raise ReasonMissing
    customer = merging.merge_customers(customer_id=customer_id, former_id=former_id, reason=reason.strip(), actor=actor)
    bring_along(customer_id=customer_id, former_id=former_id)
    return customer


def merge_found(*, customer_id: int, other: str, reason: str, actor: Actor) -> Customer:
    """Merge with the one whom a number or an e-mail names. Refuses with NoSuchCustomer and as merge_customers does."""
    former = the_customer(other, but=customer_id)
    return merge_customers(customer_id=customer_id, former_id=former.pk, reason=reason, actor=actor)


@transaction.atomic
def bring_along(*, customer_id: int, former_id: int) -> None:
    """After a merge: the notes move, and the stricter standing counts, so that nobody escapes it. Repeatable."""
    CustomerNote.objects.filter(customer=former_id).update(customer=customer_id)
    theirs = CustomerStanding.objects.filter(customer=former_id).first()
    if theirs is None:
        return
    own = CustomerStanding.objects.filter(customer=customer_id).first()
    if _STRICTNESS.index(Standing(theirs.level)) > _STRICTNESS.index(Standing(own.level if own else Standing.NORMAL)):
        chosen = {"level": theirs.level, "limit": theirs.limit}
        CustomerStanding.objects.update_or_create(customer_id=customer_id, defaults=chosen)
    theirs.delete()


@transaction.atomic
def erase_customer(*, customer_id: int, actor: Actor) -> Customer:
    """Erase a person's data, in the shop and here, in one transaction. Refuses as shop.services.personal does."""
    customer = personal.erase_customer(customer_id=customer_id, actor=actor)
    forget_customer(customer_id=customer_id)
    return customer


def erase_confirmed(*, customer_id: int, typed: str, actor: Actor) -> Customer:
    """Erase whom a person has named by typing his e-mail. Refuses with NotConfirmed and as erase_customer does."""
    personal.require_confirmed(Customer.objects.get(pk=customer_id), typed)
    return erase_customer(customer_id=customer_id, actor=actor)


@transaction.atomic
def forget_customer(*, customer_id: int) -> None:
    """What sellers and the workshop hold on a customer whose data the shop has erased. Repeatable."""
    if not Customer.objects.filter(pk=customer_id, erased_at__isnull=False).exists():
        return
    CustomerNote.objects.filter(customer=customer_id).delete()
    CustomerStanding.objects.filter(customer=customer_id).delete()
    _forget_reviews(customer_id)
    LineChange.objects.filter(line__order__customer=customer_id).update(reason="")
    RefundNote.objects.filter(order__customer=customer_id).update(reason="")
    made = ProductionRequest.objects.filter(order_line__order__customer=customer_id)
    forget_texts(work_order_ids=list(made.order_by("work_order").values_list("work_order", flat=True)))


def _forget_reviews(customer_id: int) -> None:
    """That an order was stopped and by which rules stays; the words that name pieces and engravings go."""
    found = list(Review.objects.filter(order__customer=customer_id))
    for review in found:
        review.note, review.facts = "", {}
        review.reasons = [one | {"detail": ""} for one in review.reasons]
        review.warnings = [one | {"detail": ""} for one in review.warnings]
    Review.objects.bulk_update(found, ["note", "facts", "reasons", "warnings"])
