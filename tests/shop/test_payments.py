"""Money for orders: what a provider says counts once, to the cent; transfers and refunds are recorded by a person."""

from decimal import Decimal

import pytest
from django.conf import settings as config
from django.core import mail
from django.urls import reverse

from config.checks import payments_are_real
from config.kernel.errors import IllegalTransition, ReasonMissing
from config.kernel.sites import sellers
from shop import tasks
from shop.errors import (
    AmountDiffers,
    NotPayable,
    NotRefundable,
    NotYourOrder,
    OrderUnknown,
    PaymentKnown,
    PaymentUnknown,
    ReferenceMissing,
)
from shop.models import Order, OrderLetter, Payment
from shop.services.orders import move_order
from shop.services.payments import hear_provider, move_payment, note_refund, record_transfer, start_payment
from tests.factories.shop import make_customer, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(client):
    customer = make_customer("vera")
    client.force_login(customer.user)
    return make_order(customer)


@pytest.fixture
def facts(monkeypatch):
    """The facts that were published about payments."""
    told = []
    monkeypatch.setattr("shop.services.payments.publish", lambda fact, **ids: told.append((fact, ids)))
    return told


def begin(order):
    return start_payment(customer=order.customer, reference=order.reference)


def says(status="confirmed", amount=None, number="tx-1"):
    """What a provider's class does with a notice."""

    def hear(payment):
        payment.transaction_id = number
        payment.captured_amount = payment.total if amount is None else amount
        payment.change_status(status)
        payment.save()
        return "heard"

    return hear


def state(order):
    order.refresh_from_db()
    return order.payment_status


# --- what a provider says ---------------------------------------------------------------------------------------------


def test_a_payment_in_full_makes_the_order_paid_says_so_and_is_a_fact(order, facts):
    payment = begin(order)

    hear_provider(token=payment.token, hear=says())

    payment.refresh_from_db()
    assert state(order) == "paid"
    assert (payment.problem, payment.captured_amount, payment.settled_at is not None) == ("", order.gross, True)
    assert facts == [("shop.order_paid", {"order_id": order.pk})]
    assert OrderLetter.objects.get(kind="paid").about == payment.pk
    assert order.log.last().reason == f"paid: {order.gross} EUR card tx-1"


def test_a_notice_that_comes_twice_pays_once(order, facts):
    payment = begin(order)
    hear_provider(token=payment.token, hear=says())

    assert hear_provider(token=payment.token, hear=says()) == "heard"

    assert len(facts) == 1
    assert OrderLetter.objects.filter(kind="paid").count() == 1
    assert order.log.filter(reason__startswith="paid").count() == 1


@pytest.mark.parametrize("late", [says("rejected"), says("confirmed", Decimal("1.00")), says("waiting", number="tx-2")])
def test_nothing_but_a_refund_changes_money_that_arrived(order, late):
    payment = begin(order)
    hear_provider(token=payment.token, hear=says())

    hear_provider(token=payment.token, hear=late)

    payment.refresh_from_db()
    assert (payment.status, payment.captured_amount, payment.transaction_id) == ("confirmed", order.gross, "tx-1")
    assert state(order) == "paid"


def test_a_refund_that_the_provider_tells_of_is_noted_once(order):
    payment = begin(order)
    hear_provider(token=payment.token, hear=says())

    hear_provider(token=payment.token, hear=says("refunded"))
    hear_provider(token=payment.token, hear=says("refunded"))

    assert state(order) == "refunded"
    assert OrderLetter.objects.filter(kind="refunded").count() == 1


@pytest.mark.parametrize("difference", ["-0.01", "0.01", "-1.00"])
def test_another_amount_never_marks_an_order_paid_and_says_so(order, facts, difference, client):
    payment = begin(order)

    hear_provider(token=payment.token, hear=says(amount=order.gross + Decimal(difference)))

    payment.refresh_from_db()
    assert (state(order), payment.problem, facts) == ("unpaid", "amount", [])
    assert order.log.last().reason.startswith("not counted as paid (amount)")
    assert "not as it should have" in client.get(reverse("shop:order", args=[order.reference])).content.decode()


