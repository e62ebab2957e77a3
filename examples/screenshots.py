"""`make screenshots`: the pictures of the README, from a system that is running with demo data (PORT)."""

import os
import shutil

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from examples.demo.people import PASSWORD, Customer, until
from examples.demo.system import ROOT

BASE = f"http://localhost:{os.environ.get('PORT', '8000')}"
README = ROOT / "docs" / "pictures"
OTHERS = ROOT / "var" / "pictures"  # to look at, not to keep
IN_README = {"home", "quote", "bench", "planners", "sellers", "piece-phone"}
DESKTOP, TABLET, PHONE = (1280, 900), (1024, 768), (390, 844)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--hide-scrollbars"]


def main() -> None:
    README.mkdir(parents=True, exist_ok=True)
    OTHERS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        visitor(browser)
        customer(browser)
        orders()
        operator(browser)
        staff(browser)
        browser.close()


def visitor(browser: Browser) -> None:
    for size, name in ((DESKTOP, ""), (PHONE, "-phone")):
        page = _page(browser, size)
        _shoot(page, "/", f"home{name}")
        _shoot(page, "/catalogue/", f"catalogue{name}")
        _shoot(page, "/piece/signet/", f"piece{name}")
        _shoot(page, "/design/", f"design{name}")


def customer(browser: Browser) -> None:
    for size, name in ((DESKTOP, ""), (PHONE, "-phone")):
        page = _page(browser, size, "customer@karat.example")
        page.goto(f"{BASE}/design/")
        page.set_input_files("input[type=file]", ROOT / "examples" / "designs" / "dome_ring.stl")
        page.select_option("[name=alloy]", "au585-rose") if page.locator("select[name=alloy]").count() else None
        page.locator("form[enctype] [type=submit]").click()
        page.wait_for_selector("[data-state=priced]", timeout=60_000)
        _save(page, f"quote{name}", is_whole=True)
        _shoot(page, "/orders/", f"orders{name}")


def orders() -> None:
    """Some work for the pictures: rings in production, and an order large enough to stop for a seller."""
    buyer = Customer(BASE, "customer@karat.example")
    buyer.sign_in()
    for number, name in enumerate(["wave_ring", "signet_ring", "knot_pendant", "bead_ring", "comfort_band"]):
        quote = buyer.upload(ROOT / "examples" / "designs" / f"{name}.stl", quantity=8 if number == 1 else 1)
        until("a price", lambda quote=quote: buyer.price_of(quote))
        order = buyer.order(quote)
        until("a decision", lambda order=order: "placed" not in buyer.open(order).split("data-status=")[1][:12])


def operator(browser: Browser) -> None:
    for size, name in ((TABLET, ""), (PHONE, "-phone")):
        page = _page(browser, size, "operator@karat.example")
        _shoot(page, "/mes/bench/", f"bench{name}")


def staff(browser: Browser) -> None:
    page = _page(browser, DESKTOP, "seller@karat.example")
    _shoot(page, "/crm/", "sellers")
    _shoot(page, "/crm/shop/order/", "orders-list")
    page = _page(browser, DESKTOP, "planner@karat.example")
    _shoot(page, "/mes/", "planners")
    _shoot(page, "/mes/mes/workorder/", "work-orders")


def _page(browser: Browser, size: tuple[int, int], email: str = "") -> Page:
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="en-GB").new_page()
    if email:
        page.goto(f"{BASE}/sign-in/")
        page.fill("[name=email]", email)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_load_state("networkidle")
    return page


def _shoot(page: Page, path: str, name: str) -> None:
    page.goto(f"{BASE}{path}")
    page.wait_for_load_state("networkidle")
    _save(page, name, is_whole=name.endswith("phone"))


def _save(page: Page, name: str, *, is_whole: bool) -> None:
    """As a PNG of 256 colours: a third of the size, and nobody sees it."""
    target = (README if name in IN_README else OTHERS) / f"{name}.png"
    page.screenshot(path=target, full_page=is_whole)
    with Image.open(target) as picture:
        picture.convert("RGB").quantize(256).save(target, optimize=True)


if __name__ == "__main__":
    main()
