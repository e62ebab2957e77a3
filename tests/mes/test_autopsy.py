"""Where the time of an order went, minute by minute."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from crm.models import ProductionRequest
from crm.services.reviews import review_order
from external_orders.services.acceptance import ShipTo, accept_external_order
from mes.autopsy import Moved, autopsy
from mes.models import Tally
from mes.selectors import recent_errors, time_spent
from mes.services import operations, release
from mes.services.rework import scrap_work_order
from mes.services.tallies import count, fold_tallies
from mes.states import Phase
from pricing.models import Quote
from pricing.services.quotes import accept_quote, reissue_quote
from tests.factories.external_orders import SHIP_TO, make_partner, make_variant, work_of
from tests.factories.external_orders import make_quote as make_external_quote
from tests.factories.mes import make_operator, make_work_order, make_workshop
from tests.factories.shop import make_order

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def _at(minutes):
    return START + timedelta(minutes=minutes)


def test_every_minute_belongs_to_one_phase():
    moves = [
        Moved(_at(30), None, "released"),
        Moved(_at(30), 1, "ready"),
        Moved(_at(50), 1, "claimed"),
        Moved(_at(60), 1, "in_progress"),
        Moved(_at(60), None, "in_progress"),
        Moved(_at(75), 1, "done"),
        Moved(_at(80), None, "on_hold"),
        Moved(_at(100), None, "in_progress"),
        Moved(_at(110), 2, "in_progress"),
        Moved(_at(120), 2, "done"),
        Moved(_at(120), None, "done"),
    ]

    spent = autopsy(moves, ordered_at=START, pricing_seconds=90, until=_at(999))

    assert spent == {
        Phase.PRICING: 1.5,
        Phase.APPROVAL: 30,
        Phase.QUEUE: 30 + 5 + 10,
        Phase.WORK: 15 + 10,
        Phase.BLOCKED: 20,
    }
    assert sum(spent.values()) == 121.5


def test_an_open_order_is_counted_up_to_now():
    assert autopsy([Moved(_at(10), None, "released")], ordered_at=START, until=_at(25))[Phase.QUEUE] == 15


def test_an_order_of_several_lines_waits_for_the_one_that_is_worst_off():
    moves = [
        *(Moved(_at(10), None, "released", line) for line in (1, 2)),
        Moved(_at(20), 11, "in_progress", 1),  # the other one still waits
        Moved(_at(30), 21, "in_progress", 2),
        Moved(_at(40), 11, "done", 1),
        Moved(_at(40), None, "done", 1),
        Moved(_at(55), 21, "done", 2),
        Moved(_at(55), None, "on_hold", 2),
        Moved(_at(60), None, "in_progress", 2),
        Moved(_at(62), None, "done", 2),
    ]

    spent = autopsy(moves, ordered_at=START, until=_at(999))

    assert spent == {Phase.PRICING: 0, Phase.APPROVAL: 10, Phase.QUEUE: 20 + 2, Phase.WORK: 25, Phase.BLOCKED: 5}


def test_a_scrapped_work_order_and_its_remake_are_one_line():
    moves = [
        Moved(_at(5), None, "released", 1),
        Moved(_at(10), 11, "in_progress", 1),
        Moved(_at(40), None, "scrapped", 1),
        Moved(_at(40), None, "released", 2),
        Moved(_at(50), None, "done", 2),
    ]

    spent = autopsy(moves, ordered_at=START)

    assert spent == {Phase.PRICING: 0, Phase.APPROVAL: 5, Phase.QUEUE: 5 + 10, Phase.WORK: 30, Phase.BLOCKED: 0}


@pytest.mark.django_db
def test_the_time_of_a_remake_counts_from_what_became_of_the_first():
    user = make_operator()
    with time_machine.travel(START, tick=False) as clock:
        first = make_work_order()
        printing = first.operations.get(kind="print")
        operations.claim_operation(operation_id=printing.pk, reason="test", actor=user)
        operations.start_operation(operation_id=printing.pk, actor=user)
        clock.shift(timedelta(minutes=30))
        remake = scrap_work_order(work_order_id=first.pk, reason="broke", actor=user)
        clock.shift(timedelta(minutes=15))

        spent = time_spent([remake])

    assert {phase: round(minutes) for phase, minutes in spent.items() if minutes} == {Phase.WORK: 30, Phase.QUEUE: 15}


@pytest.mark.django_db
def test_a_work_order_of_a_past_without_a_log_waited_from_its_release_to_its_end():
    work_order = make_work_order(aged_from=START)
    work_order.log.all().delete()
    work_order.released_at, work_order.finished_at = START + timedelta(hours=1), START + timedelta(hours=5)

    spent = {phase: minutes for phase, minutes in time_spent([work_order]).items() if minutes}

    assert spent == {Phase.APPROVAL: 60, Phase.QUEUE: 240}


@pytest.mark.django_db
def test_a_finished_work_order_scores_its_promise_and_sums_up_where_its_time_went():
    user = make_operator()
    with time_machine.travel(START, tick=False) as clock:
        work_order = make_work_order(aged_from=START - timedelta(hours=2), days=1)
        for operation in work_order.operations.all():
            operations.claim_operation(operation_id=operation.pk, reason="test", actor=user)
            clock.shift(timedelta(minutes=10))
            operations.start_operation(operation_id=operation.pk, actor=user)
            clock.shift(timedelta(minutes=20))
            operations.finish_operation(operation_id=operation.pk, actor=user)
        spent = time_spent([work_order])
        fold_tallies()

    assert {phase: round(minutes) for phase, minutes in spent.items()} == {
        Phase.PRICING: 0, Phase.APPROVAL: 120, Phase.QUEUE: 60, Phase.WORK: 120, Phase.BLOCKED: 0,
    }  # fmt: skip
    tallies = dict(Tally.objects.filter(place=0).values_list("measure", "amount"))
    late = -6  # expected in six working days, done on the first
    assert tallies == {
        "finished": 1, "on_time": 1, "lead:0": 1, f"error:{late}": 1,
        "seconds:approval": 7_200, "seconds:queue": 3_600, "seconds:work": 7_200,
    }  # fmt: skip
    cache.clear()
    with time_machine.travel(START, tick=False):
        assert recent_errors() == {late: 1}


def _price_asked_before(quotes, seconds):
    for quote in quotes:
        quote.requested_at = quote.settled_at - timedelta(seconds=seconds)
        quote.save(update_fields=["requested_at"])


@pytest.mark.django_db
def test_the_wait_for_a_price_counts_for_orders_of_the_shop_and_of_partners_alike():
    placed = make_order()
    _price_asked_before([line.quote for line in placed.lines.all()], 95)
    review_order(order_id=placed.pk)
    partner = make_partner()
    asked = make_external_quote(partner)
    _price_asked_before([item.quote for item in asked.items.all()], 130)
    external = accept_external_order(
        partner=partner,
        livemode=True,
        quote_id=asked.public_id,
        reference="PO-1",
        ship_to=ShipTo(**SHIP_TO),
        via="test",
    )

    work_orders = [ProductionRequest.objects.get().work_order, work_of(external)]

    assert [round(60 * time_spent([one])[Phase.PRICING]) for one in work_orders] == [95, 130]


@pytest.mark.django_db
def test_a_piece_of_the_catalogue_did_not_wait_for_its_price():
    make_workshop()
    variant = make_variant()
    Quote.objects.filter(pk=variant.quote.pk).update(settled_at=timezone.now() - timedelta(days=1))
    quote = accept_quote(quote_id=reissue_quote(quote_id=variant.quote.pk).pk, actor=None)

    work_order = release.release_work_order(
        quote_id=quote.pk, piece=release.Piece("Band", "", timezone.now(), timezone.localdate())
    )

    assert work_order.pricing_seconds == 0


@pytest.mark.django_db
def test_tallies_add_up_however_often_they_are_folded():
    count("claims", work_centre_id=3)
    count("claims", work_centre_id=3)
    assert fold_tallies() == 2
    count("claims", work_centre_id=3)
    count("claims", 5, work_centre_id=4)

    assert (fold_tallies(), fold_tallies()) == (2, 0)

    assert dict(Tally.objects.values_list("place", "amount")) == {3: 3, 4: 5}
    assert Tally.objects.filter(day=timezone.localdate()).count() == 2


@pytest.mark.django_db
def test_what_was_rolled_back_was_not_counted():
    with transaction.atomic():
        count("claims")
        transaction.set_rollback(True)

    assert fold_tallies() == 0


@pytest.mark.django_db
def test_a_cancelled_work_order_is_not_scored():
    work_order = make_work_order()

    release.cancel_work_order(work_order_id=work_order.pk, reason="changed mind", actor=None)

    fold_tallies()
    assert not Tally.objects.filter(measure="finished").exists()
