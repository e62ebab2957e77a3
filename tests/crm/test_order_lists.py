"""The lists of orders: what narrows them and what finds one."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from config.demo.people import PASSWORD, seed_people
from config.kernel.admin import CappedPaginator
from shop.finding import Wanted, dialled, wanted
from shop.models import Customer, Order
from shop.states import OrderStatus
from tests.factories.mes import make_workshop
from tests.factories.shop import make_order

pytestmark = pytest.mark.django_db
LIST = "/crm/shop/order/"


@pytest.fixture
def seller(client):
    make_workshop()
    seed_people()
    client.login(username="seller@karat.example", password=PASSWORD)
    return client


def _order(**columns):
    order = make_order()
    Order.objects.filter(pk=order.pk).update(**columns)
    order.refresh_from_db()
    return order


def _found(client, query):
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    return [order.reference for order in answer.context["cl"].result_list]


@pytest.mark.parametrize(
    ("search", "kind", "text"),
    [
        ("K-7KQ2-M9XA-3F", "reference", "K-7KQ2-M9XA-3F"),
        (" k7kq2m9xa3f ", "reference", "K-7KQ2-M9XA-3F"),
        ("vera@karat", "email", "vera@karat"),
        ("+47 (912) 34-56", "phone", "+479123456"),
        ("0047 912", "phone", "+47912"),
        ("Vera  Holm", "name", "Vera Holm"),
        ("a\x00b", "name", "ab"),
        ("K-7KQ2", "name", "K-7KQ2"),
    ],
)
def test_the_shape_of_a_search_says_what_is_meant(search, kind, text):
    assert wanted(search) == Wanted(kind, text)


def test_a_phone_is_kept_as_it_is_dialled():
    assert [dialled(text) for text in ("+7 916 123-45-67", "8 (916) 123 45 67", "0049 30 1", "")] == [
        "+79161234567",
        "89161234567",
        "+49301",
        "",
    ]


@pytest.mark.parametrize("search", ["ANNA@", "anna@karat.example", "Holm", "anna ho", "%2B4791", "{reference}"])
def test_an_order_is_found_by_reference_e_mail_phone_or_name(seller, search):
    found = _order(name="Anna Holm", email="anna@karat.example", phone="+4791234567")
    _order(name="Boris", email="boris@karat.example", phone="+74951234567")

    assert _found(seller, f"q={search.format(reference=found.reference.lower())}") == [found.reference]


def test_a_search_that_fits_nothing_finds_nothing(seller):
    _order()

    assert _found(seller, "q=K-2222-2222-22") == []
    assert _found(seller, "q=%00") != []  # nothing was typed that could be looked for


def test_each_filter_keeps_what_it_says(seller):
    plain = _order(country="DE", status=OrderStatus.DELIVERED, tracking_number="1")
    other = _order(country="NO", payment_status="paid", placed_at=timezone.now() - timedelta(days=40))
    today = timezone.localdate()

    assert _found(seller, "country=NO") == [other.reference]
    assert _found(seller, "payment=unpaid") == [plain.reference]
    assert _found(seller, "status__exact=delivered") == [plain.reference]
    assert _found(seller, f"placed_at_from={today:%Y-%m-%d}&placed_at_to={today:%Y-%m-%d}") == [plain.reference]
    assert _found(seller, f"placed_at_to={today - timedelta(days=39):%Y-%m-%d}") == [other.reference]
    alloy = other.lines.get().alloy_id
    assert _found(seller, f"alloy={alloy}") == [plain.reference, other.reference]
    assert _found(seller, "alloy=x&country=ZZ&payment=x&due=x&placed_at_from=x") == [plain.reference, other.reference]


def test_orders_at_risk_come_with_the_most_urgent_first(seller):
    today = timezone.localdate()
    late = _order(promised_on=today - timedelta(days=1))
    soon = _order(promised_on=today + timedelta(days=2))
    _order(promised_on=today + timedelta(days=3))
    _order(promised_on=today, status=OrderStatus.READY)

    assert _found(seller, "due=at_risk") == [late.reference, soon.reference]
    assert _found(seller, "due=late") == [late.reference]


def test_a_searched_and_narrowed_list_costs_the_same_with_more_rows(seller, assert_flat_queries):
    def more():
        for _ in range(3):
            _order(promised_on=timezone.localdate())

    more()
    alloy = Order.objects.first().lines.get().alloy_id

    for query in ("q=vera", f"due=at_risk&country=NO&alloy={alloy}"):
        assert_flat_queries(lambda query=query: seller.get(f"{LIST}?{query}"), more)


def test_nobody_but_sellers_reads_the_lists(seller, client):
    for role, status in (("planner", 302), ("customer", 302), ("operator", 302), ("seller", 200)):
        client.login(username=f"{role}@karat.example", password=PASSWORD)
        assert client.get(LIST).status_code == status
        assert client.get("/crm/crm/orderexception/").status_code == status


def _plan(rows):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # an almost empty table is read whole; a long one isn't
    return rows.explain()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("search", "index"),
    [
        ("anna@kar", "order_email_prefix"),
        ("+4791", "order_phone_prefix"),
        ("holm", "order_name_trigram"),
        ("K-7KQ2-M9XA-3F", "shop_order_reference"),
    ],
)
def test_a_search_among_orders_is_answered_by_its_index(search, index):
    assert index in _plan(Order.objects.searched(search).newest_first())


@pytest.mark.postgres
def test_a_search_among_customers_is_answered_by_its_index():
    assert "customer_name_trigram" in _plan(Customer.objects.found_by("holm"))
    assert "customer_phone_prefix" in _plan(Customer.objects.found_by("+4791"))


@pytest.mark.postgres
def test_the_filters_are_answered_by_their_indexes():
    from crm.selectors import in_alloy

    assert "order_by_country" in _plan(Order.objects.filter(country="NO").newest_first())
    assert "order_by_payment" in _plan(Order.objects.filter(payment_status="paid").newest_first())
    at_risk = Order.objects.at_risk(timezone.localdate()).order_by("promised_on", "pk")
    assert "order_unfinished" in _plan(at_risk)
    assert "order_line_of_alloy" in _plan(Order.objects.filter(pk__in=in_alloy(1)))


def test_the_group_of_seniors_is_there():
    assert Group.objects.filter(name="senior seller").exists()


def test_a_count_that_stopped_at_its_bound_says_so(client, monkeypatch):
    monkeypatch.setattr(CappedPaginator, "bound", 2)
    make_workshop()
    seed_people()
    client.login(username="seller@karat.example", password=PASSWORD)
    for many in (1, 2):
        make_order()
        page = client.get(reverse("sellers:shop_order_changelist")).content.decode()
        assert ("the first 2; search" in page) == (many == 2)
        assert "Show all" not in page
