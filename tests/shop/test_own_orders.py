"""What a customer does with his order: cancels it while he may, asks about it, orders it once more."""

import pytest
from django.urls import reverse

from crm.models import ProductionRequest
from crm.services.reviews import cancel_for_customer, review_order
from mes.models import Operation
from mes.states import OperationKind
from shop.errors import MessageEmpty, NotCancellable, NotYourOrder
from shop.models import BasketLine, Order, OrderMessage
from shop.services.baskets import reorder
from shop.services.orders import answer_message, cancel_own_order, move_order, ship_order, write_message
from tests.factories.shop import make_customer, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(client):
    customer = make_customer("vera")
    client.force_login(customer.user)
    return make_order(customer)


def work_orders(order):
    return [one.work_order for one in ProductionRequest.objects.filter(order_line__order=order)]


def start_casting(order):
    """An operator has begun to cast the piece, whatever was left out before."""
    from django.utils import timezone

    cast = Operation.objects.get(work_order=work_orders(order)[0], kind=OperationKind.CAST)
    Operation.objects.filter(pk=cast.pk).update(started_at=timezone.now())


def test_an_order_that_nobody_approved_is_cancelled_at_once(client, order):
    client.post(reverse("shop:cancel_order", args=[order.reference]))

    order.refresh_from_db()
    assert order.status == "cancelled"
    assert order.log.last().reason == "the customer cancelled"
    assert review_order(order_id=order.pk) is None


def test_an_approved_order_is_cancelled_with_its_work_orders_while_no_metal_is_cast(client, order, run_tasks):
    review_order(order_id=order.pk)

    client.post(reverse("shop:cancel_order", args=[order.reference]))
    run_tasks()

    order.refresh_from_db()
    assert order.status == "cancelled"
    assert {one.status for one in work_orders(order)} == {"cancelled"}


def test_an_order_whose_metal_is_cast_goes_on_and_its_customer_reads_why(client, order, run_tasks):
    review_order(order_id=order.pk)
    start_casting(order)

    client.post(reverse("shop:cancel_order", args=[order.reference]))
    run_tasks()

    order.refresh_from_db()
    assert order.status == "approved"
    assert {one.status for one in work_orders(order)} <= {"released", "in_progress"}
    page = client.get(reverse("shop:order", args=[order.reference])).content.decode()
    assert "Its metal is cast already" in page


def test_a_cancellation_that_is_heard_twice_changes_nothing_more(order):
    review_order(order_id=order.pk)

    for _ in range(2):
        cancel_for_customer(order_id=order.pk)

    assert [step.to_status for step in order.log.all()] == ["placed", "approved", "cancelled"]
    assert OrderMessage.objects.count() == 0


def test_a_parcel_on_its_way_is_not_cancelled(order):
    for status in ("approved", "in_production", "ready"):
        move_order(order_id=order.pk, to=status)
    ship_order(order_id=order.pk, tracking_number="RR1", actor=None)

    with pytest.raises(NotCancellable):
        cancel_own_order(customer=order.customer, reference=order.reference)

    order.refresh_from_db()
    assert order.status == "shipped"


def test_nobody_cancels_writes_about_or_repeats_anothers_order(client, order):
    client.force_login(make_customer().user)

    for name in ("cancel_order", "write_message", "order_again"):
        answer = client.post(reverse(f"shop:{name}", args=[order.reference]), {"text": "mine"})
        assert answer.status_code == 404, name

    order.refresh_from_db()
    assert order.status == "placed"
    assert (OrderMessage.objects.count(), BasketLine.objects.count()) == (0, 0)
    with pytest.raises(NotYourOrder):
        reorder(customer=make_customer(), reference=order.reference)


def test_a_question_and_its_answer_stand_on_the_orders_page(client, order, django_user_model):
    client.post(reverse("shop:write_message", args=[order.reference]), {"text": "Is it <b>ready</b>?"})
    question = OrderMessage.objects.get()
    assert (question.is_from_customer, question.answered_at) == (True, None)

    answer_message(order_id=order.pk, text="On Monday.", actor=django_user_model.objects.create_user("sonja"))

    page = client.get(reverse("shop:order", args=[order.reference]))
    assert [one.text for one in page.context["order"].messages] == ["Is it <b>ready</b>?", "On Monday."]
    assert "<b>ready</b>" not in page.content.decode()
    question.refresh_from_db()
    assert question.answered_at is not None


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_a_message_says_something_and_not_too_much(order, text):
    with pytest.raises(MessageEmpty):
        write_message(customer=order.customer, reference=order.reference, text=text)

    assert OrderMessage.objects.count() == 0


def test_an_order_is_ordered_once_more_at_todays_price(client, order, run_tasks):
    answer = client.post(reverse("shop:order_again", args=[order.reference]))
    assert client.get(answer.url).context["basket"].is_waiting
    assert client.get(reverse("shop:checkout")).url == reverse("shop:basket")
    run_tasks()

    basket = client.get(reverse("shop:basket")).context["basket"]
    assert basket.can_be_ordered
    ordered = order.lines.get()
    line = BasketLine.objects.get()
    assert (line.quote.design, line.quote.alloy, line.quote.size) == (ordered.design, ordered.alloy, ordered.size)
    assert line.quote != ordered.quote
    assert Order.objects.count() == 1
