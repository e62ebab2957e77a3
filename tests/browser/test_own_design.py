"""A customer's way in a real browser: upload, every price, 3D, order as a guest; nothing for axe to complain about."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from config.demo.delivery import seed_delivery
from shop.models import Order
from tests.browser.test_pages import Watched
from tests.browser.test_pages import watched as watched
from tests.factories.mes import make_workshop
from tests.factories.pricing import DESIGNS, make_rates

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_rows")]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
GPU = "GPU stall due to ReadPixels"  # what a browser without a graphics card says of itself


def require_accessible(watched: Watched, path: str | None = None) -> None:
    if path:
        watched.look_at(path)
    for scheme in ("light", "dark"):
        watched.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = Axe().run(watched.page, options=RULES).response["violations"]
        told = [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found]
        assert told == [], (watched.page.url, scheme)


@pytest.fixture
def shop():
    make_rates()
    make_workshop()
    seed_delivery()


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_guest_uploads_sees_every_price_turns_the_piece_and_orders(watched, shop, run_tasks, size):
    guest = watched(size)
    require_accessible(guest, "/design/")
    guest.page.set_input_files("[name=model]", DESIGNS / "band_ascii.stl")
    guest.page.click("[data-upload] button[type=submit]")
    guest.page.wait_for_selector("[data-state=requested]", timeout=30_000)
    run_tasks()
    guest.page.wait_for_selector("[data-alloy-state=priced]", timeout=30_000)
    assert guest.page.locator("[data-alloy-state=priced]").count() == 9
    require_accessible(guest)
    if guest.page.locator("[data-turn]").count():
        guest.page.click("[data-turn]")
        guest.page.wait_for_selector("canvas[data-ready]", timeout=30_000)
        guest.page.keyboard.press("ArrowRight")

    guest.page.click(".take button")
    require_accessible(guest)
    guest.page.click("a[href='/checkout/']")
    guest.page.wait_for_selector("[data-checkout]")
    guest.fill(name="Gast", email="g@karat.example", address="1 Main", postal_code="1", city="Oslo")
    guest.page.check("input[value=courier]", force=True)
    guest.page.check("[name=terms]")
    require_accessible(guest)
    guest.page.click("[data-checkout] button[type=submit]")
    guest.page.wait_for_url("**/pay/")
    require_accessible(guest)
    guest.page.get_by_text("To your order").click()
    guest.page.wait_for_selector(".timeline", timeout=30_000)
    require_accessible(guest)

    order = Order.objects.get()
    assert (order.delivery_way.code, order.email) == ("courier", "g@karat.example")
    assert [said for said in guest.complaints if GPU not in said] == []


def test_a_file_that_is_no_model_is_refused_before_and_by_the_server_and_never_runs(watched, shop, run_tasks, tmp_path):
    visitor = watched("phone")
    visitor.page.goto("/design/")
    page = Path(tmp_path, "page.html")
    page.write_text("<script>document.title = 'ran'</script>")
    visitor.page.set_input_files("[name=model]", page)
    visitor.page.wait_for_selector("[data-file-errors] .wrong")
    page = page.rename(tmp_path / "ring.stl")

    visitor.page.set_input_files("[name=model]", page)
    visitor.page.click("[data-upload] button[type=submit]")
    visitor.page.wait_for_selector("[data-state=requested]", timeout=30_000)
    run_tasks()
    visitor.page.wait_for_selector("[data-refusal]", timeout=30_000)

    assert visitor.page.title() != "ran"
    require_accessible(visitor)
    assert visitor.complaints == []


def test_the_pages_of_an_account_are_accessible(watched, shop):
    visitor = watched("phone")
    for path in ("/sign-in/", "/sign-up/", "/password/", "/basket/", "/terms/", "/quotes/"):
        require_accessible(visitor, path)
    assert visitor.complaints == []
