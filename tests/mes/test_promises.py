"""What is promised to a buyer, from the pieces and the live queue. The arithmetic alone is in test_promising."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import cache

from mes.errors import NoRouting
from mes.models import Operation, RoutingStep, WorkContent
from mes.selectors import chance_for, chance_of, content_of, promise_for, promise_of
from mes.services.release import expedite_work_order
from tests.factories.mes import make_work_order, make_workshop
from tests.factories.pricing import make_quote
from tests.factories.shop import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_memory():
    cache.clear()


def _day(**content) -> date:
    return promise_of(kind="ring", content=WorkContent(**content), is_binding=True).day


def test_stones_mass_surface_and_engraving_each_put_the_date_off():
    make_workshop()
    plain = _day()

    assert _day(stones=300) > plain
    assert _day(mass_g=Decimal(5_000)) > plain
    assert _day(area_cm2=Decimal(5_000)) > plain
    assert _day(is_engraved=True, quantity=40) > _day(quantity=40)


def test_a_quote_tells_the_workshop_what_its_piece_asks_for():
    quote = make_quote(quantity=3, engraving="for ever")

    content = content_of(quote)

    figures = quote.measurement.figures
    assert (content.quantity, content.is_engraved, content.colour) == (3, True, "yellow")
    assert content.mass_g == quote.cast_mass_g
    assert content.area_cm2 == Decimal(str(figures["area_mm2"])) / 100


def test_an_engraved_piece_passes_the_engraver_and_a_plain_one_does_not():
    engraved, plain = make_work_order(engraving="for ever"), make_work_order()

    assert engraved.operations.filter(kind="engrave").count() == 1
    assert not plain.operations.filter(kind="engrave").exists()


def test_the_pieces_of_an_order_wait_for_each_other():
    make_workshop()
    RoutingStep.objects.update(run_minutes=400)
    quotes = [make_quote() for _ in range(12)]

    assert promise_for(quotes, is_binding=True).day > promise_for(quotes[:1], is_binding=True).day


def test_rush_waits_behind_rush_alone_and_everything_else_behind_both():
    ordinary, rush = make_work_order(), make_work_order(is_rush=True)
    empty = make_day()

    Operation.objects.filter(work_order=ordinary).update(planned_minutes=20_000)
    behind_ordinary = make_day()
    Operation.objects.filter(work_order=rush).update(planned_minutes=20_000)
    behind_both = make_day()

    assert empty["rush"] == behind_ordinary["rush"] < behind_both["rush"]
    assert empty["other"] < behind_ordinary["other"] < behind_both["other"]
    assert behind_both["rush"] < behind_both["other"]


def make_day() -> dict[str, date]:
    promises = {name: promise_for([make_quote(rush=name == "rush")], is_binding=True) for name in ("rush", "other")}
    return {name: promise.day for name, promise in promises.items()}


def test_the_rush_piece_of_an_order_does_not_wait_for_the_others_in_its_basket():
    make_workshop()
    RoutingStep.objects.update(run_minutes=4_000)
    first = [make_quote() for _ in range(6)]
    rush = make_quote(rush=True)

    with_rush = chance_for([*first, rush], promise_for([rush], is_binding=True).day)
    alone = chance_for([rush], promise_for([rush], is_binding=True).day)

    assert alone.probability >= 90
    assert with_rush.probability < 50  # the others need longer


def test_an_expedited_work_order_is_surer_of_its_day_at_once():
    crowd, mine = make_work_order(), make_work_order(days=12)
    Operation.objects.filter(work_order=crowd).update(planned_minutes=9_000)
    cache.clear()
    before = chance_of([mine], mine.due_on).probability

    expedite_work_order(work_order_id=mine.pk, reason="a birthday", actor=None)
    cache.clear()

    assert chance_of([mine], mine.due_on).probability > before


def test_a_piece_that_nobody_knows_how_to_make_gets_no_promise():
    with pytest.raises(NoRouting):
        promise_for([make_quote()])


def test_a_change_of_load_changes_the_next_promise_and_none_that_was_given():
    order, work_order = make_order(), make_work_order()
    given = (order.promised_on, work_order.promised_on, work_order.expected_on)

    Operation.objects.update(planned_minutes=60_000)

    assert make_order().promised_on > order.promised_on
    order.refresh_from_db()
    work_order.refresh_from_db()
    assert (order.promised_on, work_order.promised_on, work_order.expected_on) == given


def test_a_page_may_show_what_was_true_a_minute_ago_and_an_order_may_not():
    make_work_order()
    content = WorkContent()
    before = promise_of(kind="ring", content=content)

    Operation.objects.update(planned_minutes=100_000)

    assert promise_of(kind="ring", content=content) == before
    assert promise_of(kind="ring", content=content, is_binding=True).day > before.day


def test_a_promise_costs_the_same_for_one_piece_and_for_twelve(assert_flat_queries):
    make_workshop()
    quotes = [make_quote()]

    assert_flat_queries(
        lambda: promise_for(list(quotes), is_binding=True), lambda: quotes.extend(make_quote() for _ in range(11))
    )
