"""Every deed × everybody: who may does it, everybody else is refused and nothing has changed."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from config.demo.people import PASSWORD, seed_people
from crm.admin.deeds import OFFERED
from crm.models import LineChange, RefundNote, Review, RuleSet
from crm.services import changes, reviews
from mes.models import WorkOrder
from shop.models import Order, OrderLog, OrderMessage
from tests.factories.crm import make_draft, stop_everything
from tests.factories.mes import make_workshop
from tests.factories.shop import make_basket_line, make_customer, make_order

pytestmark = pytest.mark.django_db

OUTSIDERS = ["nobody", "customer", "operator", "planner", "partners"]
SELLERS = ["seller", "senior"]
# Of each deed: how the order stands before, and what is written in the form besides the text.
DEEDS = {
    "approve": ("exception", {}),
    "apply_rules_again": ("exception", {}),
    "ask_customer": ("exception", {}),
    "hold": ("exception", {}),
    "resume": ("held", {}),
    "change_line": (
        "exception",
        lambda order: {"line_id": _first(order), "size": "18", "finish": "matte", "quantity": 2},
    ),
    "take_price": ("priced", lambda order: {"chosen": f"{_change().pk} {_change().quote.gross}"}),
    "drop_change": ("priced", lambda order: {"change_id": _change().pk}),
    "split": ("exception", lambda order: {"line_ids": [_first(order)]}),
    "change_date": ("in work", lambda order: {"promised_on": timezone.localdate() + timedelta(days=40)}),
    "expedite": ("in work", {}),
    "reject": ("in work", {}),
    "refund": ("paid", {"amount": "5.00"}),
    "ship": ("ready", {}),
    "deliver": ("shipped", {}),
}  # fmt: skip
SENIOR_ONLY = {"refund"}


def _first(order):
    return order.lines.first().pk


def _change():
    return LineChange.objects.select_related("quote").get()


@pytest.fixture
def people(client):
    make_workshop()
    seed_people()
    return client


def _enter(client, name):
    client.logout()
    if name != "nobody":
        assert client.login(username=f"{name}@karat.example", password=PASSWORD)


def _order(state, run_tasks):
    """An order of two lines as a deed finds it."""
    customer = make_customer()
    make_basket_line(customer)
    order = make_order(customer)
    if state in {"exception", "priced"}:
        stop_everything()
    reviews.review_order(order_id=order.pk)
    seller = User.objects.get(username="seller@karat.example")
    if state == "held":
        reviews.hold_order(order_id=order.pk, reason="wait", actor=seller)
    if state == "priced":
        asked = {"size": "18", "finish": "matte", "quantity": 2, "reason": "asked"}
        changes.request_line_change(order_id=order.pk, line_id=_first(order), actor=seller, **asked)
        run_tasks()
    stored = {"paid": {"payment_status": "paid"}, "ready": {"status": "ready"}}
    stored["shipped"] = {"status": "shipped", "tracking_number": "1Z"}
    if state in stored:
        Order.objects.filter(pk=order.pk).update(**stored[state])
    return order


def _everything():
    """All that a deed could change, as values."""
    tables = (Order, OrderLog, OrderMessage, Review, LineChange, RefundNote, WorkOrder)
    return [list(table.objects.order_by("pk").values()) for table in tables] + [_queued()]


def _queued():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_q_ormq")
        return cursor.fetchone()


def _do(client, deed, order):
    asked = DEEDS[deed][1]
    form = {"text": "for good reason"} | (asked(order) if callable(asked) else asked)
    return client.post(reverse(f"sellers:shop_order_{deed}", args=[order.pk]), form)


def test_every_deed_is_tried():
    assert set(DEEDS) == set(OFFERED)


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_is_done_by_those_who_may_and_refused_to_all_others(people, run_tasks, deed):
    order = _order(DEEDS[deed][0], run_tasks)
    before = _everything()

    refused = [*OUTSIDERS, *(["seller"] if deed in SENIOR_ONLY else [])]
    for name in refused:
        _enter(people, name)
        before_try = _everything()
        answer = _do(people, deed, order)
        assert answer.status_code in {302, 403}, name
        assert answer.status_code == 403 or "/login/" in answer.url, name
        assert _everything() == before_try, name
    assert _everything() == before
    _enter(people, "senior" if deed in SENIOR_ONLY else "seller")
    done = _do(people, deed, order)

    assert done.status_code == 302
    assert done.url == reverse("sellers:shop_order_change", args=[order.pk])
    assert _everything() != before
    assert OrderLog.objects.latest("pk").actor.username.startswith(("seller", "senior"))


def test_a_deed_without_a_reason_is_not_done(people, run_tasks):
    order = _order("exception", run_tasks)
    _enter(people, "seller")
    before = _everything()

    for deed in sorted(set(OFFERED) - {"take_price", "drop_change"}):
        people.post(reverse(f"sellers:shop_order_{deed}", args=[order.pk]), {"text": " "})

    assert _everything() == before


def test_a_button_is_shown_only_where_it_leads_to_something(people, run_tasks):
    order = _order("in work", run_tasks)
    _enter(people, "seller")

    page = people.get(reverse("sellers:shop_order_change", args=[order.pk])).content.decode()

    shown = {deed for deed in OFFERED if reverse(f"sellers:shop_order_{deed}", args=[order.pk]) in page}
    assert shown == {"ask_customer", "hold", "resume", "change_date", "expedite", "reject"}


def test_a_status_is_no_field_of_a_form(people, run_tasks):
    order = _order("exception", run_tasks)
    _enter(people, "senior")

    answer = people.post(reverse("sellers:shop_order_change", args=[order.pk]), {"status": "approved", "gross": "1"})

    assert answer.status_code == 403
    assert Order.objects.get(pk=order.pk).status == "exception"


@pytest.mark.parametrize("name", ["operator", "planner", "partners", "customer", "nobody"])
def test_outsiders_reach_neither_orders_nor_customers_nor_rules(people, name):
    order, draft = make_order(), make_draft()
    _enter(people, name)

    for page in (
        reverse("sellers:shop_order_changelist"),
        reverse("sellers:shop_order_change", args=[order.pk]),
        reverse("sellers:crm_orderexception_changelist"),
        reverse("sellers:shop_customer_changelist"),
        reverse("sellers:shop_customer_change", args=[order.customer_id]),
        reverse("sellers:crm_ruleset_changelist"),
        reverse("sellers:crm_ruleset_change", args=[draft.pk]),
        reverse("sellers:crm_ruleset_try_out", args=[draft.pk]),
    ):
        assert people.get(page).status_code in {302, 403}, page
    for deed in ("publish", "copy"):
        people.post(reverse(f"sellers:crm_ruleset_{deed}", args=[draft.pk]), {"text": "mine"})
    assert RuleSet.objects.count() == 2
    assert not RuleSet.objects.get(pk=draft.pk).is_published


@pytest.mark.parametrize("name", SELLERS)
def test_sellers_cannot_reach_price_lists(people, name):
    _enter(people, name)

    assert people.get(reverse("sellers:pricing_pricelist_changelist")).status_code == 403
    assert people.get(reverse("sellers:pricing_pricelist_add")).status_code == 403


def test_a_senior_seller_publishes_rules(people):
    draft = make_draft()
    _enter(people, "senior")

    people.post(reverse("sellers:crm_ruleset_publish", args=[draft.pk]), {"text": "Christmas"})

    assert RuleSet.objects.get(pk=draft.pk).is_published
