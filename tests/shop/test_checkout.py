"""From basket to order: guests, delivery, terms, expired prices renewed openly, the total that was seen."""

from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from config.demo.delivery import seed_delivery
from pricing.models import Quote
from pricing.selectors import without_vat
from shop.errors import BasketChanged, UnknownDelivery
from shop.models import BasketLine, Customer, DeliveryWay, Order, QuoteRequest
from shop.services.baskets import renew_price, take_new_price
from shop.services.checkout import TERMS_VERSION, Delivery, check_out
from tests.factories.crm import publish_rules
from tests.factories.shop import a_delivery, make_basket_line, make_customer, make_order

pytestmark = pytest.mark.django_db

ADDRESS = {
    "name": "Gast",
    "email": "gast@karat.example",
    "address": "1 Main street",
    "postal_code": "0150",
    "city": "Oslo",
    "country": "NO",
    "terms": "on",
}
ADDRESS_ONLY = {name: value for name, value in ADDRESS.items() if name != "terms"}


@pytest.fixture
def guest(client):
    """A visitor with a piece in his basket, known by his session only."""
    visitor = Customer.objects.create()
    session = client.session
    session["customer_key"] = visitor.key
    session.save()
    make_basket_line(visitor)
    return visitor


@pytest.fixture
def buyer(client):
    customer = make_customer("vera")
    client.force_login(customer.user)
    make_basket_line(customer)
    return customer


def sent(client, **changed):
    form = client.get(reverse("shop:checkout")).context
    shown = {"checkout_key": form["form"]["checkout_key"].value(), "shown": str(form["total"])}
    return ADDRESS | shown | changed


def expire(line):
    Quote.objects.filter(pk=line.quote_id).update(valid_until=timezone.now())


# --- guests ---------------------------------------------------------------------------------------------------------


def test_a_guest_orders_without_an_account_and_sees_his_order(client, guest):
    answer = client.post(reverse("shop:checkout"), sent(client))

    order = Order.objects.get()
    assert answer.url == reverse("shop:order", args=[order.reference])
    assert client.get(answer.url).status_code == 200
    guest.refresh_from_db()
    assert (guest.name, guest.email) == ("Gast", "gast@karat.example")
    assert (order.terms_version, order.log.get().actor) == (TERMS_VERSION, None)


def test_the_link_in_his_messages_leads_a_guest_to_his_order_on_another_device(client, guest, run_tasks, mailoutbox):
    publish_rules()
    client.post(reverse("shop:checkout"), sent(client))
    run_tasks()
    order = Order.objects.get()
    link = next(word for message in mailoutbox for word in message.body.split() if order.reference in word)
    client.cookies.clear()
    assert client.get(reverse("shop:order", args=[order.reference])).url.startswith("/sign-in/")

    answer = client.get(urlsplit(link).path, follow=True)

    assert answer.status_code == 200
    assert answer.context["order"].reference == order.reference


def test_a_forged_link_and_a_link_to_an_accounts_order_open_nothing(client, guest):
    client.post(reverse("shop:checkout"), sent(client))
    order, theirs = Order.objects.get(), make_order()
    client.cookies.clear()

    for reference in (order.reference, theirs.reference):
        client.get(f"/orders/{reference}/as-guest/forged/")
        assert client.get(reverse("shop:order", args=[reference])).status_code == 302


def test_an_order_of_a_guest_who_signs_in_becomes_his_accounts(client, guest):
    client.post(reverse("shop:checkout"), sent(client))
    vera = make_customer("vera")

    client.post(reverse("shop:sign_in"), {"email": "vera", "password": "shop-password"})

    assert Order.objects.get().customer == vera
    guest.refresh_from_db()
    assert (guest.merged_into, guest.email) == (vera, "")


# --- what is charged ------------------------------------------------------------------------------------------------


def test_the_delivery_is_charged_with_its_vat_and_kept_with_the_order(client, buyer):
    seed_delivery()
    piece = BasketLine.objects.get().quote

    client.post(reverse("shop:checkout"), sent(client, way="courier", shown=str(piece.gross + Decimal("24.00"))))

    order = Order.objects.get()
    net, tax = without_vat(Decimal("24.00"))
    assert (order.gross, order.net, order.tax) == (piece.gross + 24, piece.net + net, piece.tax + tax)
    assert (order.delivery_way.code, order.delivery_gross) == ("courier", Decimal("24.00"))
    DeliveryWay.objects.update(gross=99)
    assert client.get(reverse("shop:order", args=[order.reference])).context["order"].delivery_gross == 24


