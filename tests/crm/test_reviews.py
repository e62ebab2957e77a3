from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ

from config.kernel.errors import IllegalTransition, ReasonMissing
from config.kernel.events import publish
from crm.errors import NotUnderReview
from crm.models import ProductionRequest, Review
from crm.services import reviews
from crm.services.production import record_production
from mes.errors import AlreadyCast
from mes.models import RoutingStep, WorkOrder
from mes.services import operations
from mes.services.release import cancel_work_order
from mes.services.rework import scrap_work_order
from mes.states import WorkOrderStatus
from shop.models import Order
from shop.services.orders import ship_order
from shop.states import OrderStatus
from tests.factories.crm import publish_rules, stop_everything
from tests.factories.mes import make_operator
from tests.factories.shop import make_basket_line, make_customer, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(django_user_model):
    return django_user_model.objects.create_user("sonja")


def _status(order):
    return Order.objects.get(pk=order.pk).status


def test_a_sound_order_goes_to_production_without_a_person(run_tasks):
    order = make_order()

    run_tasks()

    assert _status(order) == OrderStatus.APPROVED
    work_order = WorkOrder.objects.get()
    assert (work_order.aged_from, work_order.due_on) == (order.placed_at, order.promised_on)
    assert [line.actor for line in order.log.filter(to_status="approved")] == [None]


def test_the_review_keeps_the_verdict_the_rules_and_the_facts_it_saw():
    order = make_order()

    review = reviews.review_order(order_id=order.pk)

    assert review.verdict == "approved"
    assert {rule["code"]: rule["limit"] for rule in review.rules} == {
        "order-amount": "5000.00",
        "design-is-closed": None,
        "blocked-customer": None,
        "overdue-customer": None,
        "trusted-customer": None,
    }
    assert review.rule_set.version == 1
    assert review.facts["gross"] == str(order.gross)
    assert review.facts["lines"][0]["alloy"] == "au585-yellow"


def test_an_order_over_the_limit_becomes_an_exception_with_its_reason():
    stop_everything()
    order = make_order()

    review = reviews.review_order(order_id=order.pk)

    assert _status(order) == OrderStatus.EXCEPTION
    assert [reason["code"] for reason in review.reasons] == ["amount_over_limit"]
    assert WorkOrder.objects.count() == 0


def test_a_review_that_runs_twice_releases_once():
    order = make_order()

    reviews.review_order(order_id=order.pk)

    assert reviews.review_order(order_id=order.pk) is None
    assert WorkOrder.objects.count() == 1
    assert Review.objects.count() == 1


def test_a_seller_approves_an_exception_with_a_reason(seller):
    stop_everything()
    order = make_order()
    reviews.review_order(order_id=order.pk)

    reviews.approve_order(order_id=order.pk, reason="paid in full", actor=seller)

    review = Review.objects.get(order=order)
    assert (review.verdict, review.decided_by, review.note) == ("approved_by_hand", seller, "paid in full")
    assert review.reasons  # why it had stopped stays on the record
    assert ProductionRequest.objects.count() == 1


def test_an_approval_without_a_reason_is_refused_and_changes_nothing(seller):
    stop_everything()
    order = make_order()
    reviews.review_order(order_id=order.pk)

    with pytest.raises(ReasonMissing):
        reviews.approve_order(order_id=order.pk, reason="  ", actor=seller)

    assert _status(order) == OrderStatus.EXCEPTION


def test_an_order_in_production_cannot_be_approved_again(seller):
    order = make_order()
    reviews.review_order(order_id=order.pk)

    with pytest.raises(NotUnderReview):
        reviews.approve_order(order_id=order.pk, reason="again", actor=seller)

    assert WorkOrder.objects.count() == 1


def test_a_rejected_order_is_cancelled_with_its_work_orders(seller):
    order = make_order()
    reviews.review_order(order_id=order.pk)

    reviews.reject_order(order_id=order.pk, reason="fraud", actor=seller)

    assert _status(order) == OrderStatus.CANCELLED
    assert WorkOrder.objects.get().status == WorkOrderStatus.CANCELLED


