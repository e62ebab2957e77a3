"""Partner managers and planners at work, by the pages they use."""

import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import reverse

from external_orders.models import ExternalOrder, Partner, PartnerKey, WebhookDelivery
from external_orders.services.inquiries import answer_question, request_cancellation
from external_orders.services.keys import authenticate
from external_orders.services.statuses import move_external_order
from tests.factories.external_orders import make_endpoint, make_order, make_partner, make_person

pytestmark = pytest.mark.django_db


def _client_of(group: str) -> Client:
    client = Client()
    client.force_login(make_person(group))
    return client


def _url(model: str, action: str = "change", *args: object) -> str:
    return reverse(f"operators:external_orders_{model}_{action}", args=args)


def test_a_partner_manager_issues_a_key_that_is_shown_once(partner: Partner) -> None:
    client = _client_of("partner manager")
    url = _url("partner", "issue_key", partner.pk)
    asked = client.get(url)
    issued = client.post(url)

    plain = re.search(r'<code id="partner-key"[^>]*>([^<]+)</code>', issued.content.decode())
    assert plain is not None
    key = authenticate(plain=plain[1])
    assert key is not None
    assert key.partner == partner
    assert "partner-key" not in asked.content.decode()
    assert "no-store" in issued["Cache-Control"]
    for page in (_url("partner", "change", partner.pk), _url("partnerkey", "change", key.pk), url):
        assert plain[1][18:] not in client.get(page).content.decode()


def test_a_partner_manager_adds_a_partner_and_changes_his_limit() -> None:
    client = _client_of("partner manager")
    inline = {"keys-TOTAL_FORMS": "0", "keys-INITIAL_FORMS": "0"}
    form = {"name": "Nordlys AS", "is_active": "on", "currency": "EUR", "most_amount": "500.00"} | inline
    client.post(_url("partner", "add"), form)
    partner = Partner.objects.get()

    client.post(_url("partner", "change", partner.pk), form | {"most_amount": "900.00"})

    partner.refresh_from_db()
    assert partner.most_amount == Decimal("900.00")


def test_a_partner_manager_revokes_a_key_by_typing_its_prefix(partner: Partner) -> None:
    client = _client_of("partner manager")
    client.post(_url("partner", "issue_key", partner.pk))
    key = PartnerKey.objects.get()
    client.post(_url("partnerkey", "revoke", key.pk), {"text": "wrong"})
    key.refresh_from_db()
    assert key.revoked_at is None

    client.post(_url("partnerkey", "revoke", key.pk), {"text": key.prefix})

    key.refresh_from_db()
    assert key.revoked_at is not None


def test_a_planner_confirms_what_waits_and_ships_what_is_ready(partner: Partner) -> None:
    Partner.objects.update(most_amount=Decimal("1.00"))
    order = make_order(Partner.objects.get())
    client = _client_of("planner")

    client.post(_url("externalorder", "confirm", order.pk), {"text": "spoken to them"})
    order.refresh_from_db()
    assert order.status == "confirmed"
    for status in ("in_production", "ready"):
        move_external_order(order_id=order.pk, to=status)
    client.post(_url("externalorder", "ship", order.pk), {"text": "NO-1"})

    order.refresh_from_db()
    assert (order.status, order.tracking_number) == ("shipped", "NO-1")
    assert order.log.last().actor is not None


def test_a_refused_decision_is_told_and_changes_nothing(partner: Partner) -> None:
    order = make_order(partner)

    answer = _client_of("planner").post(_url("externalorder", "reject", order.pk), {"text": "no"}, follow=True)

    assert answer.status_code == 200
    assert any("rejected" in str(message) for message in answer.context["messages"])
    order.refresh_from_db()
    assert order.status == "confirmed"


def test_every_page_opens(partner: Partner) -> None:
    make_endpoint(partner, "http://127.0.0.1:9/")
    order = make_order(partner)
    client = _client_of("partner manager")
    client.post(_url("partner", "issue_key", partner.pk))
    rows = {
        "partner": partner.pk,
        "partnerkey": PartnerKey.objects.get().pk,
        "externalorder": order.pk,
        "webhookendpoint": partner.endpoints.get().pk,
        "webhookdelivery": WebhookDelivery.objects.first().pk,
    }

    for model, pk in rows.items():
        assert client.get(_url(model, "changelist")).status_code == 200, model
        assert client.get(_url(model, "change", pk)).status_code == 200, model
    for action in ("confirm", "reject", "ship", "cancel"):
        assert client.get(_url("externalorder", action, order.pk)).status_code == 200
    found = client.get(_url("externalorder", "changelist"), {"q": order.reference, "partner": partner.pk})
    assert order.reference in found.content.decode()
    assert partner.endpoints.get().secret not in client.get(_url("webhookendpoint", "change", 1)).content.decode()


def test_the_list_of_orders_costs_the_same_at_any_length(partner: Partner, assert_flat_queries) -> None:
    make_order(partner)
    client = _client_of("planner")

    assert_flat_queries(
        lambda: client.get(_url("externalorder", "changelist")), lambda: [make_order(partner) for _ in range(5)]
    )


@pytest.mark.parametrize("group", ["planner", "operator"])
def test_only_who_may_issues_keys(partner: Partner, group: str) -> None:
    answer = _client_of(group).post(_url("partner", "issue_key", partner.pk))

    assert answer.status_code in {302, 403}
    assert not PartnerKey.objects.exists()


