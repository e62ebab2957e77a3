"""A plausible past in bulk, and the rows that copying adds."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import Count

from config.kernel.bulk import copy_rows
from external_orders.models import ExternalOrder
from mes.models import Operation, Tally, WorkOrder
from mes.selectors.dashboard import planner_dashboard
from mes.services import operations, planning
from mes.services.growth import grow_work_orders
from shop.models import Order
from tests.factories.external_orders import make_order as make_external_order
from tests.factories.mes import make_operator, make_work_order, printing
from tests.factories.shop import make_order

pytestmark = pytest.mark.django_db


def test_a_grown_past_is_finished_work_and_a_grown_present_can_be_worked_on():
    user = make_operator()
    make_work_order()

    grow_work_orders(many=60, still_open=20)
    planning.publish_worklists()

    counted = dict(WorkOrder.objects.values_list("status").annotate(Count("pk")).order_by())
    assert counted["done"] == 40
    assert counted["released"] + counted["in_progress"] == 21
    assert Operation.objects.filter(work_order__status="done").exclude(status="done").count() == 0
    assert sum(Tally.objects.filter(measure="finished").values_list("amount", flat=True)) == 40
    operation = operations.claim_next(work_centre_id=printing().pk, actor=user)
    operations.start_operation(operation_id=operation.pk, actor=user)
    assert operations.finish_operation(operation_id=operation.pk, actor=user).status == "done"
    assert planner_dashboard().open == 21


def test_copied_rows_keep_the_constraints_of_their_table():
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_rows(Tally, ["measure", "day", "place", "amount"], [["a", "2026-03-02", 0, 1]] * 2)

    assert copy_rows(Tally, ["measure", "day", "place", "amount"], [["a", "2026-03-02", 0, 1]]) == 1
    assert Tally.objects.get().amount == 1


def test_growing_an_empty_database_says_what_is_missing():
    with pytest.raises(CommandError, match="seed"):
        call_command("grow", work_orders=5)


def test_the_command_grows():
    make_operator()
    make_work_order()
    out = StringIO()

    call_command("grow", work_orders=5, still_open=2, stdout=out)

    assert WorkOrder.objects.count() == 6
    assert out.getvalue().startswith("5 work orders in ")


def test_orders_and_external_orders_grow_from_one_of_each():
    make_operator()
    order, external = make_order(), make_external_order()
    grow_work_orders(many=6, still_open=2)
    out = StringIO()

    call_command("grow", orders=3, external_orders=9, stdout=out)

    assert [line.split(" in ")[0] for line in out.getvalue().splitlines()] == ["3 orders", "4 external orders"]
    grown = Order.objects.exclude(pk=order.pk)
    assert {one.status for one in grown} == {"delivered"}
    assert all(one.lines.get().quote.gross == one.lines.get().gross == one.gross for one in grown)
    partners_own = ExternalOrder.objects.exclude(pk=external.pk)
    assert {one.items.get().work_order.status for one in partners_own} == {"done"}
    assert make_order().pk > max(one.pk for one in grown)  # the next key is free


def test_without_an_order_to_copy_the_command_says_so():
    make_operator()
    make_work_order()

    with pytest.raises(CommandError, match="no orders yet"):
        call_command("grow", orders=3)
