"""A provider's notice that comes twice at once, and two ways to pay that end at once: an order is paid once."""

import pytest

from shop.models import OrderLetter, Payment
from shop.services.payments import hear_provider, record_transfer, start_payment
from tests.factories.shop import make_order

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_rows")]


def says_paid(payment):
    payment.transaction_id, payment.captured_amount = f"tx-{payment.pk}", payment.total
    payment.change_status("confirmed")
    return "heard"


def paid_lines(order):
    return order.log.filter(reason__startswith="paid: ").count()


def test_the_same_notice_at_once_pays_once(at_once):
    order = make_order()
    payment = start_payment(customer=order.customer, reference=order.reference)

    outcomes = at_once(*[lambda: hear_provider(token=payment.token, hear=says_paid)] * 4)

    order.refresh_from_db()
    assert outcomes == ["heard"] * 4
    assert (order.payment_status, paid_lines(order)) == ("paid", 1)
    assert OrderLetter.objects.filter(kind="paid").count() == 1


def test_a_card_and_a_transfer_at_once_make_one_of_them_a_problem_or_a_refusal(at_once):
    order = make_order()
    payment = start_payment(customer=order.customer, reference=order.reference)

    outcomes = at_once(
        lambda: hear_provider(token=payment.token, hear=says_paid),
        lambda: record_transfer(
            reference=order.reference, amount=order.gross, number="B-1", reason="seen", actor=order.customer.user
        ),
    )

    payment.refresh_from_db()
    assert paid_lines(order) == 1
    is_refused = type(outcomes[1]).__name__ == "NotPayable"
    assert (payment.problem, Payment.objects.count()) == (("", 1) if is_refused else ("twice", 2))