def test_another_currency_never_marks_an_order_paid(order, facts):
    payment = begin(order)

    def in_dollars(row):
        row.currency = "USD"
        row.save()
        return says()(row)

    hear_provider(token=payment.token, hear=in_dollars)

    payment.refresh_from_db()
    assert (state(order), payment.problem, facts) == ("unpaid", "currency", [])


def test_an_order_paid_twice_is_paid_once_and_the_second_money_waits_for_a_person(order, facts):
    first = begin(order)
    second = Payment.objects.create(order=order, variant="card", total=order.gross, currency="EUR")
    hear_provider(token=first.token, hear=says())

    hear_provider(token=second.token, hear=says(number="tx-2"))

    second.refresh_from_db()
    assert (state(order), second.problem, len(facts)) == ("paid", "twice", 1)


def test_money_for_a_cancelled_order_waits_for_a_person(order, facts):
    payment = begin(order)
    move_order(order_id=order.pk, to="cancelled")

    hear_provider(token=payment.token, hear=says())

    payment.refresh_from_db()
    assert (state(order), payment.problem, facts) == ("unpaid", "cancelled", [])


def test_the_same_transaction_told_of_another_payment_is_refused(order):
    other = make_order()
    first, second = begin(order), begin(other)
    hear_provider(token=first.token, hear=says())

    with pytest.raises(PaymentKnown):
        hear_provider(token=second.token, hear=says())

    second.refresh_from_db()
    assert (second.status, second.captured_amount, state(other)) == ("waiting", 0, "unpaid")


def test_a_refused_card_leaves_the_order_unpaid_and_the_next_try_is_another_payment(order):
    payment = begin(order)
    assert begin(order).pk == payment.pk

    hear_provider(token=payment.token, hear=says("rejected", Decimal(0), ""))

    assert state(order) == "unpaid"
    assert begin(order).pk != payment.pk


def test_a_notice_of_a_payment_that_is_not_there_is_refused(client, db):
    with pytest.raises(PaymentUnknown):
        hear_provider(token="nothing", hear=says())

    assert client.post("/payments/00000000-0000-4000-8000-000000000000/").status_code == 404
    assert client.post("/payments/by/nobody/").status_code == 404


def test_nobody_pays_an_order_that_is_paid_cancelled_or_somebody_elses(order):
    with pytest.raises(NotYourOrder):
        start_payment(customer=make_customer(), reference=order.reference)
    Order.objects.update(payment_status="paid")
    with pytest.raises(NotPayable):
        begin(order)
    Order.objects.update(payment_status="unpaid", status="cancelled")
    with pytest.raises(NotPayable):
        begin(order)

    assert Payment.objects.count() == 0


def test_a_payment_status_moves_by_its_table(order):
    with pytest.raises(IllegalTransition):
        move_payment(order, "refunded", reason="no")

    assert state(order) == "unpaid"


# --- what a seller records --------------------------------------------------------------------------------------------


def transfer(order, **changed):
    seen = {"amount": order.gross, "number": "B-77", "reason": "statement of Monday", "actor": order.customer.user}
    return record_transfer(reference=order.reference, **seen | changed)


def test_a_transfer_is_recorded_with_who_saw_it_where(order, facts):
    payment = transfer(order)

    assert state(order) == "paid"
    assert (payment.variant, payment.transaction_id, payment.reason) == ("transfer", "B-77", "statement of Monday")
    assert payment.recorded_by == order.log.last().actor == order.customer.user
    assert facts == [("shop.order_paid", {"order_id": order.pk})]


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"reason": " "}, ReasonMissing),
        ({"number": " "}, ReferenceMissing),
        ({"amount": Decimal("1.00")}, AmountDiffers),
        ({"currency": "USD"}, AmountDiffers),
    ],
)
def test_a_transfer_without_reason_number_or_the_whole_amount_is_not_recorded(order, changed, refusal):
    with pytest.raises(refusal):
        transfer(order, **changed)

    assert (state(order), Payment.objects.count()) == ("unpaid", 0)


