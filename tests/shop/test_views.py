"""The shop as a browser meets it."""

import re

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pricing.models import Design, Quote
from pricing.states import QuoteStatus
from shop.models import BasketLine, Category, Customer, Order, Product, QuoteRequest, Variant
from shop.services.catalogue import refresh_catalogue_prices
from tests.factories.mes import make_operator, make_workshop
from tests.factories.pricing import DESIGNS, RING, make_design, make_rates
from tests.factories.shop import make_basket_line, make_customer, make_order
from tests.pricing.engine import jewels
from tests.pricing.engine.shapes import binary_stl

pytestmark = pytest.mark.django_db

DELIVERY = {
    "name": "Vera",
    "email": "vera@karat.example",
    "address": "1 Main street",
    "postal_code": "0150",
    "city": "Oslo",
    "country": "NO",
    "note": "",
    "terms": "on",
}


@pytest.fixture
def rates():
    make_rates()
    make_workshop()


@pytest.fixture
def product(rates, run_tasks):
    """A catalogue ring in two alloys, priced by the tasks that workers run."""
    from pricing.models import Alloy

    rings = Category.objects.create(slug="rings", name="Rings", name_ru="Кольца")
    ring = Product.objects.create(
        slug="plain-band", category=rings, name="Plain band", description="Plain.", kind="ring", design=make_design()
    )
    for code in ("au585-yellow", "ag925"):
        Variant.objects.create(product=ring, sku=f"band-{code}", alloy=Alloy.objects.get(code=code), size="17")
    refresh_catalogue_prices()
    run_tasks()
    return ring


def choices(path=RING, **changed):
    sent = {"kind": "ring", "alloy": "au585-yellow", "finish": "polished", "size": "17", "quantity": "1"}
    return sent | {"model": SimpleUploadedFile("my ring.stl", path.read_bytes())} | changed


def upload(client, **changed):
    return client.post(reverse("shop:design"), choices(**changed))


def first_asked():
    """The quote in the alloy that was named, of what was asked first."""
    return QuoteRequest.objects.filter(is_lead=True).earliest("pk").quote


def last_asked():
    return QuoteRequest.objects.filter(is_lead=True).latest("pk").quote


def checkout_form(client):
    return client.get(reverse("shop:checkout")).context["form"]


# --- catalogue ------------------------------------------------------------------------------------------------------


def test_the_catalogue_shows_the_lowest_price_of_each_product(client, product):
    page = client.get(reverse("shop:catalogue"))

    lowest = Variant.objects.get(sku="band-ag925").quote.gross
    assert f"from €{lowest}" in page.content.decode()


def test_a_category_and_a_product_that_are_not_there_are_404(client, product):
    assert client.get(reverse("shop:category", args=["rings"])).status_code == 200
    assert client.get(reverse("shop:category", args=["hats"])).status_code == 404
    assert client.get(reverse("shop:product", args=["hat"])).status_code == 404


def test_a_product_without_a_price_says_so_and_can_not_be_ordered(client, product):
    Variant.objects.update(quote=None)

    page = client.get(reverse("shop:product", args=["plain-band"]))

    assert page.context["page"].chosen.price is None
    assert "price in a moment" in page.content.decode()


def test_looking_at_pages_stores_nothing(client, product):
    for name in ("home", "catalogue", "design", "basket", "my_designs", "sign_in", "sign_up"):
        assert client.get(reverse(f"shop:{name}")).status_code == 200

    assert Customer.objects.count() == 0
    assert "sessionid" not in client.cookies


def test_a_visitor_puts_a_catalogue_piece_in_his_basket(client, product):
    response = client.post(reverse("shop:add_variant"), {"sku": "band-ag925"})

    assert response.url == reverse("shop:basket")
    basket = client.get(response.url).context["basket"]
    assert [row.piece.title for row in basket.rows] == ["Plain band"]
    assert basket.total == Variant.objects.get(sku="band-ag925").quote.gross


