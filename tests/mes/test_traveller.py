"""The job card that goes with a piece."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import translation

from tests.factories.mes import make_operator, make_work_order, printing

pytest.importorskip("fpdf")
pytest.importorskip("segno")

from mes.selectors.travellers import traveller_of
from mes.traveller import Traveller, render

pytestmark = pytest.mark.django_db

CARD = Traveller("W-7KQ2-M9XA-3F", "1 × кольцо", (("Металл", "Жёлтое золото"),), "Не греть", (("литьё", "Литьё"),))


def test_a_traveller_printed_on_another_day_is_the_same_file():
    with time_machine.travel(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        monday = render(CARD)
    with time_machine.travel(datetime(2026, 6, 9, 15, tzinfo=UTC)):
        later = render(CARD)

    assert monday == later
    assert b"2026" not in monday


def test_a_long_instruction_goes_on_on_a_second_page():
    card = Traveller("W-7KQ2-M9XA-3F", "ring", (), "Mind the edge. " * 200, ())

    assert render(card).count(b"/Type /Page\n") > render(CARD).count(b"/Type /Page\n") == 1


def test_a_traveller_tells_how_a_piece_is_made_and_nothing_of_its_order():
    work_order = make_work_order(
        title="ring_20nov", stones="1 ruby", stone_count=1, engraving="A + O", instruction="Mind"
    )

    with translation.override("ru"):
        card = traveller_of(work_order)

    assert (card.reference, card.title, card.instruction) == (work_order.reference, "1 × кольцо", "Mind")
    assert ("Камни", "1 ruby") in card.facts
    assert ("Гравировка", "A + O") in card.facts
    assert [step for step, _centre in card.steps][3] == "закрепка"
    assert card.picture.startswith(b"\x89PNG")
    assert "ring_20nov" not in repr(card)


def test_operators_print_the_card_of_their_work_centres_and_planners_any(client, django_user_model):
    operator = make_operator()
    work_order = make_work_order()
    page = reverse("bench:traveller", args=[work_order.operations.order_by("sequence").first().pk])
    client.force_login(operator)

    answer = client.get(page)

    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Disposition"] == f'inline; filename="{work_order.reference}.pdf"'
    operator.operator.work_centres.remove(printing())
    assert client.get(page).status_code == 404
    planner = django_user_model.objects.create_user("petra", is_staff=True)
    planner.groups.add(Group.objects.get(name="planner"))
    client.force_login(planner)
    assert client.get(f"/mes/mes/workorder/{work_order.pk}/traveller/").content.startswith(b"%PDF-")
