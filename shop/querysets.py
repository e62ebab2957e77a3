"""The vocabulary of the shop: filters that chain."""

from datetime import date, timedelta
from typing import Any, Final, Self

from django.db.models import Q, QuerySet

from shop.finding import Wanted, wanted
from shop.states import UNFINISHED, OrderStatus, PaymentStatus

AT_RISK_DAYS: Final = 2
MOST_FOUND: Final = 2_000
_SHORT: Final = 3  # letters; fewer make no trigram, so they are only looked for where a name begins


class PersonSearch(QuerySet[Any]):
    """Rows with a person's name, e-mail and phone, found by what a seller types."""

    def found_by(self, search: str) -> Self:
        """At most MOST_FOUND rows that a line of search means.

        Uses on PostgreSQL the indexes <table>_email_prefix, _phone_prefix, _name_trigram. They are found before they
        are sorted: walking the newest rows until fifty fit would read a million when only one does.
        """
        sought = wanted(search)
        found = self.model._default_manager.filter(self._meant(sought)).order_by().values("pk")[:MOST_FOUND]
        return self.filter(pk__in=found)

    def _meant(self, sought: Wanted) -> Q:
        if sought.kind == "email":
            return Q(email__istartswith=sought.text)
        if sought.kind == "phone":
            return Q(phone__startswith=sought.text)
        in_name = "icontains" if len(sought.text) >= _SHORT else "istartswith"
        return Q(**{f"name__{in_name}": sought.text}) | Q(email__istartswith=sought.text)


class CustomerQuerySet(PersonSearch):
    def known(self) -> Self:
        """Those who told who they are; a visitor is nobody yet. Uses index customer_known_newest."""
        return self.exclude(email="")


class OrderQuerySet(PersonSearch):
    def searched(self, search: str) -> Self:
        """By reference (exact, its unique index), else by the person. Indexes as in `found_by`."""
        sought = wanted(search)
        return self.filter(reference=sought.text) if sought.kind == "reference" else self.found_by(search)

    def unfinished(self) -> Self:
        return self.filter(status__in=UNFINISHED)

    def at_risk(self, today: date) -> Self:
        """Promised soon or before today, and not ready. Uses index order_unfinished."""
        return self.unfinished().filter(promised_on__lte=today + timedelta(days=AT_RISK_DAYS))

    def of_customer(self, customer: Any) -> Self:
        return self.filter(customer=customer)

    def newest_first(self) -> Self:
        return self.order_by("-placed_at", "-pk")

    def oldest_first(self) -> Self:
        return self.order_by("placed_at", "pk")

    def exceptions(self) -> Self:
        return self.filter(status=OrderStatus.EXCEPTION)

    def to_refund(self) -> Self:
        """Cancelled after they were paid. Uses index order_to_refund."""
        return self.filter(status=OrderStatus.CANCELLED, payment_status=PaymentStatus.PAID)


class ProductQuerySet(QuerySet[Any]):
    def for_sale(self) -> Self:
        return self.filter(is_for_sale=True, category__isnull=False)


class BasketLineQuerySet(QuerySet[Any]):
    def of_customer(self, customer: Any) -> Self:
        return self.filter(customer=customer)