def test_where_ways_are_offered_one_must_be_chosen(client, buyer):
    seed_delivery()
    with pytest.raises(UnknownDelivery):
        check_out(customer=buyer, delivery=a_delivery(), checkout_key="k" * 20)

    page = client.post(reverse("shop:checkout"), sent(client, way="balloon"))

    assert page.status_code == 400
    assert Order.objects.count() == 0
    assert BasketLine.objects.get().quote.status == "priced"


def test_what_came_into_the_basket_in_another_tab_is_never_charged_unseen(client, buyer):
    first_tab = sent(client)
    make_basket_line(buyer)

    page = client.post(reverse("shop:checkout"), first_tab)

    assert page.status_code == 400
    assert "Your basket changed meanwhile" in page.content.decode()
    assert Order.objects.count() == 0
    assert {line.quote.status for line in BasketLine.objects.all()} == {"priced"}
    with pytest.raises(BasketChanged):
        check_out(customer=buyer, delivery=Delivery(**ADDRESS_ONLY), checkout_key="k" * 20, shown=Decimal(1))


def test_without_the_terms_nothing_is_ordered(client, buyer):
    unread = sent(client)
    del unread["terms"]

    page = client.post(reverse("shop:checkout"), unread)

    assert page.status_code == 400
    assert list(page.context["form"].errors) == ["terms"]
    assert Order.objects.count() == 0


def test_the_back_button_after_an_order_leads_to_the_same_order(client, buyer):
    form = sent(client)
    first = client.post(reverse("shop:checkout"), form)

    again = client.post(reverse("shop:checkout"), form)

    assert again.url == first.url
    assert Order.objects.count() == 1


# --- a price that expired -------------------------------------------------------------------------------------------


def test_an_expired_price_leads_from_checkout_to_the_basket_and_orders_nothing(client, buyer):
    form = sent(client)
    expire(BasketLine.objects.get())

    answer = client.post(reverse("shop:checkout"), form)

    assert answer.url == reverse("shop:basket")
    assert "has expired" in client.get(answer.url).content.decode()
    assert client.get(reverse("shop:checkout")).url == reverse("shop:basket")
    assert Order.objects.count() == 0


def test_an_expired_price_is_renewed_with_both_prices_shown_and_taken_only_when_agreed(client, buyer, run_tasks):
    line = BasketLine.objects.get()
    Quote.objects.filter(pk=line.quote_id).update(gross=1, net=1, tax=0)
    expire(line)

    client.post(reverse("shop:renew", args=[line.pk]))
    assert client.get(reverse("shop:basket")).context["basket"].is_waiting
    run_tasks()

    page = client.get(reverse("shop:basket"))
    renewal = page.context["basket"].rows[0].renewal
    assert "<s>€1.00</s>" in page.content.decode()
    assert renewal.difference == renewal.gross - 1
    line.refresh_from_db()
    assert line.quote.gross == 1

    client.post(reverse("shop:take_price", args=[line.pk]), {"shown": str(renewal.gross)})

    line.refresh_from_db()
    assert (line.quote.gross, line.quote.status, line.next_quote) == (renewal.gross, "priced", None)
    assert client.get(reverse("shop:checkout")).status_code == 200


def test_a_renewal_that_was_pressed_twice_is_asked_for_once(buyer):
    line = BasketLine.objects.get()
    expire(line)
    before = Quote.objects.count()

    for _ in range(2):
        renew_price(customer=buyer, line_id=line.pk)

    assert Quote.objects.count() == before + 1


def test_a_new_price_that_was_not_seen_is_not_taken(buyer, run_tasks):
    line = BasketLine.objects.get()
    expire(line)
    renew_price(customer=buyer, line_id=line.pk)
    run_tasks()

    with pytest.raises(BasketChanged):
        take_new_price(customer=buyer, line_id=line.pk, shown=Decimal(1))

    line.refresh_from_db()
    assert line.next_quote is not None


def test_a_price_that_is_still_good_is_not_renewed_and_nobody_renews_anothers(buyer):
    line = BasketLine.objects.get()
    renew_price(customer=buyer, line_id=line.pk)
    line.refresh_from_db()
    assert line.next_quote is None
    expire(line)

    assert renew_price(customer=make_customer(), line_id=line.pk) is None

    line.refresh_from_db()
    assert line.next_quote is None


def test_renewing_writes_no_e_mail_and_keeps_what_the_customer_consented_to(buyer, run_tasks, mailoutbox):
    line = BasketLine.objects.get()
    QuoteRequest.objects.filter(quote=line.quote).update(consented_at=timezone.now())
    run_tasks()
    mailoutbox.clear()
    expire(line)

    renew_price(customer=buyer, line_id=line.pk)
    run_tasks()

    line.refresh_from_db()
    assert QuoteRequest.objects.get(quote=line.next_quote).consented_at is not None
    assert mailoutbox == []
