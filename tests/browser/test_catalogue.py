"""Home, catalogue and product as visitors meet them: accessible, under a strict policy, with and without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from pricing.models import Alloy
from shop.models import Category, Product, Variant
from shop.services.catalogue import refresh_catalogue_prices, write_search_texts
from tests.factories.mes import make_workshop
from tests.factories.pricing import make_design, make_rates

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_rows")]

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
PAGES = ["/", "/catalogue/?metal=ag925", "/catalogue/?q=nothing-like-it", "/piece/band/?sku=band-ag925-17"]


@pytest.fixture
def shop(run_tasks):
    make_rates()
    make_workshop()
    shelf = Category.objects.create(slug="rings", name="Rings", name_ru="Кольца")
    for slug in ("band", "hoop"):
        piece = Product.objects.create(
            slug=slug, category=shelf, name=slug.title(), description="Plain.", kind="ring", design=make_design()
        )
        for code in ("ag925", "au585-yellow") if slug == "band" else ("au585-yellow",):
            for size in ("17", "18"):
                sku = f"{slug}-{code}-{size}"
                Variant.objects.create(product=piece, sku=sku, alloy=Alloy.objects.get(code=code), size=size)
    write_search_texts()
    refresh_catalogue_prices()
    run_tasks()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_on_home_catalogue_and_product(chromium, live_server, shop, size, scheme):
    # Axe is put into the page from outside, which the policy rightly forbids to a page.
    context = chromium.new_context(viewport=size, base_url=live_server.url, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    found = []
    for path in PAGES:
        page.goto(path)
        found += [(path, one["id"]) for one in Axe().run(page).response["violations"]]
    context.close()

    assert found == []


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no scripts"])
def test_a_visitor_filters_and_chooses_a_size_and_the_policy_has_nothing_to_say(chromium, live_server, shop, scripts):
    context = chromium.new_context(viewport=DESKTOP, base_url=live_server.url, java_script_enabled=scripts)
    page = context.new_page()
    complaints, foreign = [], []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("request", lambda one: one.url.startswith((live_server.url, "data:")) or foreign.append(one.url))

    answer = page.goto("/catalogue/")
    page.click(".filters summary")
    page.check("input[name=metal][value=ag925]")
    if not scripts:
        page.click(".filters__go")
    page.wait_for_selector(".taken")
    cards = page.locator(".card__name").all_inner_texts()
    page.click(".card__link")
    page.wait_for_selector("#product")
    page.click(".choice--small:not([aria-current])")
    page.wait_for_selector(".choice--small[href*='17'][aria-current]")
    chosen = page.input_value("input[name=sku]")
    page.click("#product button[type=submit]")
    page.wait_for_selector(".count")
    context.close()

    assert cards == ["Band"]
    assert chosen.endswith("-17")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert complaints + foreign == []