def test_an_order_that_is_shipped_cannot_be_rejected(seller):
    order = make_order()
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.SHIPPED, tracking_number="1Z")

    with pytest.raises(IllegalTransition):
        reviews.reject_order(order_id=order.pk, reason="late", actor=seller)

    assert not Review.objects.exists()


def test_a_held_order_rests_on_its_bench_and_goes_on_when_resumed(seller):
    order = make_order()
    reviews.review_order(order_id=order.pk)

    reviews.hold_order(order_id=order.pk, reason="customer asks", actor=seller)
    assert WorkOrder.objects.get().status == WorkOrderStatus.ON_HOLD

    reviews.resume_order(order_id=order.pk, reason="answered", actor=seller)
    assert WorkOrder.objects.get().status == WorkOrderStatus.RELEASED


def test_a_held_order_that_nobody_reviewed_waits_for_the_seller(seller, run_tasks):
    order = make_order()

    reviews.hold_order(order_id=order.pk, reason="suspicious", actor=seller)
    run_tasks()

    assert _status(order) == OrderStatus.EXCEPTION
    assert WorkOrder.objects.count() == 0


def test_the_order_follows_its_work_order_to_ready_and_is_shipped_with_a_tracking_number(run_tasks, seller):
    order = make_order()
    run_tasks()
    operator = make_operator()
    for step in WorkOrder.objects.get().operations.all():
        operation = operations.claim_next(work_centre_id=step.work_centre_id, actor=operator)
        operations.start_operation(operation_id=operation.pk, actor=operator)
        operations.finish_operation(operation_id=operation.pk, actor=operator)
        run_tasks()

    assert _status(order) == OrderStatus.READY
    ship_order(order_id=order.pk, tracking_number="1Z999", actor=seller)

    steps = [line.to_status for line in order.log.all()]
    assert steps == ["placed", "approved", "in_production", "ready", "shipped"]


def test_an_order_that_the_queue_lost_is_found_by_the_sweep(queued):
    order = make_order()
    OrmQ.objects.all().delete()
    Order.objects.filter(pk=order.pk).update(placed_at=timezone.now() - timedelta(minutes=5))

    reviews.sweep_orders()

    assert queued() == ["crm.tasks.review_order"]


def _two_lines(run_tasks):
    customer = make_customer()
    make_basket_line(customer)
    order = make_order(customer)
    run_tasks()
    return order, list(WorkOrder.objects.order_by("pk"))


def _make(work_order):
    operator = make_operator()
    for step in work_order.operations.order_by("sequence"):
        operations.claim_operation(operation_id=step.pk, reason="", actor=operator)
        operations.start_operation(operation_id=step.pk, actor=operator)
        operations.finish_operation(operation_id=step.pk, actor=operator)


def test_an_order_with_a_piece_already_made_cannot_be_cancelled_and_nothing_is(run_tasks, seller):
    order, (made, other) = _two_lines(run_tasks)
    _make(made)

    with pytest.raises(AlreadyCast):
        reviews.reject_order(order_id=order.pk, reason="changed mind", actor=seller)

    assert {one.status for one in WorkOrder.objects.all()} == {WorkOrderStatus.DONE, WorkOrderStatus.RELEASED}
    assert _status(order) == OrderStatus.APPROVED
    assert other.status == WorkOrderStatus.RELEASED


def test_an_order_whose_only_work_order_a_planner_cancelled_is_cancelled(run_tasks, seller):
    order = make_order()
    run_tasks()

    cancel_work_order(work_order_id=WorkOrder.objects.get().pk, reason="no metal", actor=seller)
    run_tasks()

    assert _status(order) == OrderStatus.CANCELLED


def test_an_order_with_one_cancelled_piece_goes_on_with_the_other(run_tasks, seller):
    order, (first, second) = _two_lines(run_tasks)
    cancel_work_order(work_order_id=first.pk, reason="no metal", actor=seller)
    _make(second)

    run_tasks()

    assert _status(order) == OrderStatus.READY


