from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_q.models import OrmQ

from config.kernel.errors import IllegalTransition, ReasonMissing
from external_orders.errors import DuplicateReference, NotCancellable, TrackingMissing
from external_orders.models import Event, ExternalOrder, Partner
from external_orders.services import orders, production
from external_orders.services.statuses import move_external_order
from external_orders.states import TRANSITIONS, ExternalOrderStatus
from mes.models import Operation, WorkOrder
from mes.services.operations import claim_operation, finish_operation, start_operation
from mes.services.release import cancel_work_order
from mes.services.rework import scrap_work_order
from mes.states import OperationKind
from pricing.models import Quote
from tests.factories.external_orders import make_order, make_partner, make_person, work_of
from tests.factories.mes import make_operator

pytestmark = pytest.mark.django_db


def _work(order: ExternalOrder, *, until: str = "") -> None:
    """An operator makes the piece, up to the start of an operation or to its end."""
    operator = make_operator()
    for operation in Operation.objects.filter(work_order=work_of(order)).order_by("sequence"):
        claim_operation(operation_id=operation.pk, reason="asked", actor=operator)
        start_operation(operation_id=operation.pk, actor=operator)
        if operation.kind == until:
            return
        finish_operation(operation_id=operation.pk, actor=operator)


def _events(order: ExternalOrder) -> list[tuple[int, str | None, str]]:
    events = Event.objects.filter(order=order).order_by("sequence")
    return [(one.sequence, one.data["previous_status"], one.data["status"]) for one in events]


def test_an_order_within_the_limit_is_confirmed_and_released_at_once() -> None:
    order = make_order()

    order.refresh_from_db()
    assert order.status == ExternalOrderStatus.CONFIRMED
    assert _events(order) == [(1, None, "received"), (2, "received", "confirmed")]
    assert work_of(order).due_on == order.promised_on
    assert work_of(order).aged_from == order.accepted_at
    quote = order.quote.items.get().quote
    assert (order.net, order.tax, order.gross) == (quote.net, quote.tax, quote.gross)


def test_a_work_order_tells_nothing_of_the_partner() -> None:
    order = make_order(make_partner(name="Nordlys AS"), reference="NL-2026-77")

    row = str(WorkOrder.objects.values().get(pk=work_of(order).pk))
    assert work_of(order).title == "Ring"
    assert not any(word in row for word in ("Nordlys", "NL-2026-77", "Berg", order.public_id))


def test_an_order_over_the_limit_waits_for_a_planner() -> None:
    order = make_order(make_partner(most_amount=Decimal("1.00")))

    assert order.status == ExternalOrderStatus.RECEIVED
    assert not WorkOrder.objects.exists()
    assert "amount_over_limit" in order.log.get().reason
    assert [one["code"] for one in order.waits_for] == ["amount_over_limit"]


def test_an_order_in_another_currency_waits_for_a_planner() -> None:
    assert make_order(make_partner(currency="NOK")).status == ExternalOrderStatus.RECEIVED


def test_a_planner_confirms_a_waiting_order_with_a_reason() -> None:
    order = make_order(make_partner(most_amount=Decimal("1.00")))
    planner = make_person("planner")
    with pytest.raises(ReasonMissing):
        orders.confirm_external_order(order_id=order.pk, reason=" ", actor=planner)

    confirmed = orders.confirm_external_order(order_id=order.pk, reason="known customer", actor=planner)

    assert confirmed.status == ExternalOrderStatus.CONFIRMED
    assert work_of(confirmed).status == "released"
    line = confirmed.log.last()
    assert (line.actor, line.reason) == (planner, "known customer")


def test_a_confirmed_order_is_neither_confirmed_again_nor_rejected() -> None:
    order = make_order()

    for service in (orders.confirm_external_order, orders.reject_external_order):
        with pytest.raises(IllegalTransition):
            service(order_id=order.pk, reason="why not", actor=None)

    assert WorkOrder.objects.count() == 1
    assert len(_events(order)) == 2


def test_a_reference_is_ordered_once_and_the_refusal_changes_nothing(partner: Partner) -> None:
    order = make_order(partner, reference="PO-1")

    with pytest.raises(DuplicateReference) as refusal, transaction.atomic():
        make_order(partner, reference="PO-1")

    assert refusal.value.params == {"existing_order": order.public_id}
    assert ExternalOrder.objects.count() == 1
    assert Quote.objects.filter(status="accepted").count() == 1


def test_two_partners_may_use_the_same_reference() -> None:
    make_order(make_partner(), reference="PO-1")

    assert make_order(make_partner(), reference="PO-1").reference == "PO-1"