def test_an_operator_sees_nothing_of_partners(partner: Partner) -> None:
    order = make_order(partner)
    client = _client_of("operator")

    for model, pk in (("externalorder", order.pk), ("partner", partner.pk)):
        assert client.get(_url(model, "changelist")).status_code in {302, 403}
        assert client.get(_url(model, "change", pk)).status_code in {302, 403}
    client.post(_url("externalorder", "cancel", order.pk), {"text": "x"})
    assert ExternalOrder.objects.get().status == "confirmed"
    assert not Group.objects.get(name="operator").permissions.filter(content_type__app_label="external_orders").exists()


def test_a_status_is_no_form_field(partner: Partner) -> None:
    order = make_order(make_partner())

    answer = _client_of("partner manager").post(_url("externalorder", "change", order.pk), {"status": "shipped"})

    assert answer.status_code == 403
    order.refresh_from_db()
    assert order.status == "confirmed"


def _shown_key(answer) -> str:
    shown = re.search(r'<code id="partner-key"[^>]*>([^<]+)</code>', answer.content.decode())
    assert shown is not None
    return shown[1]


def test_a_key_is_issued_for_tests_with_the_scopes_that_were_chosen(partner: Partner) -> None:
    asked = {"is_test": "on", "scopes": ["orders:read", "events:read"], "days": "30"}
    key = authenticate(
        plain=_shown_key(_client_of("partner manager").post(_url("partner", "issue_key", partner.pk), asked))
    )

    assert key is not None
    assert (key.livemode, key.scopes) == (False, ["orders:read", "events:read"])
    assert 29 <= (key.expires_at - key.created_at).days <= 30


def test_a_key_ends_after_a_year_when_nothing_else_is_said(partner: Partner) -> None:
    key = authenticate(plain=_shown_key(_client_of("partner manager").post(_url("partner", "issue_key", partner.pk))))

    assert key is not None
    assert 364 <= (key.expires_at - key.created_at).days <= 365


def test_a_key_is_replaced_with_an_overlap(partner: Partner) -> None:
    client = _client_of("partner manager")
    old = _shown_key(client.post(_url("partner", "issue_key", partner.pk)))
    url = _url("partnerkey", "rotate", PartnerKey.objects.get().pk)
    new = _shown_key(client.post(url, {"hours": "2"}))

    assert authenticate(plain=old) is not None
    assert authenticate(plain=new) is not None
    assert "partner-key" not in client.post(url, {"hours": "soon"}).content.decode()
    assert PartnerKey.objects.count() == 2


def test_a_planner_asks_and_decides_on_what_the_partner_wants(partner: Partner) -> None:
    order = make_order(partner)
    client = _client_of("planner")
    client.post(_url("externalorder", "ask_partner", order.pk), {"text": "Inside or outside?"})
    answer_question(order_id=order.pk, text="Inside, please")

    waiting = client.get(_url("waitingexternalorder", "changelist")).content.decode()
    page = client.get(_url("externalorder", "change", order.pk)).content.decode()
    assert order.reference in waiting
    assert "Inside, please" in re.findall(r"(?s)<td[^>]*field-answer[^>]*>(.*?)</td>", page)[0]
    client.post(_url("externalorder", "resume", order.pk), {"text": "clear"})
    order.refresh_from_db()
    assert order.status_detail == ""

    with transaction.atomic():
        request_cancellation(order, wish="", via="key")
    client.post(_url("externalorder", "accept_cancellation", order.pk), {"text": "melted down", "fee": "12.50"})
    order.refresh_from_db()
    assert (order.status, order.inquiries.last().fee) == ("cancelled", Decimal("12.50"))


def _offered(client: Client, order: ExternalOrder) -> set[str]:
    page = client.get(_url("externalorder", "change", order.pk)).content.decode()
    return set(re.findall(rf"externalorder/{order.pk}/(\w+)/", page)) - {"change", "delete", "history"}


def test_only_what_can_be_decided_now_is_offered(partner: Partner) -> None:
    order = make_order(partner)
    client = _client_of("planner")
    assert _offered(client, order) == {"ask_partner", "cancel"}
    client.post(_url("externalorder", "ask_partner", order.pk), {"text": "?"})
    assert _offered(client, order) == {"resume", "cancel"}
    client.post(_url("externalorder", "resume", order.pk), {"text": "clear"})
    for status in ("in_production", "ready"):
        move_external_order(order_id=order.pk, to=status)
    assert _offered(client, order) == {"ship"}


def test_a_planner_sends_again_what_an_endpoint_missed_and_reads_what_was_told(partner: Partner) -> None:
    endpoint = make_endpoint(partner, "http://127.0.0.1:9/")
    order = make_order(partner)
    WebhookDelivery.objects.update(status="failed", attempts=12)
    client = _client_of("partner manager")

    client.post(_url("webhookendpoint", "replay_failed", endpoint.pk), {"hours": "24"})

    assert set(WebhookDelivery.objects.values_list("status", "attempts")) == {("pending", 0)}
    page = client.get(_url("webhookdelivery", "change", WebhookDelivery.objects.first().pk)).content.decode()
    assert order.public_id in page


def test_a_partner_manager_binds_a_key_to_addresses(partner: Partner) -> None:
    client = _client_of("partner manager")
    client.post(_url("partner", "issue_key", partner.pk), {"networks": "192.0.2.7, 2001:db8::/32"})
    key = PartnerKey.objects.get()
    assert key.networks == ["192.0.2.7/32", "2001:db8::/32"]

    client.post(_url("partnerkey", "restrict", key.pk), {"text": ""})

    key.refresh_from_db()
    assert key.networks == []


def test_a_mistyped_network_issues_no_key_and_is_told(partner: Partner) -> None:
    answer = _client_of("partner manager").post(_url("partner", "issue_key", partner.pk), {"networks": "192.0.2.300"})

    assert answer.status_code == 200
    assert "192.0.2.0/24" in answer.content.decode()
    assert not PartnerKey.objects.exists()
