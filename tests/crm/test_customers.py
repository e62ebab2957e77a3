"""Customers: found, noted, trusted, merged, exported, erased."""

import json
from dataclasses import asdict
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib.auth.models import User

from config.demo.people import PASSWORD, seed_people
from config.kernel.amounts import money
from config.kernel.errors import ReasonMissing
from config.kernel.personal import held_on
from crm.errors import LimitMissing, NoSuchCustomer, NoteEmpty
from crm.models import CustomerNote, CustomerStanding, RefundNote, Review
from crm.services import customers, reviews
from mes.models import WorkOrder
from shop.errors import (
    CustomerErased,
    CustomerMerged,
    NotConfirmed,
    OrderStillOpen,
    SameCustomer,
    StaffAccount,
    TwoAccounts,
)
from shop.models import Address, BasketLine, Customer, CustomerLog, Order, OrderMessage, Payment, QuoteRequest
from shop.services import merging
from shop.services.addresses import keep_address
from shop.services.customers import visitor
from shop.services.orders import write_message
from shop.services.personal import export_customer
from tests.factories.mes import make_workshop
from tests.factories.pricing import make_quote
from tests.factories.shop import a_delivery, make_basket_line, make_customer, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(django_user_model):
    return django_user_model.objects.create_user("sonja", is_staff=True)


@pytest.fixture
def site(client):
    make_workshop()
    seed_people()

    def sign_in(who):
        client.login(username=f"{who}@karat.example", password=PASSWORD)
        return client

    return sign_in


def _guest(email="vera@karat.example", **told):
    return Customer.objects.create(name="Vera", email=email, **told)


def _with_everything(customer, seller):
    """A row of every kind that may belong to a customer."""
    order = make_order(customer)
    make_basket_line(customer)
    keep_address(customer=customer, told=asdict(a_delivery()) | {"phone": "+47 91 23 45 67"})
    reviews.review_order(order_id=order.pk)
    write_message(customer=customer, reference=order.reference, text="for Anna, our daughter")
    customers.write_note(customer_id=customer.pk, text="prefers calls", actor=seller)
    customers.change_standing(customer_id=customer.pk, level="overdue", reason="invoice 7", actor=seller)
    RefundNote.objects.create(order=order, actor=seller, amount=5, reason="scratched for Anna")
    Payment.objects.create(order=order, variant="card", billing_first_name="Vera", message="calls")
    return order


def _close(order):
    Order.objects.filter(pk=order.pk).update(status="delivered", tracking_number="1Z-VERA")
    WorkOrder.objects.update(status="done", finished_at=order.placed_at)


