"""The page of an order shows all that a seller needs, at the cost of a fixed number of queries."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from config.demo.people import PASSWORD, seed_people
from crm.models import CustomerStanding
from crm.selectors.order_page import sellers_order
from crm.services import questions, reviews
from crm.words import step_words
from mes.models import Operation
from mes.promising import Load, chance_of_day
from shop.models import Order, OrderLine
from shop.services.orders import write_message
from tests.factories.crm import publish_rules, stop_everything
from tests.factories.mes import make_workshop
from tests.factories.shop import make_basket_line, make_customer, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(client):
    make_workshop()
    seed_people()
    client.login(username="seller@karat.example", password=PASSWORD)
    return client


def look(seller, order):
    return seller.get(reverse("sellers:shop_order_change", args=[order.pk]))


def test_an_exception_says_why_it_stopped_and_what_would_resolve_it(seller):
    stop_everything()
    order = make_order()
    reviews.review_order(order_id=order.pk)

    page = look(seller, order).content.decode()

    assert "The total is over the limit" in page
    assert "Check the customer and the payment, then approve." in page
    assert order.lines.get().quote.measurement.picture_url in page


def test_the_reasons_are_said_in_russian_too(seller):
    stop_everything()
    order = make_order()
    reviews.review_order(order_id=order.pk)

    page = seller.get(reverse("sellers:shop_order_change", args=[order.pk]), headers={"accept-language": "ru"})

    assert "Проверьте покупателя и оплату, затем одобрите." in page.content.decode()


def test_an_order_in_work_shows_how_far_it_is_and_how_sure_its_date_is(seller):
    publish_rules({"kind": "customer_new", "outcome": "warn"})
    order = make_order()
    reviews.review_order(order_id=order.pk)
    steps = list(Operation.objects.order_by("sequence"))
    Operation.objects.filter(pk=steps[0].pk).update(status="cancelled")

    answer = look(seller, order)

    row = answer.context["page"].rows[0]
    assert (row.progress.done, row.progress.total, row.progress.now.pk) == (0, len(steps), steps[1].pk)
    assert answer.context["page"].chance.probability >= 90
    page = answer.content.decode()
    assert "none of his orders was delivered yet" in page  # a warning that stopped nothing
    assert row.progress.work_order.reference in page


def test_what_was_written_and_asked_stands_on_the_page(seller, django_user_model):
    CustomerStanding.objects.create(customer=(customer := make_customer()), level="overdue")
    order = make_order(customer)
    sonja = django_user_model.objects.get(username="seller@karat.example")
    questions.ask_customer(order_id=order.pk, text="Which <b>finger</b>?", actor=sonja)
    waits = look(seller, order)
    write_message(customer=customer, reference=order.reference, text="The ring finger")

    page = look(seller, order).content.decode()

    assert waits.context["page"].is_asked
    assert "Which &lt;b&gt;finger" in page
    assert "The ring finger" in page
    assert "owes us money" in page


def test_the_page_costs_the_same_for_one_line_and_for_many(seller, assert_flat_queries):
    customer = make_customer()
    for _ in range(2):
        make_basket_line(customer)
    order = make_order(customer)
    reviews.review_order(order_id=order.pk)

    def more():
        customer = make_customer()
        for _ in range(5):
            make_basket_line(customer)
        other = make_order(customer)
        reviews.review_order(order_id=other.pk)
        write_message(customer=customer, reference=other.reference, text="hello")
        orders.append(other)

    orders = [order]

    assert_flat_queries(lambda: look(seller, orders[-1]), more)
    assert OrderLine.objects.count() == 9


def test_nothing_is_promised_of_what_is_packed_or_cancelled():
    order = make_order()
    reviews.review_order(order_id=order.pk)

    for status in ("ready", "cancelled", "shipped"):
        Order.objects.filter(pk=order.pk).update(status=status, tracking_number="1Z")
        order.refresh_from_db()
        assert sellers_order(order).chance is None


def test_an_undecided_order_says_how_sure_its_date_is_if_it_is_released_now():
    order = make_order()
    sure = sellers_order(order).chance
    Order.objects.filter(pk=order.pk).update(promised_on=timezone.localdate())
    order.refresh_from_db()

    late = sellers_order(order).chance

    assert sure.probability >= 90
    assert late.probability <= 5


@pytest.mark.parametrize(("days", "probability"), [(0, 0), (4, 50), (7, 84), (14, 100)])
def test_a_date_is_the_surer_the_later_it_is(days, probability):
    monday = date(2026, 11, 2)
    loads = [Load(480, 0, 60)] * 4  # four operations, one a day: expected on the fourth day, give or take one

    chance = chance_of_day(monday + timedelta(days=days), loads, today=monday)

    assert chance.expected_on == date(2026, 11, 6)
    assert chance.probability == pytest.approx(probability, abs=1)


def test_what_became_of_earlier_promises_changes_how_sure_a_date_is():
    monday = date(2026, 11, 2)
    told = {"today": monday, "errors": {3: 400}}  # all were three days later than expected

    chance = chance_of_day(monday + timedelta(days=7), [Load(480, 0, 60)] * 4, **told)

    assert chance.probability == 7


@pytest.mark.parametrize(
    ("to", "written", "said"),
    [
        ("approved", "rules", "по правилам"),
        ("exception", "amount_over_limit, engraved", "сверх лимита, гравировка"),
        ("placed", "sent back: 12.00 EUR 77: broken stone", "возвращён: 12.00 EUR 77: broken stone"),
        ("on_hold", "waits: the stones are late", "waits: the stones are late"),
    ],
)
def test_what_karat_wrote_down_is_said_in_the_readers_language_and_a_persons_words_as_they_are(to, written, said):
    with translation.override("ru"):
        assert step_words(to, written) == said
