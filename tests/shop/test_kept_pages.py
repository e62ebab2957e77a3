"""The cached catalogue: one body for everybody, no query, exactly forgotten, built once."""

import re
import threading
from decimal import Decimal
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache as shared
from django.test import Client

from pricing.models import Alloy
from pricing.services.rates import publish_metal_price
from shop import cache
from shop.models import Category, Product, Variant
from shop.services.catalogue import change_product, refresh_catalogue_prices
from tests.factories.mes import make_workshop
from tests.factories.pricing import make_design, make_rates
from tests.factories.shop import make_basket_line, make_customer
from tests.shop.visitors import Visitor

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/catalogue/",
    "/catalogue/rings/",
    "/catalogue/?metal=ag925",
    "/piece/band/",
    "/piece/band/?sku=band-ag925",
]


@pytest.fixture
def client():
    return Visitor()


@pytest.fixture
def shop(run_tasks):
    make_rates()
    make_workshop()
    shelf = Category.objects.create(slug="rings", name="Rings", name_ru="Кольца")
    band = Product.objects.create(
        slug="band", category=shelf, name="Band", name_ru="Обод", kind="ring", design=make_design(), is_engravable=True
    )
    for code in ("ag925", "au585-yellow"):
        Variant.objects.create(product=band, sku=f"band-{code}", alloy=Alloy.objects.get(code=code), size="17")
    refresh_catalogue_prices()
    run_tasks()
    return band


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_the_cache_costs_no_query_for_strangers_and_for_the_signed_in(
    shop, client, path, django_assert_num_queries
):
    customer = make_customer("vera")
    client.get(path)
    with django_assert_num_queries(0):
        assert client.get(path).status_code == 200

    client.force_login(customer.user)
    client.get(path)  # gets the cookie that tells of the person
    with django_assert_num_queries(0):
        page = client.get(path)

    assert "My orders" in page.content.decode()


def test_everybody_gets_the_same_body_with_his_own_part_in_it(shop, client, django_assert_num_queries):
    stranger = client.get("/catalogue/").content.decode()
    customer = make_customer("vera")
    make_basket_line(customer)
    client.force_login(customer.user)
    client.get("/catalogue/")
    with django_assert_num_queries(0):
        vera = client.get("/catalogue/").content.decode()

    assert "Sign in" in stranger
    assert "Sign out" not in stranger
    assert '<span class="count">1' in vera
    assert "Sign out" in vera
    main = [page[page.index("<main") : page.index("</main>")] for page in (stranger, vera)]
    assert main[0] == main[1]


def test_the_token_in_a_kept_page_is_the_visitors_own_and_opens_its_forms(shop, client):
    visitor = Visitor(enforce_csrf_checks=True)
    visitor.get("/piece/band/")
    page = visitor.get("/piece/band/").content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]

    foreign = client.get("/piece/band/").content.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    sent = {"sku": "band-ag925"}

    assert visitor.post("/basket/add/", {**sent, "csrfmiddlewaretoken": foreign}).status_code == 403
    assert visitor.post("/basket/add/", {**sent, "csrfmiddlewaretoken": token}).status_code == 302


def test_signing_out_and_a_foreign_cookie_tell_of_nobody(shop, client):
    client.force_login(make_customer("vera").user)
    client.get("/catalogue/")
    client.get("/catalogue/")
    person = client.cookies["person"].value
    client.post("/sign-out/")

    assert "Sign in" in client.get("/catalogue/").content.decode()
    client.force_login(make_customer("oleg").user)
    client.cookies["person"] = person  # vera's, beside oleg's session
    client.get("/catalogue/")
    assert client.cookies["person"].value != person
    client.cookies["person"] = "forged:1:x"
    assert client.get("/catalogue/").status_code == 200