def test_the_same_transfer_counts_for_one_order_only(order):
    other = make_order()
    transfer(order)

    with pytest.raises(PaymentKnown):
        transfer(other)
    with pytest.raises(NotPayable):
        transfer(order, number="B-78")
    with pytest.raises(OrderUnknown):
        record_transfer(reference="K-0", amount=Decimal(1), number="1", reason="r", actor=None)

    assert (state(other), Payment.objects.count()) == ("unpaid", 1)


def test_money_that_was_sent_back_is_noted_once_and_told(order, run_tasks, mailoutbox):
    payment = transfer(order)
    note_refund(payment_id=payment.pk, number="R-1", reason="cancelled", actor=order.customer.user)

    with pytest.raises(NotRefundable):
        note_refund(payment_id=payment.pk, number="R-2", reason="again", actor=None)

    payment.refresh_from_db()
    assert (state(order), payment.status, payment.refund_number) == ("refunded", "refunded", "R-1")
    tasks.send_letter(OrderLetter.objects.get(kind="refunded").pk)
    assert f"We sent €{order.gross:,} back" in mailoutbox[-1].body


def test_sending_back_the_second_of_two_payments_leaves_the_order_paid(order):
    transfer(order)
    second = Payment.objects.create(order=order, variant="card", total=order.gross, currency="EUR")
    hear_provider(token=second.token, hear=says())

    note_refund(payment_id=second.pk, number="R-1", reason="paid twice", actor=order.customer.user)

    assert state(order) == "paid"


# --- the customer's pages ---------------------------------------------------------------------------------------------


def test_a_customer_pays_by_card(client, order):
    begun = client.post(reverse("shop:start_payment", args=[order.reference]))
    form = client.get(begun.url).context["provider_form"]
    back = client.post(form.action, {"outcome": "paid"})

    assert back.url == reverse("shop:paid", args=[order.reference])
    assert "Thank you, it is paid" in client.get(back.url).content.decode()
    assert state(order) == "paid"
    assert 'data-payment="paid"' in client.get(reverse("shop:order", args=[order.reference])).content.decode()


@pytest.mark.parametrize(("outcome", "page"), [("refused", "didn't go through"), ("less", "We look at your payment")])
def test_a_card_that_is_refused_or_pays_less_leads_to_a_page_that_says_so(client, order, outcome, page):
    begun = client.post(reverse("shop:start_payment", args=[order.reference]))
    back = client.post(client.get(begun.url).context["provider_form"].action, {"outcome": outcome})

    assert page in client.get(back.url).content.decode().replace("&#x27;", "'")
    assert state(order) == "unpaid"


def test_a_provider_with_a_page_of_his_own_is_a_link_for_no_form_may_lead_away(client, order, monkeypatch):
    from payments import RedirectNeeded

    def away(_provider, payment, **__):
        payment.transaction_id = "session-1"
        payment.change_status("input")
        payment.save()
        raise RedirectNeeded("https://provider.example/pay/1")

    monkeypatch.setattr("shop.dummy_provider.DummyProvider.get_form", away)
    begun = client.post(reverse("shop:start_payment", args=[order.reference]))

    page = client.get(begun.url)

    assert '<a class="button" href="https://provider.example/pay/1"' in page.content.decode()
    assert Payment.objects.get().transaction_id == "session-1"  # by it the provider knows the payment again
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]


def test_who_chose_a_transfer_reads_account_and_reference_on_the_page_and_in_the_letter(client, order):
    Order.objects.update(payment_way="transfer")

    page = client.get(reverse("shop:pay", args=[order.reference])).content.decode()
    tasks.send_letter(OrderLetter.objects.get(kind="placed").pk)

    for word in (config.BANK_ACCOUNT["iban"], order.reference):
        assert word in page
        assert word in mail.outbox[-1].body


