"""Who the person in front of the shop is."""

from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction

from config.kernel.locking import lock_one
from shop.errors import EmailTaken
from shop.models import BasketLine, Customer, Order, QuoteRequest


def customer_of_user(user: User, *, language: str = "en") -> Customer:
    """The customer behind an account; made at the first need."""
    customer, _ = Customer.objects.get_or_create(
        user=user, defaults={"name": user.get_full_name(), "email": user.email, "language": language}
    )
    return customer


def visitor(key: str | None, *, language: str = "en") -> Customer:
    """The visitor with this session key, or a new one."""
    known = Customer.objects.filter(key=key, user=None).first() if key else None
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
    found = Customer.objects.filter(key=key, user=None).exclude(pk=customer.pk)
    if found.exists():
        former = lock_one(found)
        QuoteRequest.objects.filter(customer=former).update(customer=customer)
        BasketLine.objects.filter(customer=former).update(customer=customer)
        Order.objects.filter(customer=former).update(customer=customer)
        former.delete()
    return customer