def test_the_workshops_facts_move_the_order_and_may_come_twice(run_tasks) -> None:
    order = make_order()
    run_tasks()
    _work(order)
    run_tasks()

    production.record_production(work_order_id=work_of(order).pk)

    order.refresh_from_db()
    assert order.status == ExternalOrderStatus.READY
    assert _events(order)[2:] == [(3, "confirmed", "in_production"), (4, "in_production", "ready")]


def test_an_order_follows_the_remake_of_a_scrapped_work_order(run_tasks) -> None:
    order = make_order()
    run_tasks()
    _work(order, until=OperationKind.CAST)
    run_tasks()

    line = order.items.get()
    remake = scrap_work_order(work_order_id=line.work_order_id, reason="porous", actor=make_person("planner"))
    run_tasks()

    order.refresh_from_db()
    line.refresh_from_db()
    assert (line.work_order, order.status) == (remake, ExternalOrderStatus.IN_PRODUCTION)
    _work(order)
    run_tasks()
    order.refresh_from_db()
    assert order.status == ExternalOrderStatus.READY


def test_the_sweep_mends_a_fact_that_the_queue_lost(run_tasks) -> None:
    order = make_order()
    _work(order)
    OrmQ.objects.all().delete()
    long_ago = timezone.now() - timedelta(minutes=5)
    WorkOrder.objects.update(started_at=long_ago, finished_at=long_ago)

    production.sweep_production()
    run_tasks()

    order.refresh_from_db()
    assert order.status == ExternalOrderStatus.READY


def test_an_order_is_cancelled_with_its_work_order_until_the_metal_is_cast() -> None:
    order = make_order()
    _work(order, until=OperationKind.PRINT)

    cancelled = orders.cancel_external_order(order_id=order.pk, reason="changed his mind")
    again = orders.cancel_external_order(order_id=order.pk, reason="changed his mind")

    assert cancelled.status == again.status == ExternalOrderStatus.CANCELLED
    assert WorkOrder.objects.get().status == "cancelled"
    assert _events(order)[-1] == (3, "confirmed", "cancelled")


def test_an_order_is_not_cancelled_once_the_metal_is_cast() -> None:
    order = make_order()
    _work(order, until=OperationKind.CAST)

    with pytest.raises(NotCancellable):
        orders.cancel_external_order(order_id=order.pk, reason="too late")

    assert WorkOrder.objects.get().status == "in_progress"
    assert len(_events(order)) == 2


def test_a_parcel_needs_a_tracking_number(run_tasks) -> None:
    order = make_order()
    _work(order)
    run_tasks()
    with pytest.raises(TrackingMissing):
        orders.ship_external_order(order_id=order.pk, tracking_number=" ", actor=None)

    shipped = orders.ship_external_order(order_id=order.pk, tracking_number=" NO123 ", actor=None)

    assert (shipped.status, shipped.tracking_number) == (ExternalOrderStatus.SHIPPED, "NO123")


@pytest.mark.parametrize("current", ExternalOrderStatus.values)
@pytest.mark.parametrize("wanted", ExternalOrderStatus.values)
def test_no_move_is_made_that_the_table_doesnt_have(partner: Partner, current: str, wanted: str, monkeypatch) -> None:
    if wanted in TRANSITIONS[current]:
        return
    order = ExternalOrder(pk=1, partner=partner, status=current, reference="PO-1")
    monkeypatch.setattr("external_orders.services.statuses.lock_one", lambda rows: order)

    with pytest.raises(IllegalTransition):
        move_external_order(order_id=1, to=wanted)

    assert order.sequence == 1


def test_the_database_refuses_a_work_order_for_two_lines() -> None:
    first, second = make_order(), make_order()

    with pytest.raises(IntegrityError), transaction.atomic():
        second.items.update(work_order=work_of(first))


def test_an_event_and_its_change_are_rolled_back_together(queued) -> None:
    order = make_order()
    before = len(queued())

    with transaction.atomic():
        orders.cancel_external_order(order_id=order.pk, reason="no")
        transaction.set_rollback(True)

    assert len(_events(order)) == 2
    assert len(queued()) == before


def test_an_order_whose_work_order_a_planner_cancelled_is_cancelled_and_its_partner_is_told(run_tasks) -> None:
    order = make_order()

    cancel_work_order(work_order_id=work_of(order).pk, reason="no metal", actor=None)
    run_tasks()

    assert _events(order)[-1] == (3, "confirmed", "cancelled")


def test_a_partner_may_cancel_what_the_workshop_just_cancelled() -> None:
    order = make_order()
    cancel_work_order(work_order_id=work_of(order).pk, reason="no metal", actor=None)

    cancelled = orders.cancel_external_order(order_id=order.pk, reason="changed mind")

    assert cancelled.status == ExternalOrderStatus.CANCELLED