def test_an_order_follows_the_remake_of_a_scrapped_work_order(run_tasks, seller):
    order = make_order()
    run_tasks()
    first = WorkOrder.objects.get()
    operator = make_operator()
    operation = first.operations.order_by("sequence").first()
    operations.claim_operation(operation_id=operation.pk, reason="test", actor=operator)
    operations.start_operation(operation_id=operation.pk, actor=operator)
    run_tasks()

    remake = scrap_work_order(work_order_id=first.pk, reason="porous", actor=seller)
    run_tasks()

    assert ProductionRequest.objects.get(order_line__order=order).work_order == remake
    assert _status(order) == OrderStatus.IN_PRODUCTION
    WorkOrder.objects.filter(pk=remake.pk).update(status=WorkOrderStatus.DONE, finished_at=timezone.now())
    record_production(work_order_id=remake.pk)
    assert _status(order) == OrderStatus.READY


def test_an_order_the_workshop_cannot_take_is_an_exception_with_its_reason():
    order = make_order()
    RoutingStep.objects.all().delete()

    review = reviews.review_order(order_id=order.pk)

    assert _status(order) == OrderStatus.EXCEPTION
    assert [reason["code"] for reason in review.reasons] == ["no_routing"]


@pytest.mark.parametrize("status", ["ready", "shipped", "cancelled"])
def test_an_order_that_is_packed_shipped_or_cancelled_cannot_be_held(seller, status):
    order = make_order()
    reviews.review_order(order_id=order.pk)
    Order.objects.filter(pk=order.pk).update(status=status, tracking_number="1Z")

    with pytest.raises(IllegalTransition):
        reviews.hold_order(order_id=order.pk, reason="wait", actor=seller)

    assert Review.objects.get(order=order).verdict == "approved"


def test_the_sweep_finds_a_lost_start_and_leaves_work_that_goes_on_alone(run_tasks, queued):
    order, (first, _second) = _two_lines(run_tasks)
    _make(first)
    OrmQ.objects.all().delete()
    long_ago = timezone.now() - timedelta(minutes=10)
    WorkOrder.objects.filter(pk=first.pk).update(started_at=long_ago, finished_at=long_ago)

    reviews.sweep_orders()
    assert queued() == ["crm.tasks.record_production"]
    run_tasks()
    assert _status(order) == OrderStatus.IN_PRODUCTION

    reviews.sweep_orders()
    assert queued() == []


def _unpaid_exception():
    publish_rules({"kind": "payment"})
    order = make_order()
    reviews.review_order(order_id=order.pk)
    return order


def _pay(order):
    Order.objects.filter(pk=order.pk).update(payment_status="paid")


def test_an_order_that_waited_for_its_payment_alone_goes_on_by_itself_when_it_is_paid(run_tasks):
    order = _unpaid_exception()
    assert _status(order) == OrderStatus.EXCEPTION
    _pay(order)

    with transaction.atomic():
        publish("shop.order_paid", order_id=order.pk)
    run_tasks()

    assert _status(order) == OrderStatus.APPROVED
    assert WorkOrder.objects.count() == 1
    assert Review.objects.get(order=order).reasons == []
    assert reviews.review_again(order_id=order.pk) is None


def test_an_order_of_which_it_is_only_said_that_it_is_paid_stays_where_it_is():
    order = _unpaid_exception()

    assert reviews.review_again(order_id=order.pk) is None

    assert _status(order) == OrderStatus.EXCEPTION


def test_a_paid_order_that_waits_for_something_else_too_only_loses_that_reason():
    publish_rules({"kind": "payment"}, {"kind": "customer_new"})
    order = make_order()
    reviews.review_order(order_id=order.pk)
    _pay(order)

    review = reviews.review_again(order_id=order.pk)

    assert [reason["code"] for reason in review.reasons] == ["customer_new"]
    assert _status(order) == OrderStatus.EXCEPTION


def test_a_paid_order_that_a_seller_holds_is_not_taken_out_of_his_hands(seller):
    order = _unpaid_exception()
    reviews.hold_order(order_id=order.pk, reason="odd address", actor=seller)
    _pay(order)

    reviews.review_again(order_id=order.pk)

    assert _status(order) == OrderStatus.EXCEPTION
    assert Review.objects.get(order=order).verdict == "held"