def test_a_piece_that_is_not_for_sale_is_refused_on_the_page_it_came_from(client, product):
    page = reverse("shop:product", args=["plain-band"])

    response = client.post(
        reverse("shop:add_variant"), {"sku": "hat"}, headers={"referer": f"http://testserver{page}"}, follow=True
    )

    assert response.redirect_chain[0][0] == page
    assert "has no price at the moment" in response.content.decode()


def test_a_picture_is_served_by_its_random_name_without_its_age(client, product):
    name = client.get(reverse("shop:catalogue")).context["page"].cards[0].picture
    address = reverse("pricing:picture", args=[name])

    picture = client.get(address)

    assert picture["Content-Type"] == "image/png"
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert "Last-Modified" not in picture
    assert picture.content.startswith(b"\x89PNG")
    assert client.get(address, headers={"if-none-match": picture["ETag"]}).status_code == 304
    assert client.get(reverse("pricing:picture", args=["0" * 32])).status_code == 404


# --- a design of one's own ------------------------------------------------------------------------------------------


def test_a_visitor_uploads_a_ring_waits_and_sees_its_price(client, rates, run_tasks):
    waiting = upload(client)
    quote = first_asked()
    assert waiting.url == reverse("shop:quote", args=[quote.reference])
    page = client.get(waiting.url)
    assert page.context["quote"].state == "requested"
    assert b'http-equiv="refresh"' in page.content
    state = reverse("shop:quote_state", args=[quote.reference])
    assert client.get(state).status_code == 200

    run_tasks()

    settled = client.get(state)
    quote.refresh_from_db()
    assert settled.status_code == 286  # htmx stops asking
    assert f'data-price="{quote.gross}"' in settled.content.decode()
    assert b'http-equiv="refresh"' not in client.get(waiting.url).content


def test_the_waiting_page_shows_the_place_in_line_and_the_stage(client, rates):
    from pricing.progress import tell_stage
    from pricing.services.attempts import start_attempt

    address = upload(client).url
    quote = first_asked()
    in_line = client.get(address).content.decode()
    assert "the next one to be measured" in in_line
    assert '<li class="progress__step progress__step--now" aria-current="step">In line</li>' in in_line

    start_attempt(quote_id=quote.pk)
    tell_stage(quote.pk, "walls")

    page = client.get(address)
    assert [step.state for step in page.context["quote"].steps] == ["done", "done", "done", "now", "later", "later"]
    assert 'value="50"' in page.content.decode()
    in_russian = client.get(address, headers={"accept-language": "ru"}).content.decode()
    assert 'aria-current="step">Проверка стенок</li>' in in_russian


def test_the_breakdown_of_a_quote_adds_up_on_the_page(client, rates, run_tasks):
    address = upload(client).url
    run_tasks()

    price = client.get(address).context["quote"].price

    assert sum(part.amount for part in price.parts) == price.net
    assert price.net + price.tax == price.gross


def test_a_flat_model_is_refused_in_words(client, rates, run_tasks):
    address = upload(client, path=DESIGNS / "broken" / "flat.stl").url
    run_tasks()

    page = client.get(address).content.decode()

    assert "encloses no volume" in page
    assert "What to do" in page


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"model": SimpleUploadedFile("empty.stl", b"")}, "model"),
        ({"model": ""}, "model"),
        ({"alloy": "unobtainium"}, "alloy"),
        ({"finish": "furry"}, "finish"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "1001"}, "quantity"),
    ],
)
def test_what_is_wrong_with_an_upload_is_said_beside_the_field_and_nothing_is_stored(client, rates, changed, field):
    page = upload(client, **changed, size="18.5")

    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]
    assert 'value="18.5"' in page.content.decode()
    assert (Design.objects.count(), Quote.objects.count(), Customer.objects.count()) == (0, 0, 0)


def test_a_file_over_the_limit_is_refused_beside_the_field(client, rates, settings):
    settings.MAX_UPLOAD_BYTES = RING.stat().st_size - 1

    page = upload(client)

    assert page.status_code == 400
    assert "model" in page.context["form"].errors


def test_a_stranger_does_not_find_a_quote(client, rates):
    address = upload(client).url
    client.cookies.clear()

    assert client.get(address).status_code == 404
    assert client.get(f"{address}state/").status_code == 404
    assert client.post(f"{address}basket/").status_code == 404
    assert BasketLine.objects.count() == 0


