"""A question to the partner, and a partner who wants to cancel what is cast already."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.kernel.errors import IllegalTransition, ReasonMissing
from external_orders.errors import FeeOverTotal, InquiryOpen, NothingAsked
from external_orders.models import Event, ExternalOrder, Inquiry, WaitingExternalOrder
from external_orders.services import inquiries, orders, production
from external_orders.services.statuses import move_external_order
from mes.models import Operation, WorkOrder
from mes.services.operations import claim_operation, finish_operation, start_operation
from mes.services.release import hold_work_order
from tests.factories.external_orders import make_order, make_partner, make_person, work_of
from tests.factories.mes import make_operator

pytestmark = pytest.mark.django_db


def _cast(order: ExternalOrder) -> None:
    """An operator makes the piece until its metal is being cast."""
    operator = make_operator()
    for operation in Operation.objects.filter(work_order=work_of(order)).order_by("sequence"):
        claim_operation(operation_id=operation.pk, reason="asked", actor=operator)
        start_operation(operation_id=operation.pk, actor=operator)
        if operation.kind == "cast":
            break
        finish_operation(operation_id=operation.pk, actor=operator)
    production.record_production(work_order_id=work_of(order).pk)


def _asked_to_cancel(order: ExternalOrder, api) -> dict:
    _cast(order)
    answer = api.post(f"orders/{order.public_id}/cancel", {"reason": "the bride said no"}, key="c")
    assert answer.status_code == 202
    return answer.json()


def _details(order: ExternalOrder) -> list[tuple]:
    told = Event.objects.filter(order=order, type="order.detail_changed").order_by("sequence")
    return [(one.sequence, one.data["previous_status_detail"], one.data["status_detail"]) for one in told]


def test_a_question_holds_the_piece_until_a_planner_has_read_the_answer(partner, api) -> None:
    order, planner = make_order(partner), make_person("planner")
    inquiries.ask_partner(order_id=order.pk, reason="Is size 17 inside or outside?", actor=planner)
    assert work_of(order).status == "on_hold"
    assert "17" not in work_of(order).log.last().reason  # the workshop reads neither question nor partner
    shown = api.get(f"orders/{order.public_id}").json()
    assert (shown["status"], shown["status_detail"]) == ("confirmed", "waits_for_answer")
    assert shown["question"]["text"] == "Is size 17 inside or outside?"

    answered = api.post(f"orders/{order.public_id}/answer", {"text": "inside"}, key="a").json()
    assert answered["status_detail"] == "answered"
    assert answered["question"]["answer"] == "inside"
    assert work_of(order).status == "on_hold"
    assert WaitingExternalOrder.objects.waiting().get().pk == order.pk

    inquiries.resume_external_order(order_id=order.pk, reason="clear now", actor=planner)

    assert work_of(order).status == "released"
    assert _details(order) == [
        (3, None, "waits_for_answer"),
        (4, "waits_for_answer", "answered"),
        (5, "answered", None),
    ]
    assert not WaitingExternalOrder.objects.waiting().exists()


def test_what_a_planner_holds_for_a_reason_of_his_own_stays_on_hold_when_a_question_is_settled(partner) -> None:
    order, planner = make_order(partner), make_person("planner")
    hold_work_order(work_order_id=work_of(order).pk, reason="the stone is late", actor=planner)
    inquiries.ask_partner(order_id=order.pk, reason="Which size?", actor=planner)

    inquiries.resume_external_order(order_id=order.pk, reason="clear now", actor=planner)

    assert work_of(order).status == "on_hold"


def test_an_answer_to_nothing_is_refused(partner, api) -> None:
    order = make_order(partner)

    answer = api.post(f"orders/{order.public_id}/answer", {"text": "yes"}, key="a")

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_asked")


def test_an_answer_to_an_older_version_is_refused(partner, api) -> None:
    order = make_order(partner)
    inquiries.ask_partner(order_id=order.pk, reason="?", actor=None)

    answer = api.post(f"orders/{order.public_id}/answer", {"text": "yes"}, key="a", **{"If-Match": '"s2"'})

    assert (answer.status_code, answer.json()["code"]) == (412, "order_changed")


def test_one_thing_is_asked_at_a_time_and_nothing_of_what_is_gone(partner) -> None:
    order = make_order(partner)
    with pytest.raises(ReasonMissing):
        inquiries.ask_partner(order_id=order.pk, reason=" ", actor=None)
    inquiries.ask_partner(order_id=order.pk, reason="?", actor=None)
    with pytest.raises(InquiryOpen):
        inquiries.ask_partner(order_id=order.pk, reason="??", actor=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Inquiry.objects.create(order=order, kind="question")
    orders.cancel_external_order(order_id=order.pk, reason="gone")

    with pytest.raises(IllegalTransition):
        inquiries.ask_partner(order_id=order.pk, reason="?", actor=None)


def test_a_decision_overtakes_a_question(partner) -> None:
    partner = make_partner(most_amount=Decimal("1.00"))
    order = make_order(partner)
    inquiries.ask_partner(order_id=order.pk, reason="Sure?", actor=None)
    assert not WaitingExternalOrder.objects.waiting().exists()

    orders.confirm_external_order(order_id=order.pk, reason="he called", actor=make_person("planner"))

    order.refresh_from_db()
    assert (order.status, order.status_detail) == ("confirmed", "")
    assert order.inquiries.get().outcome == "overtaken"


def test_who_wants_to_cancel_what_is_cast_is_answered_202_and_the_work_rests(partner, api) -> None:
    order = make_order(partner)

    asked = _asked_to_cancel(order, api)

    assert (asked["status"], asked["status_detail"]) == ("in_production", "cancel_requested")
    assert asked["cancellation"]["status"] == "requested"
    assert asked["cancellation"]["reason"] == "the bride said no"
    assert work_of(order).status == "on_hold"
    again = api.post(f"orders/{order.public_id}/cancel", key="another")
    assert (again.status_code, again.json()["sequence"]) == (202, asked["sequence"])
    assert Inquiry.objects.count() == 1


def test_a_planner_cancels_for_a_fee(partner, api) -> None:
    order = make_order(partner)
    _asked_to_cancel(order, api)
    planner = make_person("planner")
    with pytest.raises(FeeOverTotal):
        inquiries.accept_cancellation(order_id=order.pk, reason="-", fee=order.gross + 1, actor=planner)

    inquiries.accept_cancellation(order_id=order.pk, reason="melted down", fee=Decimal("80.00"), actor=planner)

    shown = api.get(f"orders/{order.public_id}").json()
    assert (shown["status"], shown["status_detail"]) == ("cancelled", None)
    assert shown["cancellation"]["status"] == "accepted"
    assert shown["cancellation"]["answer"] == "melted down"
    assert shown["cancellation"]["fee"] == {"amount": "80.00", "currency": "EUR"}
    assert WorkOrder.objects.get().status == "cancelled"


def test_a_planner_who_does_not_cancel_lets_the_work_go_on(partner, api) -> None:
    order = make_order(partner)
    _asked_to_cancel(order, api)

    inquiries.refuse_cancellation(order_id=order.pk, reason="it is nearly done", actor=make_person("planner"))

    shown = api.get(f"orders/{order.public_id}").json()
    assert (shown["status"], shown["status_detail"]) == ("in_production", None)
    assert (shown["cancellation"]["status"], shown["cancellation"]["answer"]) == ("refused", "it is nearly done")
    assert work_of(order).status == "in_progress"
    with pytest.raises(NothingAsked):
        inquiries.refuse_cancellation(order_id=order.pk, reason="again", actor=None)


@pytest.mark.parametrize(("days", "is_refused"), [(1, False), (2, False), (6, True)])
def test_what_nobody_decides_on_in_two_working_days_goes_on(partner, api, days, is_refused) -> None:
    order = make_order(partner)
    _asked_to_cancel(order, api)
    Inquiry.objects.update(asked_at=timezone.now() - timedelta(days=days))

    inquiries.sweep_inquiries()
    inquiries.sweep_inquiries()

    order.refresh_from_db()
    assert (order.status_detail == "") is is_refused


def test_a_work_order_that_ends_overtakes_the_wish(partner, api) -> None:
    order = make_order(partner)
    _asked_to_cancel(order, api)

    move_external_order(order_id=order.pk, to="ready")

    shown = api.get(f"orders/{order.public_id}").json()
    assert (shown["status"], shown["status_detail"]) == ("ready", None)
    refused = api.post(f"orders/{order.public_id}/cancel", key="late")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_cancellable")


def test_test_orders_are_asked_and_count_as_cast_when_their_reference_says_so(partner, caller_of) -> None:
    api = caller_of(partner, livemode=False)
    asked = make_order(partner, livemode=False, reference="sim:ask-1")
    assert api.get(f"orders/{asked.public_id}").json()["question"]["text"] == "sim:ask"
    assert api.post(f"orders/{asked.public_id}/answer", {"text": "yes"}, key="a").status_code == 200
    assert api.post(f"test/orders/{asked.public_id}/advance").json()["status"] == "confirmed"
    cast = make_order(partner, livemode=False, reference="sim:cast-1")
    assert api.post(f"test/orders/{cast.public_id}/advance").json()["cancellable"] is False

    assert api.post(f"orders/{cast.public_id}/cancel", key="c").status_code == 202
    cancelled = api.post(f"test/orders/{cast.public_id}/advance", {"to": "cancelled"}).json()
    assert (cancelled["status"], cancelled["cancellation"]["status"]) == ("cancelled", "accepted")
