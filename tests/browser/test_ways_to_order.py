"""Whole ways from the first page to an order, in a real browser: catalogue, own design, a price that ran out."""

import re
from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone

from config.demo.delivery import seed_delivery
from pricing.models import Quote
from pricing.services.rates import publish_metal_price
from shop.models import BasketLine, Customer, Order
from tests.browser.test_catalogue import shop as shop
from tests.browser.test_own_design import require_accessible
from tests.browser.test_paying import open_page as open_page
from tests.browser.test_paying import picture
from tests.factories.mes import make_workshop
from tests.factories.pricing import DESIGNS, make_rates
from tests.factories.shop import make_basket_line, make_customer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_rows")]

BOTH = pytest.mark.parametrize(("size", "language"), [("phone", "ru"), ("desktop", "en")])
GPU = "GPU stall due to ReadPixels"  # what a browser without a graphics card says of itself
HOME = {"name": "Vera Holm", "address": "1 Main street", "postal_code": "0150", "city": "Oslo"}


def check_out(one, **told):
    """From the basket to the placed order's page."""
    one.page.click("a[href='/checkout/']")
    one.page.wait_for_selector("[data-checkout]")
    one.fill(**HOME, **told)
    one.page.check("[name=terms]")
    one.page.click("[data-checkout] button[type=submit]")
    one.page.wait_for_url("**/pay/")
    one.page.click("main > .page > p:last-child a")
    one.page.wait_for_selector(".timeline")


def nothing_said(one):
    return [said for said in one.complaints if GPU not in said] == []


@BOTH
def test_a_guest_browses_filters_and_orders_from_the_catalogue(open_page, shop, size, language):
    guest = open_page(size, language)
    seed_delivery()
    guest.look_at("/")
    guest.page.click(".masthead a[href='/catalogue/']")
    guest.page.click(".filters summary")
    guest.page.check("input[name=metal][value=ag925]")
    guest.page.wait_for_selector(".taken")
    guest.page.click(".card__link")
    guest.page.wait_for_selector("#product")
    guest.page.click(".choice[href*=ag925]:not([aria-current])")
    guest.page.wait_for_selector(".choice[href*=ag925][aria-current]")
    picture(guest, "piece")
    shown = guest.page.inner_text(".price")
    guest.page.click("#product button[type=submit]")
    guest.page.wait_for_selector("[data-basket=ready]")
    picture(guest, "basket")

    check_out(guest, email="g@karat.example")

    order = Order.objects.get()
    assert (order.lines.get().alloy.code, order.email) == ("ag925", "g@karat.example")
    assert re.sub(r"\D", "", shown) == re.sub(r"\D", "", f"{order.lines.get().gross}")
    assert guest.page.get_attribute("html", "lang") == order.customer.language == language
    assert ("Спасибо за заказ" in guest.page.inner_text("h1")) == (language == "ru")
    assert nothing_said(guest)


@BOTH
def test_somebody_signs_up_proves_his_address_and_orders_his_own_design(open_page, run_tasks, size, language):
    make_rates()
    make_workshop()
    seed_delivery()
    vera = open_page(size, language)
    vera.look_at("/sign-up/?next=/design/")
    vera.fill(name="Vera", email="vera@karat.example", password="nine lives of gold")
    vera.page.click("main button[type=submit]")
    vera.page.wait_for_url("**/sign-up/code/**")
    [letter] = mail.outbox
    vera.fill(code=re.search(r": ([A-Z0-9-]{6,})$", letter.body, re.MULTILINE).group(1))
    vera.page.click("main button[type=submit]")
    vera.page.wait_for_url("**/design/")

    vera.page.set_input_files("[name=model]", DESIGNS / "band_ascii.stl")
    vera.page.click("[data-upload] button[type=submit]")
    vera.page.wait_for_selector("[data-state=requested]")
    run_tasks()
    vera.page.wait_for_selector("[data-alloy-state=priced]")
    in_every_alloy = vera.page.locator(".alloy__price").all_inner_texts()
    picture(vera, "every-alloy")
    vera.page.click(".take button")
    vera.page.wait_for_selector("[data-basket=ready]")
    check_out(vera)

    order = Order.objects.get()
    assert len(in_every_alloy) == len(set(in_every_alloy)) == 9
    assert all("€" in price for price in in_every_alloy)
    assert (order.customer.user.email, order.email) == ("vera@karat.example", "vera@karat.example")
    vera.look_at("/orders/")
    assert vera.page.inner_text(".order-card__ref") == order.reference
    assert nothing_said(vera)


@BOTH
def test_an_address_is_written_down_chosen_at_checkout_and_axe_finds_nothing(open_page, size, language):
    customer = make_customer("vera")
    make_basket_line(customer)
    seed_delivery()
    vera = open_page(size, language)
    vera.sign_in("vera", "shop-password")
    vera.look_at("/addresses/")
    for street in ("1 Main street", "Very long street of the old goldsmiths 118, second yard, staircase 3"):
        vera.fill(**HOME | {"address": street})
        vera.page.keyboard.press("Enter")
        vera.page.wait_for_selector(f".book__one:has-text('{street}')")
    require_accessible(vera, "/addresses/")
    picture(vera, "addresses-dark")
    vera.page.click(".book__acts a")
    require_accessible(vera)
    picture(vera, "address-dark")

    vera.look_at("/checkout/")
    vera.page.click(".places a:not([aria-current])")
    vera.page.wait_for_selector(".places a[aria-current]:has-text('Very long')")
    require_accessible(vera)
    picture(vera, "checkout-dark")

    assert vera.page.input_value("[name=address]").startswith("Very long")
    for path in ("/orders/", "/my-data/"):
        require_accessible(vera, path)
        picture(vera, path.strip("/") + "-dark")
    assert nothing_said(vera)


@BOTH
def test_a_price_that_ran_out_is_renewed_with_old_and_new_beside_each_other(open_page, run_tasks, size, language):
    customer = make_customer("vera")
    old = make_basket_line(customer).quote
    seed_delivery()
    Quote.objects.filter(pk=old.pk).update(valid_until=timezone.now())
    publish_metal_price(metal="gold", currency="EUR", price_per_g=Decimal(500), source="test")
    vera = open_page(size, language)
    vera.sign_in("vera", "shop-password")

    vera.look_at("/basket/")
    assert vera.page.locator("a[href='/checkout/']").count() == 0
    picture(vera, "expired")
    vera.page.click(".renewal button")
    vera.page.wait_for_selector("[data-basket=waiting]")
    run_tasks()
    vera.page.wait_for_selector("[data-renewal]")
    picture(vera, "renewed")
    new = BasketLine.objects.get().next_quote
    seen = re.sub(r"[^\d ]", "", vera.page.inner_text("[data-renewal] p"))
    vera.page.click("[data-renewal] button")
    vera.page.wait_for_selector("[data-basket=ready]")
    check_out(vera, email="vera@karat.example")

    assert new.gross > old.gross
    for amount in (old.gross, new.gross):
        assert f"{amount}".replace(".", "") in seen.replace(" ", "")
    assert Order.objects.get().lines.get().gross == new.gross
    assert Customer.objects.count() == 1
    assert nothing_said(vera)
