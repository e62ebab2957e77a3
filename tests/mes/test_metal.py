"""Grams in and out of a work order, weighings beside estimates, inspections and hallmarks."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, transaction
from django.urls import reverse

from config.kernel.errors import ReasonMissing
from mes.errors import NotCastYet, NotEnoughMetal, NotYours
from mes.models import MetalMovement, MetalTolerance, Weighing
from mes.selectors import metal_balance
from mes.services import metal, operations, rework
from pricing.models import MassTally
from tests.factories.mes import make_operator, make_work_order

pytestmark = pytest.mark.django_db

Kind = MetalMovement.Kind


@pytest.fixture
def operator():
    return make_operator()


@pytest.fixture
def planner(django_user_model):
    user = django_user_model.objects.create_user("petra", is_staff=True)
    user.groups.add(Group.objects.get(name="planner"))
    return user


def _move(work_order, kind, grams, actor=None, reason="tree 12"):
    return metal.move_metal(work_order_id=work_order.pk, kind=kind, mass_g=Decimal(grams), reason=reason, actor=actor)


def _do(operator, work_order, kind, *, finish=True):
    operation = work_order.operations.get(kind=kind)
    operations.claim_operation(operation_id=operation.pk, reason="test", actor=operator)
    operations.start_operation(operation_id=operation.pk, actor=operator)
    if finish:
        operations.finish_operation(operation_id=operation.pk, actor=operator)
    return operation


@pytest.fixture
def casting(operator):
    """The running casting of a work order."""
    work_order = make_work_order()
    _do(operator, work_order, "print")
    return _do(operator, work_order, "cast", finish=False)


def test_what_was_issued_is_in_the_pieces_came_back_or_was_lost(operator, casting):
    work_order = casting.work_order
    _move(work_order, Kind.ISSUED, "10")
    metal.weigh_castings(operation_id=casting.pk, weighed_g=Decimal("4.2"), actor=operator)
    _move(work_order, Kind.RETURNED, "5.5")
    _move(work_order, Kind.LOST, "0.2")

    balance = metal_balance(work_order)

    assert (balance.issued_g, balance.returned_g, balance.lost_g, balance.pieces_g) == (
        Decimal(10), Decimal("5.5"), Decimal("0.2"), Decimal("4.2"),
    )  # fmt: skip
    assert balance.unaccounted_g == Decimal("0.1")
    assert balance.is_within_tolerance  # 2 % of 10 g are 0.2 g


@pytest.mark.parametrize(("share", "is_within"), [("0.01", True), ("0.009", False)])
def test_each_alloy_has_a_tolerance_of_its_own(casting, operator, share, is_within):
    MetalTolerance.objects.create(alloy=casting.work_order.alloy, share=Decimal(share))
    _move(casting.work_order, Kind.ISSUED, "10")
    metal.weigh_castings(operation_id=casting.pk, weighed_g=Decimal("9.9"), actor=operator)

    assert metal_balance(casting.work_order).is_within_tolerance == is_within


def test_no_more_comes_out_than_went_in():
    work_order = make_work_order()
    _move(work_order, Kind.ISSUED, "3")

    with pytest.raises(NotEnoughMetal):
        _move(work_order, Kind.RETURNED, "3.001")
    with pytest.raises(ReasonMissing):
        _move(work_order, Kind.ISSUED, "1", reason=" ")

    assert work_order.metal.count() == 1


def test_the_record_of_metal_can_not_be_changed(casting, operator):
    line = _move(casting.work_order, Kind.ISSUED, "3")
    metal.weigh_castings(operation_id=casting.pk, weighed_g=Decimal("2.5"), actor=operator)

    for rows in (MetalMovement.objects.filter(pk=line.pk), Weighing.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(at="2026-01-01T00:00Z")

    line.refresh_from_db()
    assert line.mass_g == Decimal(3)


def test_the_weight_stands_beside_the_estimate_for_all_pieces(casting, operator):
    casting.work_order.__class__.objects.update(quantity=3)

    metal.weigh_castings(operation_id=casting.pk, weighed_g=Decimal("12.5"), actor=operator)

    weighing = Weighing.objects.get()
    assert (weighing.estimated_g, weighing.weighed_g) == (3 * casting.work_order.mass_g, Decimal("12.5"))
    assert weighing.actor == operator
    learned = MassTally.objects.get()
    assert (learned.alloy, learned.count) == (casting.work_order.alloy, 1)
    assert learned.mean == pytest.approx(12.5 / 3 / float(casting.work_order.mass_g), rel=1e-3)


def test_nothing_is_weighed_before_it_is_cast_or_by_somebody_else(operator, casting):
    work_order = make_work_order()
    printed = _do(operator, work_order, "print", finish=False)

    with pytest.raises(NotCastYet):
        metal.weigh_castings(operation_id=printed.pk, weighed_g=Decimal(4), actor=operator)
    with pytest.raises(NotYours):
        metal.weigh_castings(operation_id=casting.pk, weighed_g=Decimal(4), actor=make_operator())

    assert not Weighing.objects.exists()


def test_inspection_leaves_its_verdict_whether_it_passes_or_sends_back(operator, casting):
    work_order = casting.work_order
    operations.finish_operation(operation_id=casting.pk, actor=operator)
    for kind in ("clean", "polish"):
        _do(operator, work_order, kind)
    inspection = _do(operator, work_order, "inspect", finish=False)
    polishing = work_order.operations.get(kind="polish")
    rework.rework_operation(operation_id=inspection.pk, back_to=polishing.sequence, reason="scratch", actor=operator)
    _do(operator, work_order, "polish")
    _do(operator, work_order, "inspect")

    verdicts = inspection.inspections.values_list("is_passed", "reason", "actor")

    assert list(verdicts) == [(False, "scratch", operator.pk), (True, "", operator.pk)]


def test_a_hallmark_keeps_the_fineness_of_the_alloy_once_the_metal_is_cast(operator, casting, planner):
    work_order = casting.work_order
    with pytest.raises(NotCastYet):
        metal.record_hallmark(work_order_id=work_order.pk, certificate="Birmingham 77", actor=planner)
    operations.finish_operation(operation_id=casting.pk, actor=operator)

    hallmark = metal.record_hallmark(work_order_id=work_order.pk, certificate=" Birmingham 77 ", actor=planner)

    assert (hallmark.fineness, hallmark.certificate, hallmark.actor) == (585, "Birmingham 77", planner)


@pytest.mark.parametrize("given", ["", "0", "-1", "four", "1e3", "4.2345", "NaN"])
def test_the_scales_take_grams_only(client, operator, casting, given):
    client.force_login(operator)

    client.post(reverse("bench:weigh", args=[casting.pk]), {"weighed_g": given})

    assert not Weighing.objects.exists()


def test_an_operator_weighs_with_a_comma_or_a_point(client, operator, casting):
    client.force_login(operator)
    assert b'name="weighed_g"' in client.get(reverse("bench:piece", args=[casting.pk])).content

    client.post(reverse("bench:weigh", args=[casting.pk]), {"weighed_g": "4,25"})

    assert Weighing.objects.get().weighed_g == Decimal("4.25")


def test_a_planner_issues_metal_and_records_the_hallmark_in_the_admin(client, operator, casting, planner):
    client.force_login(planner)
    operations.finish_operation(operation_id=casting.pk, actor=operator)
    address = f"/mes/mes/workorder/{casting.work_order_id}"

    client.post(f"{address}/move_metal/", {"kind": "issued", "mass_g": "12.5", "text": "tree 12"})
    client.post(f"{address}/move_metal/", {"kind": "returned", "mass_g": "99", "text": "too much"})
    client.post(f"{address}/hallmark/", {"text": "Birmingham 77"})

    page = client.get(f"{address}/change/").content.decode()
    assert MetalMovement.objects.get().mass_g == Decimal("12.5")
    assert "Birmingham 77" in page
    assert "12.500 g: outside the tolerance" in page