def test_a_browser_that_has_the_page_is_told_so_without_a_query(shop, client, django_assert_num_queries):
    client.get("/catalogue/")
    etag = client.get("/catalogue/")["ETag"]

    with django_assert_num_queries(0):
        again = client.get("/catalogue/", headers={"if-none-match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)

    change_product(shop)
    cache.forget_catalogue()
    shop.name = "Hoop"
    shop.save()
    assert client.get("/catalogue/", headers={"if-none-match": etag}).status_code == 200


def test_a_changed_product_is_shown_at_once(shop, client, django_capture_on_commit_callbacks):
    assert "Band" in client.get("/catalogue/").content.decode()
    shop.name = "Circle"
    with django_capture_on_commit_callbacks(execute=True):
        change_product(shop)

    assert "Circle" in client.get("/catalogue/").content.decode()


def test_a_metal_price_is_shown_when_workers_have_calculated_it_and_nothing_else_forgets_the_page(
    shop, client, run_tasks, django_capture_on_commit_callbacks
):
    before = client.get("/piece/band/?sku=band-au585-yellow").content.decode()
    version = shared.get("catalogue:version")
    with django_capture_on_commit_callbacks(execute=True):
        publish_metal_price(metal="gold", currency="EUR", price_per_g=Decimal(500), source="test")
    assert shared.get("catalogue:version") == version  # no price has changed yet

    with django_capture_on_commit_callbacks(execute=True):
        run_tasks()

    assert shared.get("catalogue:version") != version
    after = client.get("/piece/band/?sku=band-au585-yellow").content.decode()
    price = Variant.objects.get(sku="band-au585-yellow").quote.gross
    assert f"€{price:,.2f}" in after
    assert f"€{price:,.2f}" not in before


def test_each_language_has_its_page(shop, client):
    for _ in range(2):
        assert "Обод" in client.get("/catalogue/", headers={"accept-language": "ru"}).content.decode()
        assert "Band" in client.get("/catalogue/", headers={"accept-language": "en"}).content.decode()
        named = client.get("/catalogue/?language=ru", headers={"accept-language": "en"})
        assert 'lang="ru"' in named.content.decode()
        assert named["Content-Language"] == "ru"
        client.cookies.clear()


def test_a_kept_page_has_the_same_headers_as_one_that_went_the_whole_way(shop, client):
    whole = client.get("/piece/band/")
    kept = client.get("/piece/band/")

    for name in ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Vary"):
        assert kept[name] == whole[name]
    assert "unsafe" not in kept["Content-Security-Policy"]


def test_while_one_builds_the_next_page_the_others_get_the_last(at_once):
    assert cache.cached("shelf", lambda: "old") == "old"
    cache.forget_catalogue()
    building, built = threading.Event(), []

    def slow():
        building.set()
        assert others_done.wait(20)
        built.append(1)
        return "new"

    def other():
        assert building.wait(20)
        found = cache.cached("shelf", lambda: built.append(2) or "another")
        others_done.set()
        return found

    others_done = threading.Event()

    assert at_once(lambda: cache.cached("shelf", slow), other) == ["new", "old"]
    assert built == [1]
    assert cache.cached("shelf", lambda: "unasked") == "new"


def test_an_impossible_wish_is_a_page_all_the_same(shop, client):
    for query in (
        "page=0",
        "page=99999",
        "metal=x%00",
        "q=%00%27",
        "sort=;drop",
        "q=" + "a" * 3000,
        "price=0-200&price=x",
    ):
        assert client.get(f"/catalogue/?{query}").status_code == 200
    assert client.get("/catalogue/nowhere/").status_code == 404
    assert client.get("/piece/nothing/").status_code == 404


def test_endless_addresses_are_not_kept(shop, client):
    client.get("/catalogue/")
    kept = len(cache._near)
    for number in range(5):
        client.get(f"/catalogue/?q=band{number}")
        client.get(f"/catalogue/?x={number}")
        client.get(f"/piece/band/?sku=no-{number}")
        client.get(f"/piece/none-{number}/")

    assert len(cache._near) <= kept + 3  # the product, its promise and its page


def test_engraving_is_priced_before_it_is_ordered_and_refused_where_there_is_no_room(shop, client, run_tasks):
    answer = client.post("/basket/add/", {"sku": "band-ag925", "engraving": "Für immer"})
    run_tasks()

    quote = Variant.objects.get(sku="band-ag925").quote.design.quotes.get(engraving="Für immer")
    assert answer["Location"] == f"/quotes/{quote.reference}/"
    assert quote.gross > Variant.objects.get(sku="band-ag925").quote.gross

    Product.objects.update(is_engravable=False)
    client.post("/basket/add/", {"sku": "band-ag925", "engraving": "no"})
    assert not quote.design.quotes.filter(engraving="no").exists()


def test_the_sitemap_and_the_facts_name_what_is_for_sale(shop, client):
    assert "/piece/band/" in client.get("/sitemap.xml").content.decode()
    page = client.get("/piece/band/").content.decode()
    assert '"@type": "Product"' in page
    assert 'hreflang="ru"' in page
    Product.objects.update(is_for_sale=False)
    cache.forget_catalogue()
    assert "/piece/band/" not in client.get("/sitemap.xml").content.decode()


def test_a_name_cannot_end_the_facts_script(shop, client):
    shop.name = "</script><script>alert(1)</script>"
    change_product(shop)
    cache.forget_catalogue()

    assert "<script>alert" not in client.get("/piece/band/").content.decode()


def test_no_user_is_told_from_the_cache_alone(shop, client):
    client.force_login(User.objects.create_user("plain"))
    assert "My orders" in client.get("/catalogue/").content.decode()


# --- the door (shop/kept_door.py) ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES, "/catalogue/?language=ru", "/piece/band/?language=ru&sku=band-ag925"])
@pytest.mark.parametrize("is_signed_in", [False, True], ids=["stranger", "signed in"])
def test_the_door_answers_with_every_header_of_the_whole_way(shop, client, path, is_signed_in):
    around = Client()
    for one in (client, around):
        if is_signed_in:
            one.force_login(User.objects.get_or_create(username="vera")[0])
        one.get(path)
        one.get(path)
    kept, whole = client.get(path), around.get(path)

    assert kept.was_kept
    unlike = {"ETag"} if "piece" in path or is_signed_in else set()  # it holds what is of his own CSRF cookie
    assert {name: kept[name] for name in kept.headers if name not in unlike} == {
        name: whole[name] for name in whole.headers if name not in unlike
    }
    assert kept.status_code == whole.status_code
    assert _without_tokens(kept) == _without_tokens(whole)


def _without_tokens(response):
    return re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", response.content.decode())


def test_strangers_get_the_same_bytes_and_no_cookie_where_there_is_no_form(shop, client):
    client.get("/catalogue/")
    one, other = Visitor().get("/catalogue/"), Visitor().get("/catalogue/")

    assert one.was_kept
    assert one.content == other.content
    assert one["ETag"] == other["ETag"]
    assert not one.cookies
    assert "csrfmiddlewaretoken" not in one.content.decode()


def test_a_first_visit_to_a_page_with_a_form_gets_a_csrf_cookie_and_a_second_none(shop, client):
    client.get("/piece/band/")
    visitor = Visitor()
    first, second = visitor.get("/piece/band/"), visitor.get("/piece/band/")

    assert first.was_kept
    assert settings.CSRF_COOKIE_NAME in first.cookies
    assert not second.cookies
    assert first["ETag"] == second["ETag"]


def test_head_tells_the_same_without_the_page(shop, client):
    whole = client.get("/catalogue/")
    head = client.head("/catalogue/")

    assert head.was_kept
    assert head.content == b""
    assert dict(head.headers) == dict(whole.headers)


def test_nothing_of_a_person_is_in_what_strangers_get_after_him(shop, client):
    customer = make_customer("vera")
    make_basket_line(customer)
    client.force_login(customer.user)
    for _ in range(2):
        client.get("/catalogue/")
    assert "Sign out" in client.get("/catalogue/").content.decode()

    stranger = Visitor().get("/catalogue/")
    assert stranger.was_kept
    assert "Sign out" not in stranger.content.decode()
    assert 'class="count"' not in stranger.content.decode()


def test_a_session_of_whom_no_cookie_tells_goes_the_whole_way(shop, client):
    client.get("/catalogue/")
    client.force_login(User.objects.create_user("sonja", is_staff=True))

    first = client.get("/catalogue/")
    assert not first.was_kept
    assert "Sign out" in first.content.decode()
    client.cookies["person"] = "forged"
    assert not client.get("/catalogue/").was_kept
    assert client.get("/catalogue/").was_kept  # the view has given him a true one


def test_a_message_is_shown_by_the_view_and_once(shop, client):
    client.get("/piece/band/")
    client.post("/basket/add/", {"sku": "no-such"})
    messages = client.cookies.get("messages")
    client.cookies["messages"] = messages.value if messages else "x"

    assert not client.get("/piece/band/").was_kept


def test_a_foreign_host_is_refused_by_django_and_never_answered_from_memory(shop, client, settings):
    client.get("/catalogue/")
    settings.ALLOWED_HOSTS = ["karat.example"]
    visitor = Visitor()

    assert visitor.get("/catalogue/", headers={"host": "karat.example"}).was_kept
    refused = visitor.get("/catalogue/", headers={"host": "evil.example"})
    assert (refused.status_code, refused.was_kept) == (400, False)


def test_in_production_plain_http_is_led_to_https_and_https_is_told_to_stay(shop, client, settings):
    production = import_module("config.settings.production")
    for name in dir(production):
        if name.startswith(("SECURE_", "SESSION_COOKIE_", "CSRF_COOKIE_")):
            setattr(settings, name, getattr(production, name))
    client = Visitor()
    tls = {"x-forwarded-proto": "https"}
    client.get("/piece/band/", headers=tls)
    kept, led = Visitor().get("/piece/band/", headers=tls), Visitor().get("/piece/band/")

    assert kept.was_kept
    assert kept["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert kept.cookies["__Host-csrf"]["secure"]
    assert (led.status_code, led["Location"], led.was_kept) == (301, "https://testserver/piece/band/", False)


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("ru", "en", "ru"),
        ("", "ru-RU,ru;q=0.9", "ru"),
        ("xx", "de, ru;q=0.5", "ru"),
        ("", "", "en"),
        ("en", "ru", "en"),
    ],
)
def test_the_door_chooses_the_language_that_django_chooses(shop, client, cookie, accepted, language):
    around = Client()
    for one in (client, around):
        if cookie:
            one.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
        one.get("/catalogue/", headers={"accept-language": accepted})
    kept = client.get("/catalogue/", headers={"accept-language": accepted})

    assert kept.was_kept
    assert kept["Content-Language"] == language
    assert around.get("/catalogue/", headers={"accept-language": accepted})["Content-Language"] == language


def test_what_is_no_kept_page_is_handed_on(shop, client):
    client.get("/catalogue/")
    assert not client.post("/catalogue/").was_kept
    assert not client.get("/catalogue/?q=band").was_kept
    assert not client.get("/catalogue/?metal=ag925&utm_source=x").was_kept
    assert not client.get("/basket/").was_kept
    assert not client.get("/catalogue/", SCRIPT_NAME="/shop").was_kept


def test_who_profiles_goes_the_whole_way(shop, client):
    client.get("/catalogue/")
    client.handler.passing = ["silk"]
    assert client.get("/catalogue/").was_kept
    client.cookies["silk"] = "1"
    assert not client.get("/catalogue/").was_kept


def test_a_change_made_by_another_process_is_shown_50_ms_later_at_most(shop, client, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(cache.time, "monotonic", lambda: now[0])
    for _ in range(2):
        client.get("/catalogue/")
    Product.objects.update(name="Circle")
    shared.set("catalogue:version", "another")  # as another process's forget_catalogue does

    now[0] += cache.LATELY_SECONDS - 0.001
    lately = client.get("/catalogue/")
    now[0] += 0.002
    then = client.get("/catalogue/")

    assert (lately.was_kept, "Band" in lately.content.decode()) == (True, True)
    assert (then.was_kept, "Circle" in then.content.decode()) == (False, True)


def test_without_a_cache_nothing_is_kept(shop, client, settings):
    settings.CACHES = settings.CACHES | {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    client.get("/catalogue/")

    assert not client.get("/catalogue/").was_kept


def test_a_guest_with_a_basket_gets_his_own_count_from_the_kept_page_and_strangers_none(shop, client):
    client.post("/basket/add/", {"sku": "band-ag925"})
    client.get("/basket/")  # shows the message and gives the cookie that tells of the person
    del client.cookies["messages"]  # a browser drops it when it has been shown
    client.get("/catalogue/")

    own = client.get("/catalogue/")
    foreign = Visitor().get("/catalogue/")

    assert own.was_kept
    assert '<span class="count">1' in own.content.decode()
    assert foreign.was_kept
    assert '<span class="count">' not in foreign.content.decode()
