import pytest
from django.db import transaction

from config.kernel.errors import IllegalTransition
from config.kernel.transitions import move
from pricing.models import Quote
from pricing.states import QuoteStatus
from tests.factories.pricing import make_quote, make_requested_quote

pytestmark = pytest.mark.django_db


def test_a_move_that_the_table_has_is_logged_with_who_and_why(django_user_model):
    seller = django_user_model.objects.create_user("sonja")
    quote = make_quote()

    move(quote, QuoteStatus.ACCEPTED, actor=seller, reason="ordered")

    last = quote.log.last()
    assert (last.from_status, last.to_status, last.actor, last.reason) == ("priced", "accepted", seller, "ordered")
    assert Quote.objects.get(pk=quote.pk).status == QuoteStatus.ACCEPTED


def test_a_move_that_the_table_lacks_is_refused_and_changes_nothing():
    quote = make_requested_quote()
    lines = quote.log.count()

    with pytest.raises(IllegalTransition) as refusal:
        move(quote, QuoteStatus.ACCEPTED)

    assert refusal.value.code == "illegal_transition"
    assert quote.reference in str(refusal.value)
    assert Quote.objects.get(pk=quote.pk).status == QuoteStatus.REQUESTED
    assert quote.log.count() == lines


@pytest.mark.django_db(transaction=True)
def test_a_move_outside_a_transaction_is_a_bug():
    quote = make_quote()
    assert not transaction.get_connection().in_atomic_block

    with pytest.raises(RuntimeError):
        move(quote, QuoteStatus.ACCEPTED)