def test_another_customer_does_not_find_a_quote(client, rates):
    address = upload(client).url
    client.cookies.clear()
    client.force_login(make_customer().user)

    assert client.get(address).status_code == 404


def test_an_expired_quote_says_so_before_the_sweep_does(client, rates, run_tasks):
    address = upload(client).url
    run_tasks()
    quote = first_asked()
    quote.valid_until = quote.settled_at
    quote.save()

    assert client.get(address).context["quote"].state == QuoteStatus.EXPIRED


# --- account --------------------------------------------------------------------------------------------------------


def test_what_a_visitor_gathered_comes_along_when_he_signs_in(client, rates, run_tasks):
    address = upload(client).url
    run_tasks()
    client.post(f"{address}basket/")
    customer = make_customer("vera")

    client.post(reverse("shop:sign_in"), {"email": "vera", "password": "shop-password"})

    assert client.get(address).status_code == 200
    assert BasketLine.objects.get().customer == customer
    assert {one.customer for one in QuoteRequest.objects.all()} == {customer}
    assert Customer.objects.count() == 1


def test_a_wrong_password_does_not_say_which_of_the_two_was_wrong(client):
    make_customer("vera")
    texts = []
    for email in ("vera", "nobody"):
        page = client.post(reverse("shop:sign_in"), {"email": email, "password": "wrong"})
        texts.append(list(page.context["form"].non_field_errors()))

    assert texts[0] == texts[1]
    assert len(texts[0]) == 1


def test_signing_in_never_leads_to_another_site(client):
    make_customer("vera")
    sent = {"email": "vera", "password": "shop-password", "next": "https://evil.example/"}

    assert client.post(reverse("shop:sign_in"), sent).url == reverse("shop:my_orders")


def test_each_kind_of_user_lands_where_his_work_is(client):
    from django.contrib.auth.models import Group, User

    make_operator("oleg")
    for name, group in (("sonja", "seller"), ("petra", "planner")):
        user = User.objects.create_user(name, password="bench-password", is_staff=True)
        user.groups.add(Group.objects.get(name=group))

    def lands(name):
        client.logout()
        return client.post(reverse("shop:sign_in"), {"email": name, "password": "bench-password"}).url

    assert [lands(name) for name in ("oleg", "sonja", "petra")] == ["/mes/bench/", "/crm/", "/mes/"]


def test_signing_out_takes_a_post(client):
    client.force_login(make_customer().user)

    assert client.get(reverse("shop:sign_out")).status_code == 405
    assert client.post(reverse("shop:sign_out")).status_code == 302
    assert client.get(reverse("shop:my_orders")).status_code == 302


# --- checkout and orders --------------------------------------------------------------------------------------------


@pytest.fixture
def buyer(client):
    customer = make_customer()
    client.force_login(customer.user)
    return customer


def test_a_basket_becomes_an_order_with_its_prices(client, buyer):
    line = make_basket_line(buyer)
    key = checkout_form(client)["checkout_key"].value()

    response = client.post(reverse("shop:checkout"), DELIVERY | {"checkout_key": key})

    order = Order.objects.get()
    assert response.url == reverse("shop:order", args=[order.reference])
    page = client.get(response.url).context["order"]
    assert page.gross == line.quote.gross
    assert [stage.progress for stage in page.stages] == ["now"] + ["later"] * 5


def test_the_same_checkout_sent_twice_is_one_order(client, buyer):
    make_basket_line(buyer)
    sent = DELIVERY | {"checkout_key": checkout_form(client)["checkout_key"].value()}

    first, second = (client.post(reverse("shop:checkout"), sent) for _ in range(2))

    assert first.url == second.url
    assert Order.objects.count() == 1


def test_checkout_with_an_empty_basket_leads_to_the_basket(client, buyer):
    assert client.get(reverse("shop:checkout")).url == reverse("shop:basket")


