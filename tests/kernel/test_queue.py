from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_q.models import OrmQ

from config.kernel import queue
from config.kernel.broker import SkipLockedBroker
from config.kernel.events import publish
from config.kernel.queue import enqueue

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_task_of_a_rolled_back_change_was_never_queued():
    with transaction.atomic():
        enqueue("mes.tasks.publish_worklists")
        transaction.set_rollback(True)

    assert OrmQ.objects.count() == 0


def test_a_fact_reaches_every_listener_of_the_table(queued):
    with transaction.atomic():
        publish("mes.work_order_finished", work_order_id=7)

    assert queued() == ["crm.tasks.record_production", "external_orders.tasks.record_production"]


def test_a_fact_outside_a_transaction_is_a_bug():
    with pytest.raises(RuntimeError):
        publish("mes.work_order_finished", work_order_id=7)


def test_a_fact_that_nobody_declared_is_a_bug():
    with pytest.raises(KeyError), transaction.atomic():
        publish("mes.never_heard_of")


def test_the_age_of_the_oldest_waiting_task_is_told_per_queue():
    enqueue("pricing.tasks.sweep_quotes", queue.PRICING)
    OrmQ.objects.update(lock=timezone.now() - timedelta(seconds=90))
    enqueue("pricing.tasks.sweep_quotes")

    assert 90 <= queue.oldest_waiting(queue.PRICING).total_seconds() < 95
    assert queue.oldest_waiting(queue.DEFAULT).total_seconds() < 5
    assert queue.waiting(queue.PRICING) == 1


@pytest.mark.postgres
def test_two_clusters_never_take_the_same_task_and_take_the_first_first():
    for number in range(4):
        enqueue("mes.tasks.publish_if_dry", work_centre_id=number)
    in_order = list(OrmQ.objects.order_by("pk").values_list("pk", flat=True))
    broker = SkipLockedBroker(list_key="default")

    with transaction.atomic():  # another cluster is just taking the first
        OrmQ.objects.select_for_update().get(pk=in_order[0])
        taken = _in_another_connection(broker.dequeue)

    assert [pk for pk, _ in taken] == [in_order[1]]
    assert [pk for pk, _ in broker.dequeue()] == [in_order[0]]


def _in_another_connection(call):
    from threading import Thread

    outcome = []

    def run():
        outcome.append(call())
        connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join(timeout=60)
    return outcome[0]