def test_pages_of_payment_are_their_customers_only(client, order):
    payment = begin(order)
    client.force_login(make_customer().user)

    for name in ("pay", "paid", "pay_failed"):
        assert client.get(reverse(f"shop:{name}", args=[order.reference])).status_code == 404
    assert client.get(reverse("shop:pay_by_card", args=[order.reference, payment.token])).status_code == 302
    client.logout()
    assert client.get(reverse("shop:pay", args=[order.reference])).url.startswith("/sign-in/")


def test_without_a_provider_and_an_account_nothing_is_offered(client, order, settings):
    settings.PAYMENT_VARIANTS, settings.BANK_ACCOUNT = {}, {}

    page = client.get(reverse("shop:order", args=[order.reference]))

    assert "Pay now" not in page.content.decode()
    with pytest.raises(NotPayable):
        begin(order)


# --- sellers ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def seller(client):
    from django.contrib.auth.models import Group, User

    user = User.objects.create_user("sonja", is_staff=True)
    user.groups.set(Group.objects.filter(name="seller"))
    client.force_login(user)
    return user


def test_a_seller_records_a_transfer_and_a_refund_by_the_doors(client, order, seller):
    door = reverse("sellers:shop_payment_record_transfer")
    seen = {"reference": order.reference, "amount": "1", "number": "B-1", "reason": "statement"}

    wrong = client.post(door, seen)
    client.post(door, seen | {"amount": str(order.gross)})

    assert "Nothing was recorded" in wrong.content.decode()
    payment = Payment.objects.get()
    assert (state(order), payment.recorded_by) == ("paid", seller)
    client.post(f"/crm/shop/payment/{payment.pk}/refund/", {"text": "cancelled", "number": "R-1"})
    assert state(order) == "refunded"


def test_money_to_be_sent_back_is_found_in_the_list(client, order, seller):
    of_cancelled, wrong, good = transfer(order), begin(make_order()), begin(make_order())
    move_order(order_id=order.pk, to="cancelled")
    hear_provider(token=wrong.token, hear=says(amount=Decimal("1.00")))
    hear_provider(token=good.token, hear=says(number="tx-2"))

    page = client.get(reverse("sellers:shop_payment_changelist"), {"to_send_back": "yes"})

    assert {row.pk for row in page.context["cl"].result_list} == {of_cancelled.pk, wrong.pk}


def test_without_the_permission_nothing_is_recorded(client, order, seller):
    from django.contrib.auth.models import Permission

    seller.groups.clear()
    seller.user_permissions.set(Permission.objects.filter(codename__in=["use_sellers_site", "view_payment"]))

    answer = client.post(reverse("sellers:shop_payment_record_transfer"), {"reference": order.reference})

    assert answer.status_code == 403
    assert client.get(reverse("sellers:shop_payment_changelist")).status_code == 200


def test_the_list_of_payments_costs_the_same_at_any_number(client, order, seller, assert_flat_queries):
    begin(order)
    url = reverse("sellers:shop_payment_changelist")

    assert_flat_queries(lambda: client.get(url), lambda: [begin(make_order()) for _ in range(3)])
    assert Payment in sellers._registry


# --- settings ---------------------------------------------------------------------------------------------------------


def test_production_refuses_a_provider_that_takes_any_card_and_one_that_is_not_there(settings):
    assert payments_are_real() == []
    settings.ALLOWS_DUMMY_PAYMENTS = False
    assert [error.id for error in payments_are_real()] == ["karat.E007"]
    settings.PAYMENT_VARIANTS = {"card": ("no.such.Provider", {})}
    assert [error.id for error in payments_are_real()] == ["karat.E008"]
    settings.PAYMENT_VARIANTS = {}
    assert payments_are_real() == []