def test_another_customers_order_is_404(client, buyer):
    order = make_order()

    assert client.get(reverse("shop:order", args=[order.reference])).status_code == 404
    assert order.reference not in client.get(reverse("shop:my_orders")).content.decode()


def test_a_piece_of_another_customers_basket_stays_there(client, buyer):
    line = make_basket_line(make_customer())

    client.post(reverse("shop:remove", args=[line.pk]))

    assert BasketLine.objects.filter(pk=line.pk).exists()


def test_an_order_that_is_being_checked_says_so_kindly(client, buyer):
    from shop.services.orders import move_order

    order = make_order(buyer)
    move_order(order_id=order.pk, to="exception")

    page = client.get(reverse("shop:order", args=[order.reference])).content.decode()

    assert "We're checking your order" in page.replace("&#x27;", "'")


# --- frame ----------------------------------------------------------------------------------------------------------


def test_pages_have_no_inline_script_or_style_and_no_foreign_address(client, product):
    for name in ("home", "catalogue", "design", "basket", "sign_in"):
        page = client.get(reverse(f"shop:{name}")).content.decode()
        page = page.replace(f'href="{settings.BASE_URL}', 'href="').replace('<script type="application/ld+json">', "")

        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page)
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)


def test_an_unknown_page_is_a_kind_404(client):
    page = client.get("/nowhere/")

    assert page.status_code == 404
    assert "There is nothing here" in page.content.decode()


# --- what the engine found ----------------------------------------------------------------------------------------


def priced_page(client, run_tasks, mesh, tmp_path, **changed):
    """The page of a quote after its design was measured."""
    path = tmp_path / "ring.stl"
    path.write_bytes(binary_stl(mesh.triangles()))
    answer = upload(client, model=SimpleUploadedFile("ring.stl", path.read_bytes()), **changed)
    run_tasks()
    return answer.url, client.get(answer.url).content.decode()


def test_the_page_says_which_stones_were_found_and_one_click_weighs_them_as_metal(client, rates, run_tasks, tmp_path):
    url, page = priced_page(client, run_tasks, jewels.eternity(count=6), tmp_path)
    light = first_asked()

    assert "6 × round 2.0 mm" in page
    again = client.post(f"{url}again/", {"stones": "metal"})
    run_tasks()

    heavy = last_asked()
    assert again.url == reverse("shop:quote", args=[heavy.reference])
    assert (heavy.stones_are_metal, heavy.design, heavy.measurement) == (True, light.design, light.measurement)
    assert heavy.cast_mass_g > light.cast_mass_g
    assert "weighed as metal, as you said" in client.get(again.url).content.decode()


def test_an_unlikely_size_is_asked_about_and_the_unit_corrected_by_a_click(client, rates, run_tasks, tmp_path):
    url, page = priced_page(client, run_tasks, jewels.moved(jewels.plain_ring(), scale=0.1), tmp_path)

    assert "In which unit is your model drawn?" in page
    assert "19.6 mm if in centimetres" in page
    again = client.post(f"{url}again/", {"unit": "cm"})
    run_tasks()

    corrected = last_asked()
    assert corrected.unit == "cm"
    assert corrected.status == QuoteStatus.PRICED
    assert max(corrected.measurement.figures["box_mm"]) == pytest.approx(19.6, abs=0.01)
    assert "The file is in another unit?" not in client.get(again.url).content.decode()


def test_nobody_corrects_somebody_elses_quote(client, rates, run_tasks, tmp_path):
    url, _ = priced_page(client, run_tasks, jewels.plain_ring(), tmp_path)
    client.cookies.clear()

    answer = client.post(f"{url}again/", {"unit": "cm"})

    assert answer.status_code == 404
    assert QuoteRequest.objects.filter(is_lead=True).count() == 1


def test_a_doubtful_piece_waits_for_a_jeweller_without_a_price(client, rates, run_tasks, tmp_path):
    whole = jewels.torus()
    _, page = priced_page(client, run_tasks, whole.part(whole.triangles().mean(axis=1)[:, 0] < 8), tmp_path)

    assert "A jeweller looks at your model" in page
    assert "data-price" not in page
    assert "Add to basket" not in page
