"""A customer pays, a seller reads of it, in a real browser: phone and desktop, both languages, the policy in force."""

import os
from pathlib import Path

import pytest
from django.conf import settings as config
from django.contrib.auth.models import Group, User
from django.urls import reverse

from config.demo.delivery import seed_delivery
from shop.models import Order, Payment
from tests.browser.test_pages import Watched
from tests.factories.shop import make_basket_line, make_customer, make_order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_rows")]

PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def open_page(chromium, live_server):
    opened = []

    def open_one(size, language):
        one = Watched(chromium, live_server.url, size)
        one.context.add_cookies([{"name": config.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
        one.name = f"{size}-{language}"
        opened.append(one)
        return one

    yield open_one
    for one in opened:
        one.context.close()


def picture(watched, name):
    """A picture for a person to judge, where the environment names a folder."""
    if PICTURES:
        watched.page.screenshot(path=Path(PICTURES) / f"{name}-{watched.name}.png", full_page=True)


@pytest.mark.parametrize(("size", "language"), [("phone", "ru"), ("desktop", "en")])
def test_a_customer_orders_and_pays_by_card(open_page, size, language):
    watched = open_page(size, language)
    customer = make_customer("vera")
    make_basket_line(customer)
    seed_delivery()
    watched.sign_in("vera", "shop-password")

    watched.look_at("/checkout/")
    picture(watched, "checkout")
    watched.fill(name="Vera", email="v@karat.example", address="1 St", postal_code="1", city="O")
    watched.page.check("[name=terms]")
    watched.page.click("main button.button--wide")
    watched.page.wait_for_url("**/pay/")
    order = Order.objects.get()
    watched.look_at(reverse("shop:pay", args=[order.reference]))
    picture(watched, "pay")
    watched.page.click(".pay-way button")
    picture(watched, "card")
    watched.page.click("[value=refused]")
    watched.page.wait_for_url("**/not-paid/")
    picture(watched, "failed")
    watched.page.click("main button")
    watched.page.click("[value=paid]")
    watched.page.wait_for_url("**/paid/")
    picture(watched, "paid")
    watched.look_at(reverse("shop:order", args=[order.reference]))
    picture(watched, "order")

    order.refresh_from_db()
    assert order.payment_status == "paid"
    assert watched.complaints == []


@pytest.mark.parametrize(("size", "language"), [("phone", "ru"), ("desktop", "en")])
def test_a_seller_looks_at_payments_and_brings_in_a_table(open_page, size, language, tmp_path):
    watched = open_page(size, language)
    order, other = make_order(), make_order()
    Payment.objects.create(
        order=order,
        variant="card",
        total=order.gross,
        captured_amount=order.gross - 1,
        currency="EUR",
        status="confirmed",
        problem="amount",
        transaction_id="tx-77",
        settled_at=order.placed_at,
    )
    Payment.objects.create(order=other, variant="card", total=other.gross, currency="EUR")
    user = User.objects.create_user("sonja", "sonja@karat.example", "shop-password", is_staff=True)
    user.groups.set(Group.objects.filter(name="seller"))
    watched.sign_in("sonja", "shop-password")

    watched.look_at("/crm/shop/payment/")
    picture(watched, "payments")
    watched.look_at(reverse("sellers:shop_payment_record_transfer"))
    watched.fill(reference=other.reference, amount="1", number="B-1", reason="x")
    watched.page.press("[name=reason]", "Enter")
    watched.page.wait_for_load_state("load")
    picture(watched, "transfer")
    watched.look_at("/crm/tables/")
    picture(watched, "tables")
    watched.look_at("/crm/tables/tracking-numbers/in/")
    file = tmp_path / "numbers.csv"
    file.write_text(f"reference,tracking_number\n{order.reference},RR1\nK-NONE,RR2\n")
    watched.page.set_input_files("[name=file]", str(file))
    watched.page.get_by_role("button", name="Look first" if language == "en" else "Сначала проверить").click()
    watched.page.wait_for_selector("#seen")
    picture(watched, "import")

    assert watched.page.locator("tbody th").all_inner_texts() == ["2", "3"]
    assert [one for one in watched.complaints if "Content Security" in one] == []
