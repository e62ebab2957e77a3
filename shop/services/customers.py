"""Who the person in front of the shop is."""

from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction

from config.kernel.locking import lock_all, lock_one
from shop.errors import CustomerErased, EmailTaken
from shop.models import Customer
from shop.services.merging import move_rows, take_over


def customer_of_user(user: User, *, language: str = "en") -> Customer:
    """The customer behind an account; made at the first need."""
    customer, _ = Customer.objects.get_or_create(
        user=user, defaults={"name": user.get_full_name(), "email": user.email, "language": language}
    )
    return customer


def visitor(key: str | None, *, language: str = "en") -> Customer:
    """The visitor with this session key, or a new one."""
    known = Customer.objects.filter(key=key, user=None, merged_into=None).first() if key else None
    return known or Customer.objects.create(language=language)


@transaction.atomic
def sign_up(*, email: str, name: str, password: str, language: str) -> Customer:
    """Make an account whose address needs no proof. Refuses with EmailTaken."""
    email = email.lower()
    try:
        with transaction.atomic():
            user = User.objects.create_user(username=email, email=email, password=password, first_name=name)
    except IntegrityError:
        raise EmailTaken from None
    return welcome(user=user, language=language)


@transaction.atomic
def welcome(*, user: User, language: str) -> Customer:
    """A new account has the rights of a customer."""
    user.groups.add(Group.objects.get(name="customer"))
    return customer_of_user(user, language=language)


@transaction.atomic
def adopt_visitor(*, key: str, user: User, language: str = "en") -> Customer:
    """After a visitor signed in: what he uploaded and put in his basket is his account's now."""
    customer = customer_of_user(user, language=language)
    visitor = Customer.objects.filter(key=key, user=None, merged_into=None, erased_at=None).exclude(pk=customer.pk)
    former_id = visitor.values_list("pk", flat=True).first()
    if former_id is None:
        return customer
    both = {one.pk: one for one in lock_all(Customer.objects.filter(pk__in=[customer.pk, former_id]))}
    former = both.get(former_id)
    if former is not None and former.merged_into_id is None:
        _adopt(both[customer.pk], former, user)
    return both[customer.pk]


def _adopt(customer: Customer, former: Customer, user: User) -> None:
    """A guest who has told his name stays as a shell: sellers know things about him. A mere visitor is gone."""
    if former.email:
        take_over(customer, former, reason="signed in", actor=user)
        return
    move_rows(customer_id=customer.pk, former_id=former.pk)
    former.delete()


def lock_customer(customer_id: int) -> Customer:
    """A customer, locked; after a merge whoever he is now. Refuses with CustomerErased."""
    customer = lock_one(Customer.objects.filter(pk=customer_id))
    while customer.merged_into_id is not None:
        customer = lock_one(Customer.objects.filter(pk=customer.merged_into_id))
    if customer.erased_at is not None:
        raise CustomerErased
    return customer
