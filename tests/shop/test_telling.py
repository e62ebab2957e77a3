"""Letters about orders: written with the change, sent once, tried again while the mail server is away."""

from datetime import date, timedelta
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.template.loader import get_template
from django.utils import timezone, translation

from config.kernel.errors import IllegalTransition, ReasonMissing
from shop import tasks
from shop.models import OrderLetter, Payment
from shop.services.orders import answer_message, change_promised_date, move_order, ship_order
from shop.services.telling import MOST_ATTEMPTS, write_letter
from shop.states import TOLD, LetterKind
from tests.factories.shop import make_customer, make_order

pytestmark = pytest.mark.django_db

SUBJECTS = {
    "placed": ("We have your order {}", "Ваш заказ {} у нас"),
    "approved": ("Order {} is approved", "Заказ {} принят в работу"),
    "ready": ("Order {} is ready", "Заказ {} готов"),
    "shipped": ("Order {} is on its way", "Заказ {} в пути"),
    "delivered": ("Order {} has arrived", "Заказ {} доставлен"),
    "cancelled": ("Order {} is cancelled", "Заказ {} отменён"),
    "promise": ("A new date for order {}", "Новый срок заказа {}"),
    "message": ("A message about your order {}", "Сообщение о вашем заказе {}"),
    "question": ("A question about your order {}", "Вопрос о вашем заказе {}"),
    "paid": ("We have your payment for order {}", "Мы получили оплату заказа {}"),
    "refunded": ("Your money for order {} is on its way back", "Деньги за заказ {} возвращаются к вам"),
}


@pytest.fixture
def order():
    """A placed order of somebody who reads English; its first letter isn't sent yet."""
    return make_order(make_customer("vera"))


def letter_of(order, kind):
    return OrderLetter.objects.get(order=order, kind=kind)


def away(**_):
    raise SMTPServerDisconnected("no")


def test_a_customer_is_told_of_a_step_once_however_often_the_task_runs(order, mailoutbox):
    move_order(order_id=order.pk, to="approved")
    letter = letter_of(order, "approved")

    tasks.send_letter(letter.pk)
    tasks.send_letter(letter.pk)

    assert [one.subject for one in mailoutbox] == [f"Order {order.reference} is approved"]
    assert order.log.get(to_status="approved").told_at is not None


def test_a_letter_written_twice_is_one(order, queued):
    write_letter(order=order, kind="approved")
    write_letter(order=order, kind="approved")

    assert OrderLetter.objects.filter(kind="approved").count() == 1
    assert queued().count("shop.tasks.send_letter") == 2  # it, and the confirmation of the order


def test_a_task_leaves_a_letter_alone_that_another_one_is_sending(order, mailoutbox):
    letter = letter_of(order, "placed")
    OrderLetter.objects.update(due_at=timezone.now() + timedelta(minutes=5))

    tasks.send_letter(letter.pk)

    assert mailoutbox == []


def test_a_mail_server_that_is_away_stops_nobody_and_the_sweep_sends_later(order, mailoutbox, monkeypatch, run_tasks):
    letter = letter_of(order, "placed")
    with monkeypatch.context() as broken:
        broken.setattr("shop.emails.send_order_letter", away)
        tasks.send_letter(letter.pk)
    run_tasks()
    mailoutbox.clear()  # the review's; the confirmation isn't due yet
    letter.refresh_from_db()
    assert (letter.sent_at, letter.attempts) == (None, 1)

    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        tasks.sweep_letters()
        run_tasks()

    assert [one.subject for one in mailoutbox] == [f"We have your order {order.reference}"]
    letter.refresh_from_db()
    assert letter.sent_at is not None


def test_each_attempt_waits_longer_and_one_day_it_is_given_up(order, monkeypatch, queued):
    letter = letter_of(order, "placed")
    monkeypatch.setattr("shop.emails.send_order_letter", away)
    waits = []
    for attempts in (0, 3, 15):
        OrderLetter.objects.update(attempts=attempts, due_at=timezone.now())
        tasks.send_letter(letter.pk)
        letter.refresh_from_db()
        waits.append(round((letter.due_at - timezone.now()).total_seconds() / 60))
    OrderLetter.objects.update(attempts=MOST_ATTEMPTS, due_at=timezone.now() - timedelta(hours=1))
    before = len(queued())

    tasks.sweep_letters()

    assert waits == [2, 16, 360]
    assert len(queued()) == before


