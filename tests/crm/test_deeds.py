"""What sellers do by hand: each deed does what it says, is on the record, and changes nothing when it is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from config.kernel.errors import IllegalTransition, ReasonMissing
from crm.errors import (
    DayIsOver,
    LineChangeOpen,
    NoSuchLine,
    NothingChanged,
    NothingToRefund,
    NotUnderReview,
    PriceMoved,
    RefundTooLarge,
    SizeNotMade,
)
from crm.models import LineChange, RefundNote, Review
from crm.services import changes, corrections, questions, reviews
from mes.models import WorkOrder
from pricing.errors import QuoteNotPriced
from pricing.models import Quote
from shop.errors import BadSplit, MessageEmpty
from shop.models import Category, Order, OrderMessage, Product
from shop.services.orders import write_message
from tests.factories.crm import publish_rules, stop_everything
from tests.factories.shop import make_basket_line, make_customer, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(django_user_model):
    return django_user_model.objects.create_user("sonja")


@pytest.fixture
def exception():
    stop_everything()
    order = make_order()
    reviews.review_order(order_id=order.pk)
    return order


@pytest.fixture
def in_work():
    order = make_order()
    reviews.review_order(order_id=order.pk)
    return order


def now(order):
    return Order.objects.get(pk=order.pk)


def last_words(order):
    return order.log.last().reason


# A question


def test_a_question_reaches_the_customer_and_the_order_waits_until_he_answers(exception, seller, run_tasks, mailoutbox):
    run_tasks()
    mailoutbox.clear()
    questions.ask_customer(order_id=exception.pk, text="Which finger?", actor=seller)
    run_tasks()

    assert Review.objects.get(order=exception).verdict == "asked"
    assert [one.subject for one in mailoutbox] == [f"A question about your order {exception.reference}"]
    assert "Which finger?" in mailoutbox[0].body
    assert exception.reference in mailoutbox[0].body.split("/crm/")[0]

    write_message(customer=exception.customer, reference=exception.reference, text="The ring finger")
    assert run_tasks() == ["crm.tasks.record_answer"]

    assert (now(exception).status, Review.objects.get(order=exception).verdict) == ("exception", "stopped")
    assert last_words(exception) == "the customer answered"
    assert not OrderMessage.objects.filter(is_question=True, answered_at=None).exists()
    assert questions.record_answer(order_id=exception.pk) is None


def test_an_order_about_which_a_question_is_asked_is_not_decided_by_the_rules(seller, run_tasks):
    order = make_order()

    questions.ask_customer(order_id=order.pk, text="Really 40 rings?", actor=seller)
    run_tasks()

    assert now(order).status == "exception"
    assert WorkOrder.objects.count() == 0


def test_a_question_about_an_order_in_work_does_not_stop_it(in_work, seller):
    questions.ask_customer(order_id=in_work.pk, text="Home on Monday?", actor=seller)

    assert now(in_work).status == "approved"
    assert Review.objects.get(order=in_work).verdict == "approved"


def test_a_line_changed_while_a_question_is_open_leaves_the_order_waiting_for_the_answer(exception, seller):
    questions.ask_customer(order_id=exception.pk, text="Which size?", actor=seller)

    ask_change(exception, seller, size="18")

    assert Review.objects.get(order=exception).verdict == "asked"


def test_a_question_is_mailed_to_the_customer(exception, seller, run_tasks, mailoutbox):
    questions.ask_customer(order_id=exception.pk, text="Which finger?", actor=seller)
    run_tasks()

    [asked] = [one for one in mailoutbox if one.subject == f"A question about your order {exception.reference}"]
    assert "Which finger?" in asked.body


def test_an_empty_question_is_none(exception, seller):
    with pytest.raises(MessageEmpty):
        questions.ask_customer(order_id=exception.pk, text=" ", actor=seller)

    assert Review.objects.get(order=exception).verdict == "stopped"
    assert not OrderMessage.objects.exists()


# The promised date, urgency, refunds


def test_another_promised_date_reaches_the_workshop(in_work, seller):
    before, later = in_work.promised_on, in_work.promised_on + timedelta(days=5)

    corrections.change_promised_date(order_id=in_work.pk, promised_on=later, reason="fair", actor=seller)

    work_order = WorkOrder.objects.get()
    assert now(in_work).promised_on == later
    assert (work_order.due_on, work_order.promised_on) == (later, before)  # scored by what was promised first
    assert set(work_order.operations.values_list("due_on", flat=True)) == {later}
    assert last_words(in_work) == f"promised {before} → {later}: fair"


@pytest.mark.parametrize(
    ("days", "reason", "refusal"), [(-1, "fair", DayIsOver), (3, " ", ReasonMissing)], ids=["a past day", "no reason"]
)
def test_a_promised_date_is_not_changed_to_a_past_day_or_without_a_reason(in_work, seller, days, reason, refusal):
    day = timezone.localdate() + timedelta(days=days)

    with pytest.raises(refusal):
        corrections.change_promised_date(order_id=in_work.pk, promised_on=day, reason=reason, actor=seller)

    assert now(in_work).promised_on == in_work.promised_on == WorkOrder.objects.get().due_on


def test_an_expedited_order_is_rush_in_the_workshop(in_work, seller):
    corrections.expedite_order(order_id=in_work.pk, reason="wedding", actor=seller)

    assert WorkOrder.objects.get().is_rush
    assert last_words(in_work) == "rush: wedding"


def test_an_order_of_which_nothing_is_made_is_not_expedited(exception, seller):
    with pytest.raises(IllegalTransition):
        corrections.expedite_order(order_id=exception.pk, reason="wedding", actor=seller)

    assert exception.log.count() == 2


def test_refunds_are_noted_up_to_what_was_paid(in_work, seller):
    Order.objects.filter(pk=in_work.pk).update(payment_status="paid")

    corrections.note_refund(order_id=in_work.pk, amount=in_work.gross - 1, reason="scratch", actor=seller)
    with pytest.raises(RefundTooLarge) as refusal:
        corrections.note_refund(order_id=in_work.pk, amount=Decimal("1.01"), reason="more", actor=seller)

    assert "1.00 EUR" in str(refusal.value)
    assert RefundNote.objects.get().amount == in_work.gross - 1
    assert last_words(in_work) == f"refund {in_work.gross - 1} EUR: scratch"


def test_nothing_is_refunded_of_what_was_not_paid(in_work, seller):
    with pytest.raises(NothingToRefund):
        corrections.note_refund(order_id=in_work.pk, amount=Decimal(1), reason="scratch", actor=seller)

    assert not RefundNote.objects.exists()


# The rules, applied again


def test_the_rules_applied_again_let_a_mended_order_go_on(exception, seller):
    publish_rules()

    reviews.apply_rules_again(order_id=exception.pk, reason="limit raised", actor=seller)

    assert now(exception).status == "approved"
    assert [(step.actor, step.reason) for step in exception.log.all()][-2:] == [
        (seller, "rules applied again: limit raised"),
        (seller, "limit raised"),
    ]


def test_the_rules_applied_again_say_what_is_left(exception, seller):
    publish_rules({"kind": "customer_new"})

    review = reviews.apply_rules_again(order_id=exception.pk, reason="again", actor=seller)

    assert [one["code"] for one in review.reasons] == ["customer_new"]
    assert now(exception).status == "exception"


# A line


def ask_change(order, seller, **wanted):
    line = order.lines.first()
    return changes.request_line_change(order_id=order.pk, line_id=line.pk, reason="asked", actor=seller, **wanted)


def take(order, change, seller, shown=None):
    change.quote.refresh_from_db()
    shown = change.quote.gross if shown is None else shown
    return changes.take_line_change(
        order_id=order.pk, change_id=change.pk, shown=shown, reason="agreed by phone", actor=seller
    )


def test_a_changed_line_is_priced_anew_and_the_orders_sums_follow(exception, seller, run_tasks):
    first = exception.lines.get()
    change = ask_change(exception, seller, size="18", quantity=2)
    run_tasks()

    take(exception, change, seller)

    order, line = now(exception), exception.lines.get()
    assert (line.quote, line.size, line.quantity) == (change.quote, "18", 2)
    assert (line.gross, line.net, line.tax) == (change.quote.gross, change.quote.net, change.quote.tax)
    assert order.gross == exception.gross - first.gross + line.gross
    assert order.net + order.tax == order.gross
    assert {Quote.objects.get(pk=pk).status for pk in (first.quote_id, change.quote_id)} == {"accepted"}
    assert order.status == "exception"
    assert Review.objects.get(order=order).facts["lines"][0]["pieces"] == 2
    assert [step.reason for step in order.log.all()][-2:] == [
        "my ring, size 17 → 18, quantity 1 → 2, priced anew: asked",
        f"my ring: {first.gross} → {line.gross}, total {exception.gross} → {order.gross} EUR: agreed by phone",
    ]


def test_the_changed_line_is_what_the_workshop_makes(exception, seller, run_tasks):
    change = ask_change(exception, seller, quantity=3)
    run_tasks()
    take(exception, change, seller)

    reviews.approve_order(order_id=exception.pk, reason="agreed", actor=seller)

    assert WorkOrder.objects.get().quantity == 3


def test_a_line_of_an_order_that_nobody_reviewed_yet_waits_for_the_seller(seller, run_tasks):
    order = make_order()

    ask_change(order, seller, finish="matte")
    run_tasks()

    assert (now(order).status, Review.objects.get(order=order).verdict) == ("exception", "held")
    assert WorkOrder.objects.count() == 0


def test_a_price_that_is_not_there_or_not_what_was_seen_is_not_taken(exception, seller, run_tasks):
    run_tasks()
    change = ask_change(exception, seller, quantity=2)
    with pytest.raises(QuoteNotPriced):
        take(exception, change, seller, shown=Decimal(1))
    run_tasks()

    with pytest.raises(PriceMoved):
        take(exception, change, seller, shown=Decimal("0.01"))

    assert now(exception).gross == exception.gross
    assert LineChange.objects.get().outcome == "open"
    assert Quote.objects.get(pk=change.quote_id).status == "priced"


def test_an_order_is_not_approved_while_a_line_is_being_changed(exception, seller):
    change = ask_change(exception, seller, quantity=2)

    for service in (reviews.approve_order, reviews.apply_rules_again):
        with pytest.raises(LineChangeOpen):
            service(order_id=exception.pk, reason="go", actor=seller)
    assert WorkOrder.objects.count() == 0

    changes.drop_line_change(order_id=exception.pk, change_id=change.pk, reason="dear", actor=seller)
    reviews.approve_order(order_id=exception.pk, reason="go", actor=seller)
    assert WorkOrder.objects.get().quantity == 1


def test_a_line_in_production_is_not_changed(in_work, seller):
    with pytest.raises(NotUnderReview):
        ask_change(in_work, seller, quantity=2)

    assert not LineChange.objects.exists()


def test_a_line_is_changed_one_change_at_a_time_and_only_to_something_else(exception, seller):
    with pytest.raises(NothingChanged):
        ask_change(exception, seller)
    ask_change(exception, seller, quantity=2)

    with pytest.raises(LineChangeOpen):
        ask_change(exception, seller, quantity=3)

    assert LineChange.objects.get().quote.quantity == 2


def test_a_line_of_another_order_is_not_changed(exception, seller):
    line = make_order().lines.get()

    with pytest.raises(NoSuchLine):
        changes.request_line_change(
            order_id=exception.pk, line_id=line.pk, size="18", finish="matte", quantity=1, reason="x", actor=seller
        )

    assert not LineChange.objects.exists()


def test_a_catalogue_piece_is_changed_only_to_a_size_that_is_made(exception, seller):
    line = exception.lines.get()
    line.product = make_product(line.design)
    line.save()
    line.product.variants.create(sku="band-18", alloy=line.alloy, size="18", design=make_other_design())

    with pytest.raises(SizeNotMade):
        ask_change(exception, seller, size="30")
    change = ask_change(exception, seller, size="18")

    assert change.quote.design == line.product.variants.get().design
    assert change.quote.design != line.design


def make_product(design):
    category = Category.objects.create(slug="rings", name="Rings")
    return Product.objects.create(
        slug="band", name="Band", description="", kind="ring", design=design, category=category
    )


def make_other_design():
    from tests.factories.pricing import DESIGNS, make_design

    return make_design(next(path for path in sorted(DESIGNS.glob("*.stl")) if path.name != "band_ascii.stl"))


# Two orders of one


@pytest.fixture
def two_lines():
    stop_everything()
    customer = make_customer()
    make_basket_line(customer)
    order = make_order(customer)
    reviews.review_order(order_id=order.pk)
    return order


def test_a_split_order_is_two_whose_sums_are_the_first_ones(two_lines, seller, run_tasks):
    run_tasks()
    first, second = two_lines.lines.all()
    publish_rules()

    part = changes.split_order(order_id=two_lines.pk, line_ids=[second.pk], reason="one is doubtful", actor=seller)
    part = now(part)

    rest = now(two_lines)
    assert ([line.pk for line in rest.lines.all()], [line.pk for line in part.lines.all()]) == ([first.pk], [second.pk])
    assert part.gross == second.gross
    assert rest.gross + part.gross == two_lines.gross
    assert (part.customer, part.placed_at, part.promised_on) == (rest.customer, rest.placed_at, rest.promised_on)
    assert last_words(part) == f"split from {rest.reference}: one is doubtful"
    assert last_words(rest) == f"split off {part.reference}: one is doubtful"

    run_tasks()
    assert (now(part).status, now(rest).status) == ("approved", "exception")
    assert WorkOrder.objects.get().aged_from == two_lines.placed_at


def test_an_order_is_split_into_two_that_both_have_lines(two_lines, seller):
    every = [line.pk for line in two_lines.lines.all()]

    for chosen in ([], every, [0]):
        with pytest.raises(BadSplit):
            changes.split_order(order_id=two_lines.pk, line_ids=chosen, reason="why not", actor=seller)

    assert Order.objects.count() == 1


def test_an_order_in_production_is_not_split(two_lines, seller):
    reviews.approve_order(order_id=two_lines.pk, reason="go", actor=seller)

    with pytest.raises(NotUnderReview):
        changes.split_order(order_id=two_lines.pk, line_ids=[two_lines.lines.first().pk], reason="late", actor=seller)

    assert Order.objects.count() == 1
