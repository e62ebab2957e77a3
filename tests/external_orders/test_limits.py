"""A partner's limits, as a table; and what waits for a planner."""

from decimal import Decimal
from functools import partial

import pytest
from django.urls import reverse

from external_orders.limits import Facts, Limits, reasons_to_wait
from external_orders.models import ExternalOrder, Partner
from external_orders.services.acceptance import ShipTo, accept_external_order
from external_orders.words import words_of
from mes.models import WorkOrder
from pricing.models import Alloy
from tests.factories.external_orders import SHIP_TO, make_order, make_partner, make_person, make_quote, work_of
from tests.factories.mes import make_work_order
from tests.factories.pricing import make_rates

LIMITS = {"currency": "EUR", "most_amount": Decimal(500)}
FACTS = {
    "currency": "EUR",
    "amount": Decimal(400),
    "pieces": 3,
    "alloys": frozenset({"ag925"}),
    "open_amount": Decimal(0),
    "are_designs_certain": True,
}


@pytest.mark.parametrize(
    ("limits", "facts", "codes"),
    [
        ({}, {}, []),
        ({}, {"amount": Decimal(500)}, []),
        ({}, {"amount": Decimal("500.01")}, ["amount_over_limit"]),
        ({}, {"amount": Decimal(0)}, ["amount_over_limit"]),
        ({}, {"amount": Decimal(-1)}, ["amount_over_limit"]),
        ({}, {"currency": "NOK", "amount": Decimal(9999)}, ["other_currency"]),
        ({"most_pieces": 3}, {}, []),
        ({"most_pieces": 2}, {}, ["too_many_pieces"]),
        ({"alloys": frozenset({"ag925", "pt950"})}, {}, []),
        ({"alloys": frozenset({"pt950"})}, {}, ["alloy_not_agreed"]),
        ({"credit": Decimal(400)}, {}, []),
        ({"credit": Decimal(400)}, {"open_amount": Decimal("0.01")}, ["credit_exceeded"]),
        ({}, {"are_designs_certain": False}, ["design_doubtful"]),
        ({"most_pieces": 0, "credit": Decimal(0)}, {}, ["too_many_pieces", "credit_exceeded"]),
    ],
)
def test_what_keeps_within_the_limits_waits_for_nobody(limits: dict, facts: dict, codes: list[str]) -> None:
    reasons = reasons_to_wait(Limits(**LIMITS | limits), Facts(**FACTS | facts))

    assert [one["code"] for one in reasons] == codes
    assert all(one["code"] not in words_of(one) for one in reasons)


@pytest.mark.django_db
def test_open_orders_use_up_the_credit_and_cancelled_ones_dont() -> None:
    amount = make_order().gross
    partner = make_partner(credit_limit=amount * 2)
    first, second, third = (make_order(partner) for _ in range(3))
    ExternalOrder.objects.filter(pk=first.pk).update(status="cancelled")

    assert [one.status for one in (first, second, third)] == ["confirmed", "confirmed", "received"]
    assert [one["code"] for one in third.waits_for] == ["credit_exceeded"]
    ExternalOrder.objects.filter(pk=third.pk).update(status="cancelled")
    assert make_order(partner).status == "confirmed"


@pytest.mark.django_db
def test_an_alloy_that_wasnt_agreed_on_waits() -> None:
    make_rates()
    partner = make_partner()
    partner.alloys.add(Alloy.objects.get(code="ag925"))

    assert make_order(partner, alloy="ag925").status == "confirmed"
    assert make_order(partner).waits_for == [{"code": "alloy_not_agreed", "detail": "au585-yellow"}]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_orders_at_once_dont_both_use_up_the_credit(at_once, migrated_rows) -> None:
    amount = make_order().gross
    partner = make_partner(credit_limit=amount)
    quotes = [make_quote(partner).public_id for _ in range(4)]

    def order(quote_id: str) -> str:
        ship_to = ShipTo(**SHIP_TO)
        asked = {"partner": Partner.objects.get(pk=partner.pk), "livemode": True, "ship_to": ship_to, "via": "test"}
        return accept_external_order(**asked, quote_id=quote_id, reference=quote_id).status

    outcomes = at_once(*[partial(order, quote) for quote in quotes])

    assert sorted(outcomes) == ["confirmed", "received", "received", "received"]


@pytest.fixture
def planner(client):
    client.force_login(make_person("planner"))
    return client


@pytest.mark.django_db
def test_what_waits_is_listed_oldest_first_with_its_reasons_and_leaves_when_it_is_decided(planner) -> None:
    partner = make_partner(most_amount=Decimal(1))
    old, new = make_order(partner), make_order(partner)
    url = reverse("operators:external_orders_waitingexternalorder_changelist")
    page = planner.get(url).content.decode()
    decide = reverse("operators:external_orders_waitingexternalorder_confirm", args=[old.pk])
    decided = planner.post(decide, {"text": "spoken to them"}, follow=True)

    assert page.index(old.reference) < page.index(new.reference)
    assert words_of(old.waits_for[0]).split(".")[0] in page.replace("&#x27;", "'")
    assert decided.status_code == 200
    assert "confirmed" in decided.content.decode()
    assert old.reference not in planner.get(url).content.decode()


@pytest.mark.django_db
def test_from_a_work_order_to_its_external_order_in_a_click_and_back(planner) -> None:
    order = make_order(make_partner(), reference="PO-CLICK")
    work_order = work_of(order)
    page = planner.get(reverse("operators:mes_workorder_change", args=[work_order.pk])).content.decode()
    way = reverse("operators:external_orders_externalorder_of_work_order", args=[work_order.pk])
    there = planner.get(way, follow=True).content.decode()

    assert way in page
    assert "PO-CLICK" not in page
    assert "PO-CLICK" in there
    assert reverse("operators:mes_workorder_change", args=[work_order.pk]) in there


@pytest.mark.django_db
def test_a_piece_that_no_partner_ordered_leads_back_with_a_word(planner) -> None:
    work_order = make_work_order()
    way = reverse("operators:external_orders_externalorder_of_work_order", args=[work_order.pk])

    answer = planner.get(way, follow=True)

    assert answer.redirect_chain[-1][0] == reverse("operators:mes_workorder_change", args=[work_order.pk])
    assert [str(one) for one in answer.context["messages"]] == ["No partner ordered this piece."]


@pytest.mark.django_db
def test_an_operator_cant_follow_a_work_order_to_its_partner(client) -> None:
    order = make_order()
    client.force_login(make_person("operator"))

    answer = client.get(reverse("operators:external_orders_externalorder_of_work_order", args=[work_of(order).pk]))

    assert answer.status_code == 302
    assert "external_orders" not in answer["Location"].split("?")[0]


@pytest.mark.django_db
def test_an_order_is_found_by_its_work_orders_reference_and_tests_are_apart(planner) -> None:
    live, test = make_order(make_partner()), make_order(make_partner(), livemode=False)
    url = reverse("operators:external_orders_externalorder_changelist")

    found = planner.get(url, {"q": WorkOrder.objects.get().reference}).content.decode()
    everything = planner.get(url).content.decode()

    assert live.reference in found
    assert test.reference not in everything
    assert test.reference in planner.get(url, {"mode": "test"}).content.decode()
