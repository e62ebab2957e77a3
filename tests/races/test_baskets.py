"""A basket in two tabs: an expired price is renewed once."""

import pytest
from django.utils import timezone

from pricing.models import Quote
from shop.services import baskets
from tests.factories.shop import make_basket_line, make_customer

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_rows")]


def renewed_at_once(at_once):
    """How many new quotes four presses at once ask for."""
    customer = make_customer()
    line = make_basket_line(customer)
    Quote.objects.update(valid_until=timezone.now())
    before = Quote.objects.count()
    at_once(*[lambda: baskets.renew_price(customer=customer, line_id=line.pk)] * 4)
    return Quote.objects.count() - before


def test_an_expired_price_is_renewed_once_in_two_tabs(at_once):
    assert renewed_at_once(at_once) == 1


def test_without_the_lock_it_would_be_asked_for_again(at_once, monkeypatch):
    import threading

    together = threading.Barrier(4)

    def unlocked(rows):
        found = list(rows)
        together.wait(timeout=20)
        return found

    monkeypatch.setattr(baskets, "lock_all", unlocked)

    assert renewed_at_once(at_once) == 4
