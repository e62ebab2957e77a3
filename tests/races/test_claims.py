"""Two operators, one piece. Each race has a control that shows that the race is real."""

from collections import Counter

import pytest
from django.db import connection, transaction

from mes.models import Operation, OperationLog
from mes.selectors import claimable
from mes.services import operations, planning, release
from mes.states import OperationStatus
from tests.factories.mes import copies_of, make_operator, make_work_order, printing

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_rows")]


def test_operators_who_take_the_next_piece_at_once_all_get_different_ones(at_once):
    users = [make_operator() for _ in range(8)]
    work_orders = [make_work_order() for _ in range(8)]
    planning.publish_worklists()
    centre = printing().pk

    outcomes = at_once(*(lambda user=user: operations.claim_next(work_centre_id=centre, actor=user) for user in users))

    assert {one.work_order_id for one in outcomes} == {work_order.pk for work_order in work_orders}


def test_fifty_operators_claim_from_one_list_at_once_none_twice_and_none_lost(at_once):
    users = [make_operator() for _ in range(50)]
    work_order = make_work_order()
    operation = work_order.operations.first()
    Operation.objects.bulk_create(copies_of(operation, 59))
    planning.publish_worklists()
    centre = printing().pk

    calls = [lambda user=user: operations.claim_next(work_centre_id=centre, actor=user) for user in users]
    outcomes = at_once(*calls)

    assert len({one.pk for one in outcomes}) == 50
    claimed = Operation.objects.filter(status=OperationStatus.CLAIMED)
    assert set(claimed.values_list("operator__user", flat=True)) == {user.pk for user in users}
    assert OperationLog.objects.filter(to_status="claimed").count() == 50
    assert Operation.objects.ready().at(centre).count() == 10


def test_more_operators_than_pieces_get_one_each_and_the_others_are_told(at_once, settings):
    settings.WORKLIST_SIZE = 3  # it runs dry twice while they take
    users = [make_operator() for _ in range(12)]
    operation = make_work_order().operations.first()
    Operation.objects.bulk_create(copies_of(operation, 7))
    planning.publish_worklists()
    centre = printing().pk

    outcomes = at_once(*(lambda user=user: operations.claim_next(work_centre_id=centre, actor=user) for user in users))

    names = Counter(type(one).__name__ for one in outcomes)
    assert names == {"Operation": 8, "NothingToTake": 4}
    assert not Operation.objects.ready().at(centre).exists()


def test_a_claim_waits_for_nobody_who_is_just_publishing(at_once, settings):
    settings.WORKLIST_SIZE, settings.WORKLIST_REFILL_BELOW = 4, 3
    user = make_operator()
    Operation.objects.bulk_create(copies_of(make_work_order().operations.first(), 7))
    planning.publish_worklists()
    centre = printing().pk

    def impatient():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")  # a claim that waits for the publisher fails instead
        return [operations.claim_next(work_centre_id=centre, actor=user).status for _ in range(3)]

    with transaction.atomic():
        planning.publish_worklist(work_centre_id=centre)  # not committed yet: the work centre is locked
        (outcome,) = at_once(impatient)

    assert outcome == [OperationStatus.CLAIMED] * 3


def test_who_comes_second_for_a_chosen_piece_gets_the_next_one(at_once):
    first, second = make_work_order(), make_work_order()
    chosen = first.operations.first()
    planning.publish_worklists()
    users = [make_operator(), make_operator()]

    outcomes = at_once(
        *(lambda user=user: operations.claim_or_next(operation_id=chosen.pk, reason="", actor=user) for user in users)
    )

    assert {one.work_order_id for one in outcomes} == {first.pk, second.pk}


def test_publishing_and_claiming_at_once_neither_wait_for_ever_nor_lose_a_piece(at_once):
    users = [make_operator() for _ in range(6)]
    operation = make_work_order().operations.first()
    Operation.objects.bulk_create(copies_of(operation, 11))
    planning.publish_worklists()
    centre = printing().pk

    outcomes = at_once(
        *(lambda user=user: operations.claim_next(work_centre_id=centre, actor=user) for user in users),
        *(lambda: planning.publish_worklist(work_centre_id=centre) for _ in range(4)),
    )

    taken = [one for one in outcomes if isinstance(one, Operation)]
    assert len({one.pk for one in taken}) == 6, [repr(one) for one in outcomes]


def test_two_operators_who_want_one_piece_get_it_once(at_once):
    operation = make_work_order().operations.first()
    users = [make_operator(), make_operator()]

    outcomes = at_once(
        *(
            lambda user=user: operations.claim_operation(operation_id=operation.pk, reason="", actor=user)
            for user in users
        )
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["Operation", "Taken"]
    assert operation.log.filter(to_status="claimed").count() == 1


def test_control_without_the_lock_both_would_get_it(at_once):
    import threading

    operation = make_work_order().operations.first()
    both_have_read = threading.Barrier(2)

    def claim_unlocked():
        with transaction.atomic():
            mine = Operation.objects.get(pk=operation.pk)
            both_have_read.wait(timeout=60)
            assert mine.status == OperationStatus.READY
            return mine

    outcomes = at_once(claim_unlocked, claim_unlocked)

    assert [type(one).__name__ for one in outcomes] == ["Operation", "Operation"]


def test_cancelling_races_starting_and_exactly_one_wins(at_once):
    user = make_operator()
    counted = Counter()
    for _ in range(5):
        work_order = make_work_order()
        operation = work_order.operations.first()
        Operation.objects.filter(pk=operation.pk).update(kind="cast")  # from here on, started means cast
        operations.claim_operation(operation_id=operation.pk, reason="", actor=user)

        outcomes = at_once(
            lambda: operations.start_operation(operation_id=operation.pk, actor=user),  # noqa: B023
            lambda: release.cancel_work_order(work_order_id=work_order.pk, reason="changed mind", actor=user),  # noqa: B023
        )

        names = sorted(type(one).__name__ for one in outcomes)
        assert names in (["AlreadyCast", "Operation"], ["IllegalTransition", "WorkOrder"])
        counted[names[0]] += 1
    assert sum(counted.values()) == 5


def test_an_operator_never_waits_for_another_who_is_just_taking_the_first_piece(at_once):
    user = make_operator()
    for _ in range(2):
        make_work_order()
    planning.publish_worklists()
    centre = printing().pk
    first, second = claimable(centre)

    with transaction.atomic():
        Operation.objects.select_for_update().get(pk=first.pk)
        (taken,) = at_once(lambda: operations.claim_next(work_centre_id=centre, actor=user))

    assert taken.pk == second.pk
