import pytest

from shop import tasks
from shop.services.corrections import write_down
from shop.services.orders import move_order
from shop.services.telling import tell_of_order
from tests.factories.shop import make_order

pytestmark = pytest.mark.django_db


def test_a_customer_is_told_of_a_step_once_however_often_the_task_runs(mailoutbox):
    order = make_order()
    move_order(order_id=order.pk, to="approved")

    tasks.tell_customer_of_order(order.pk, "approved")
    tasks.tell_customer_of_order(order.pk, "approved")

    assert len(mailoutbox) == 1


def test_a_mail_that_could_not_be_sent_is_sent_when_the_task_runs_again(mailoutbox, monkeypatch):
    order = make_order()
    move_order(order_id=order.pk, to="approved")

    def away(**_):
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr("shop.emails.send_order_moved", away)
        with pytest.raises(ConnectionError):
            tasks.tell_customer_of_order(order.pk, "approved")
    tasks.tell_customer_of_order(order.pk, "approved")

    assert len(mailoutbox) == 1


def test_a_correction_on_the_record_is_no_step_that_a_customer_is_told_of(run_tasks, mailoutbox):
    order = make_order()
    run_tasks()
    told = len(mailoutbox)
    write_down(order_id=order.pk, what="rush: wedding", actor=None)

    tell_of_order(order_id=order.pk, status="approved")

    assert len(mailoutbox) == told == 1
