"""Two workers that have the same letter: one of them sends it."""

import pytest
from django.core import mail

from shop import tasks
from shop.models import OrderLetter
from tests.factories.shop import make_order

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_rows")]


def test_a_letter_that_four_workers_have_is_sent_once(at_once):
    letter = OrderLetter.objects.get(order=make_order())

    outcomes = at_once(*[lambda: tasks.send_letter(letter.pk)] * 4)

    assert outcomes == [None] * 4
    assert len(mail.outbox) == 1
    letter.refresh_from_db()
    assert (letter.attempts, letter.sent_at is not None) == (1, True)