def _to_customer():
    """Every model with a foreign key to a customer, and the key's name."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is Customer:
                yield model, field.name


# --- notes and standing ---------------------------------------------------------------------------------------------


def test_a_note_keeps_who_wrote_it(seller):
    vera = _guest()

    customers.write_note(customer_id=vera.pk, text=" prefers calls ", actor=seller)

    note = CustomerNote.objects.get()
    assert (note.text, note.author, note.customer) == ("prefers calls", seller, vera)
    with pytest.raises(NoteEmpty):
        customers.write_note(customer_id=vera.pk, text="  ", actor=seller)
    assert CustomerNote.objects.count() == 1


def test_a_standing_changes_with_a_reason_and_the_log_says_from_what_to_what(seller):
    vera = _guest()

    customers.change_standing(
        customer_id=vera.pk, level="trusted", limit=Decimal(9000), reason="ten years", actor=seller
    )
    customers.change_standing(customer_id=vera.pk, level="blocked", limit=Decimal(5), reason="fraud", actor=seller)

    standing = CustomerStanding.objects.get()
    assert (standing.level, standing.limit) == ("blocked", None)
    assert list(vera.log.values_list("detail", "reason", "actor__username")) == [
        ("normal → trusted 9000", "ten years", "sonja"),
        ("trusted 9000.00 → blocked", "fraud", "sonja"),
    ]


def test_a_standing_without_reason_or_limit_is_refused_and_changes_nothing(seller):
    vera = _guest()

    with pytest.raises(ReasonMissing):
        customers.change_standing(customer_id=vera.pk, level="blocked", reason=" ", actor=seller)
    for limit in (None, Decimal(0)):
        with pytest.raises(LimitMissing):
            customers.change_standing(customer_id=vera.pk, level="trusted", limit=limit, reason="x", actor=seller)

    assert not CustomerStanding.objects.exists()
    assert not vera.log.exists()


# --- merging --------------------------------------------------------------------------------------------------------


def test_a_merge_leaves_nothing_with_the_former_customer(seller):
    former, vera = _guest(phone="+4791"), make_customer("vera")
    order = _with_everything(former, seller)

    customers.merge_customers(customer_id=vera.pk, former_id=former.pk, reason="called us", actor=seller)

    left = {
        f"{model._meta.label}.{name}"
        for model, name in _to_customer()
        if model._default_manager.filter(**{name: former}).exists()
    }
    assert left == set()
    order.refresh_from_db(), former.refresh_from_db(), vera.refresh_from_db()
    assert (order.customer, former.merged_into, former.email, former.name) == (vera, vera, "", "")
    assert (vera.phone, vera.standing.level) == ("+4791", "overdue")
    merged = CustomerLog.objects.get(act="merged")
    assert (merged.customer, merged.actor, merged.reason) == (vera, seller, "called us")
    assert merged.detail == f"{former.pk} → {vera.pk}"


def test_an_account_goes_along_when_the_one_that_stays_has_none(seller):
    former, guest = make_customer("vera"), _guest()
    user = former.user

    customers.merge_customers(customer_id=guest.pk, former_id=former.pk, reason="same", actor=seller)

    guest.refresh_from_db()
    assert guest.user == user


def test_a_merge_that_makes_no_sense_is_refused_and_changes_nothing(seller):
    one, two, guest = make_customer(), make_customer(), _guest()
    gone = Customer.objects.create(merged_into=one)
    order = make_order(two)

    def merge(customer, former, reason="same"):
        return lambda: customers.merge_customers(
            customer_id=customer.pk, former_id=former.pk, reason=reason, actor=seller
        )

    for call, refusal in [
        (merge(one, two), TwoAccounts),
        (merge(one, one), SameCustomer),
        (merge(one, gone), CustomerMerged),
        (merge(gone, guest), CustomerMerged),
        (merge(one, guest, " "), ReasonMissing),
    ]:
        with pytest.raises(refusal):
            call()

    order.refresh_from_db()
    assert order.customer == two
    assert not CustomerLog.objects.exists()


def test_whom_to_merge_with_is_named_by_number_or_by_an_e_mail_that_only_one_has(seller):
    vera, guest = make_customer("vera"), _guest("other@karat.example")
    _guest("twice@karat.example"), _guest("twice@karat.example")

    def merge(other):
        customers.merge_found(customer_id=vera.pk, other=other, reason="same", actor=seller)

    for nobody in ("twice@karat.example", "nobody@karat.example", "9" * 18, "x\x00", str(vera.pk)):
        with pytest.raises(NoSuchCustomer):
            merge(nobody)
    merge("OTHER@karat.example")

    guest.refresh_from_db()
    assert guest.merged_into == vera


def test_what_a_page_stored_during_a_merge_is_brought_along(seller, run_tasks):
    former, vera = _guest(), make_customer("vera")
    customers.merge_customers(customer_id=vera.pk, former_id=former.pk, reason="same", actor=seller)
    late = QuoteRequest.objects.create(customer=former, quote=make_quote(), title="late")

    run_tasks()

    late.refresh_from_db()
    assert late.customer == vera
    customers.bring_along(customer_id=vera.pk, former_id=former.pk)
    merging.bring_along(customer_id=vera.pk, former_id=former.pk)


def test_the_browser_of_a_merged_guest_is_a_new_visitor(seller):
    former, vera = _guest(), make_customer("vera")
    customers.merge_customers(customer_id=vera.pk, former_id=former.pk, reason="same", actor=seller)

    assert visitor(former.key).pk not in {former.pk, vera.pk}


def test_a_blocked_guest_who_signs_in_stays_blocked(seller, run_tasks):
    from shop.services.customers import adopt_visitor

    guest, vera = _guest(), make_customer("vera")
    customers.change_standing(customer_id=guest.pk, level="blocked", reason="fraud", actor=seller)

    adopt_visitor(key=guest.key, user=vera.user)
    run_tasks()

    assert CustomerStanding.objects.get().customer == vera


# --- export ---------------------------------------------------------------------------------------------------------

# Where each model that points at a customer or at an order stands in the export, or why it doesn't. A new one is added
# here together with its part of the export (config/personal_data.py) and of the erasure (shop.services.personal).
EXPORTED = {
    "shop.Customer": "(merged_into) the shell of a former customer holds nothing",
    "shop.Address": "addresses",
    "shop.QuoteRequest": "quotes",
    "shop.BasketLine": "basket",
    "shop.Order": "orders",
    "shop.OrderLine": "orders.lines",
    "shop.OrderLog": "orders.log",
    "shop.OrderMessage": "orders.messages",
    "shop.OrderLetter": "orders.letters",
    "shop.Payment": "orders.payments",
    "shop.CustomerLog": "log",
    "crm.CustomerStanding": "standing",
    "crm.CustomerNote": "notes",
    "crm.Review": "decisions",
    "crm.RefundNote": "refunds",
    "crm.CountedOrder": "(order) sums without a person",
}


def _pointing_at_a_person():
    for model in apps.get_models():
        if model._meta.proxy:
            continue
        if any(field.is_relation and field.related_model in {Customer, Order} for field in model._meta.concrete_fields):
            yield model._meta.label


def test_every_model_that_points_at_a_customer_or_an_order_is_thought_of_in_the_export():
    assert set(_pointing_at_a_person()) == set(EXPORTED)


def test_the_export_has_everything(seller):
    vera = make_customer("vera")
    order = _with_everything(vera, seller)

    held = export_customer(customer_id=vera.pk, actor=seller)

    for label, path in EXPORTED.items():
        found = held
        if path.startswith("("):
            continue
        for name in path.split("."):
            found = found[0][name] if isinstance(found, list) else found[name]
        assert found, label
    assert held["account"]["email"] == "vera@karat.example"
    assert (held["orders"][0]["reference"], held["orders"][0]["gross"]) == (order.reference, order.gross)
    assert held["orders"][0]["messages"][0]["text"] == "for Anna, our daughter"
    assert held["notes"][0]["text"] == "prefers calls"
    assert [one["act"] for one in held["log"]] == ["standing", "exported"]
    assert vera.key not in json.dumps(held, default=str)


def test_the_export_holds_nothing_of_others(seller):
    vera, boris = make_customer("vera"), make_customer("boris")
    _with_everything(boris, seller)

    assert "boris" not in json.dumps(held_on(vera.pk), default=str)


# --- erasure --------------------------------------------------------------------------------------------------------


def test_an_erasure_leaves_amounts_dates_and_country_and_no_person(seller, run_tasks):
    vera = make_customer("vera")
    Customer.objects.filter(pk=vera.pk).update(name="Vera Holm", phone="+4791234567")
    order = _with_everything(vera, seller)
    Order.objects.filter(pk=order.pk).update(note="ring twice", phone="+4791234567")
    engraved = {"code": "engraved", "rule": "engraving", "detail": "ring: “for Anna”", "outcome": "warn"}
    Review.objects.update(note="Vera called", reasons=[engraved], warnings=[engraved])
    run_tasks()
    _close(order)
    before = Order.objects.values("net", "tax", "gross", "currency", "placed_at", "country", "reference").get()

    customers.erase_customer(customer_id=vera.pk, actor=seller)
    run_tasks()

    assert Order.objects.values(*before).get() == before
    held = json.dumps(held_on(vera.pk), default=str)
    words = "vera Vera Anna daughter 9123 street Oslo 0150 calls called twice my invoice 1Z"
    for personal in words.split():
        assert personal not in held, personal
    gone = (CustomerNote, CustomerStanding, BasketLine, Address)
    assert not any(model.objects.exists() for model in gone)
    assert set(WorkOrder.objects.values_list("title", "engraving", "instruction")) == {("erased", "", "")}
    user = User.objects.get(pk=vera.user_id)
    assert (user.username, user.email, user.first_name, user.is_active) == (f"erased-{user.pk}", "", "", False)
    assert not user.has_usable_password()
    last = vera.log.last()
    assert (last.act, last.actor, last.reason, last.detail) == ("erased", seller, "", "")
    assert OrderMessage.objects.get().text == ""


def test_an_erasure_is_refused_while_an_order_is_open_and_changes_nothing(seller):
    vera = make_customer("vera")
    order = make_order(vera)

    with pytest.raises(OrderStillOpen) as refused:
        customers.erase_customer(customer_id=vera.pk, actor=seller)

    assert order.reference in str(refused.value)
    order.refresh_from_db(), vera.refresh_from_db()
    assert (order.name, vera.email, vera.erased_at) == ("Vera", "vera@karat.example", None)


def test_an_erased_or_merged_customer_can_have_nothing_done_to_him(seller):
    vera, guest = make_customer("vera"), _guest()
    customers.erase_customer(customer_id=vera.pk, actor=seller)

    for call in (
        lambda: customers.erase_customer(customer_id=vera.pk, actor=seller),
        lambda: customers.merge_customers(customer_id=guest.pk, former_id=vera.pk, reason="x", actor=seller),
        lambda: customers.write_note(customer_id=vera.pk, text="x", actor=seller),
        lambda: customers.change_standing(customer_id=vera.pk, level="blocked", reason="x", actor=seller),
        lambda: make_order(vera),
    ):
        with pytest.raises(CustomerErased):
            call()


def test_who_works_here_is_not_erased(seller):
    with pytest.raises(StaffAccount):
        customers.erase_customer(customer_id=Customer.objects.create(user=seller, email="s@x.org").pk, actor=seller)


def test_an_erasure_needs_the_e_mail_typed(seller):
    vera = make_customer("vera")

    with pytest.raises(NotConfirmed):
        customers.erase_confirmed(customer_id=vera.pk, typed="vera", actor=seller)
    customers.erase_confirmed(customer_id=vera.pk, typed="Vera@karat.example ", actor=seller)

    vera.refresh_from_db()
    assert vera.erased_at is not None


# --- the pages ------------------------------------------------------------------------------------------------------


def test_a_customer_is_found_by_e_mail_phone_or_name_and_a_visitor_is_not_listed(site):
    vera = _guest("anna@karat.example", phone="+4791234567")
    Customer.objects.create()
    page = site("seller").get

    for search in ("anna@k", "+47 912", "VERA"):
        found = page("/crm/shop/customer/", {"q": search}).context["cl"].result_list
        assert vera.pk in {one.pk for one in found}
    listed = page("/crm/shop/customer/").context["cl"].result_list
    assert "" not in {one.email for one in listed}


def test_the_page_of_a_customer_tells_his_orders_what_he_spent_and_who_else_he_may_be(site, django_user_model):
    vera = make_customer("vera")
    order, cancelled = make_order(vera), make_order(vera)
    Order.objects.filter(pk=cancelled.pk).update(status="cancelled")
    guest = _guest()
    customers.write_note(customer_id=vera.pk, text="prefers calls", actor=django_user_model.objects.first())

    page = site("seller").get(f"/crm/shop/customer/{vera.pk}/change/").content.decode()

    assert order.reference in page
    assert order.lines.get().quote.measurement.picture_url in page
    assert f"2 orders · <strong>{money(order.gross, 'EUR')}</strong>" in " ".join(page.split())
    assert f"number {guest.pk}" in page
    assert "prefers calls" in page


def test_list_and_page_of_customers_cost_the_same_with_more_rows(site, assert_flat_queries, django_user_model):
    vera, author = make_customer("vera"), django_user_model.objects.first()
    client = site("seller")

    def more():
        for _ in range(2):
            _with_everything(vera, author)
            _guest()

    more()
    for path in ("/crm/shop/customer/", f"/crm/shop/customer/{vera.pk}/change/"):
        assert_flat_queries(lambda path=path: client.get(path), more)


DOORS = {
    "write_note": ({"seller", "senior", "pricing"}, {"text": "a note"}),
    "export": ({"seller", "senior", "pricing"}, {}),
    "change_standing": ({"senior"}, {"text": "fraud", "level": "blocked"}),
    "merge": ({"senior"}, {"text": "same", "other": "twin@karat.example"}),
    "erase": ({"senior"}, {"text": "vera@karat.example"}),
}


@pytest.mark.parametrize("door", DOORS)
def test_each_door_opens_to_its_roles_only(site, door):
    may, sent = DOORS[door]
    vera = _guest()
    _guest("twin@karat.example")
    path = f"/crm/shop/customer/{vera.pk}/{door}/"

    for role in ("customer", "operator", "planner", "partners", "developer"):
        assert site(role).get(path).status_code in {302, 403}, role
    for role in {"seller", "pricing", "senior"} - may:
        assert site(role).post(path, sent).status_code == 403, role
    assert not vera.log.exists()
    for role in sorted(may):
        assert site(role).get(path).status_code == 200, role
    assert site(max(may)).post(path, sent).status_code == (200 if door == "export" else 302)
    assert vera.log.exists() or vera.notes.exists()


def test_an_export_is_a_file_and_only_looking_at_its_page_takes_nothing(site):
    vera = _guest()
    path = f"/crm/shop/customer/{vera.pk}/export/"
    client = site("seller")

    client.get(path)
    assert not vera.log.exists()
    answer = client.post(path)

    assert answer["Content-Disposition"] == f'attachment; filename="customer-{vera.pk}.json"'
    assert json.loads(answer.content)["customer"]["email"] == "vera@karat.example"
    assert vera.log.get().act == "exported"


def test_pages_of_customers_that_cannot_be_are_no_pages(site):
    client = site("senior")

    for key in ("abc", str(2**63), "0"):
        assert client.get(f"/crm/shop/customer/{key}/change/").status_code in {302, 404}
        assert client.get(f"/crm/shop/customer/{key}/export/").status_code == 404