@pytest.mark.parametrize("kind", SUBJECTS)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_each_letter_in_both_languages_has_text_and_html_that_loads_nothing(kind, language, mailoutbox, settings):
    settings.BASE_URL = "https://karat.example"
    customer = make_customer()
    customer.language = language
    customer.save()
    order = make_order(customer)
    said = answer_message(order_id=order.pk, text="Which finger?\n\n<b>Left</b> or right")
    payment = Payment.objects.create(order=order, variant="card", captured_amount=order.gross, currency="EUR")
    OrderLetter.objects.all().delete()
    write_letter(order=order, kind=kind, about=payment.pk if kind in {"paid", "refunded"} else said.pk)

    tasks.send_letter(letter_of(order, kind).pk)

    message = mailoutbox[0]
    assert message.subject == SUBJECTS[kind][language == "ru"].format(order.reference)
    assert message.to == [order.email]
    assert f"https://karat.example/orders/{order.reference}/" in message.body
    assert message.body.startswith("Good day," if language == "en" else "Здравствуйте!")
    html, kind_of_part = message.alternatives[0]
    assert kind_of_part == "text/html"
    assert f"https://karat.example/orders/{order.reference}/" in html
    assert [word for word in ("<img", "src=", "<link", "<script", "url(") if word in html] == []
    if kind in {"message", "question"}:
        assert "<b>Left</b> or right" in message.body
        assert "&lt;b&gt;Left&lt;/b&gt; or right" in html


def test_every_kind_of_letter_and_every_told_status_is_tried_in_both_languages():
    assert set(SUBJECTS) == set(LetterKind.values)
    assert set(TOLD) <= set(SUBJECTS)
    for kind in LetterKind.values:
        get_template(f"emails/order_{kind}.txt")
        with translation.override("ru"):
            assert LetterKind(kind).label != LetterKind(kind).value


def test_the_confirmation_lists_the_pieces_the_amounts_and_the_promised_date(order, mailoutbox):
    type(order).objects.update(promised_on=date(2027, 1, 9))

    tasks.send_letter(letter_of(order, "placed").pk)

    line = order.lines.select_related("alloy").get()
    body = mailoutbox[0].body
    assert f"1 × my ring, {line.alloy.name}: €{line.gross:,}\n" in body
    assert f"VAT included: €{order.tax:,}\n" in body
    assert f"Total: €{order.gross:,}\n" in body
    assert "Leaves our workshop by: 9 January\n" in body


def test_a_parcels_number_is_in_the_letter(order, mailoutbox):
    for status in ("approved", "in_production", "ready"):
        move_order(order_id=order.pk, to=status)
    ship_order(order_id=order.pk, tracking_number="RR123", actor=None)

    tasks.send_letter(letter_of(order, "shipped").pk)

    assert "Tracking number: RR123" in mailoutbox[0].body


def test_a_new_promised_date_is_on_the_record_and_told_once_for_each_change(order, mailoutbox):
    change_promised_date(order_id=order.pk, promised_on=date(2027, 2, 3), reason="the stone is late")
    change_promised_date(order_id=order.pk, promised_on=date(2027, 2, 3), reason="the stone is late")
    change_promised_date(order_id=order.pk, promised_on=date(2027, 2, 5), reason="and later")

    letters = OrderLetter.objects.filter(kind="promise")
    assert letters.count() == 2
    tasks.send_letter(letters.last().pk)
    assert "by 5 February" in mailoutbox[0].body
    assert order.log.last().reason == "promised 2027-02-03 → 2027-02-05: and later"


def test_no_date_is_promised_without_a_reason_or_of_an_order_that_is_on_its_way(order):
    with pytest.raises(ReasonMissing):
        change_promised_date(order_id=order.pk, promised_on=date(2027, 2, 3), reason=" ")
    type(order).objects.update(status="ready")
    with pytest.raises(IllegalTransition):
        change_promised_date(order_id=order.pk, promised_on=date(2027, 2, 3), reason="late")

    assert OrderLetter.objects.filter(kind="promise").count() == 0
    assert type(order).objects.get().promised_on == order.promised_on


def test_an_answer_of_the_company_is_told_and_a_customers_question_is_not(order):
    from shop.services.orders import write_message

    write_message(customer=order.customer, reference=order.reference, text="When?")
    assert OrderLetter.objects.filter(kind="message").count() == 0

    answer_message(order_id=order.pk, text="Soon.")

    assert OrderLetter.objects.filter(kind="message").count() == 1
