"""The main pages in a real browser: nothing overflows, nothing is fetched from elsewhere, the console stays silent."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from mes.models import Operation, OperationLog
from mes.services import operations, planning
from shop.models import Category, Product, Variant
from shop.services.catalogue import refresh_catalogue_prices
from tests.factories.mes import make_operator, make_work_order, printing
from tests.factories.pricing import DESIGNS, make_design
from tests.factories.shop import make_basket_line, make_customer, make_order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_rows")]

SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}
TABLET = {"width": 820, "height": 1180}


class Watched:
    """A page that keeps what it complains about and what it asks of others."""

    def __init__(self, browser, origin, size):
        self.origin = origin
        self.context = browser.new_context(viewport=SIZES[size], base_url=origin, locale="en-GB")
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("console", lambda said: said.type in {"error", "warning"} and self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._ask)

    def _ask(self, request):
        if not request.url.startswith((self.origin, "data:")):
            self.complaints.append(f"asked {request.url}")

    def fill(self, **values):
        """Fill in fields by their names."""
        for name, value in values.items():
            self.page.fill(f"[name={name}]", value)

    def sign_in(self, name, password):
        self.page.goto("/sign-in/")
        self.fill(email=name, password=password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_load_state()

    def look_at(self, path):
        self.page.goto(path)
        self.page.wait_for_load_state("load")
        wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{path} is {wider} px wider than the screen"


@pytest.fixture
def watched(chromium, live_server):
    opened = []

    def open_page(size):
        opened.append(Watched(chromium, live_server.url, size))
        return opened[-1]

    yield open_page
    for one in opened:
        one.context.close()


def make_catalogue(run_tasks):
    from pricing.models import Alloy

    shelf = Category.objects.create(slug="rings", name="Rings")
    ring = Product.objects.create(
        slug="band", category=shelf, name="Plain band", description="Plain.", kind="ring", design=make_design()
    )
    for code in ("au585-yellow", "ag925"):
        Variant.objects.create(product=ring, sku=code, alloy=Alloy.objects.get(code=code), size="17")
    refresh_catalogue_prices()
    run_tasks()


@pytest.mark.parametrize("size", SIZES)
def test_the_main_pages_fit_are_silent_and_ask_nobody_else(watched, run_tasks, size):
    customer = make_customer("vera")
    order = make_order(customer)
    make_basket_line(customer)
    make_catalogue(run_tasks)
    make_work_order(instruction="Mind the edge")
    make_operator("oleg")
    planning.publish_worklist(work_centre_id=printing().pk)

    shopper = watched(size)
    for path in (
        "/",
        "/catalogue/",
        "/catalogue/rings/",
        "/piece/band/",
        "/design/",
        "/basket/",
        "/sign-in/",
        "/sign-up/",
    ):
        shopper.look_at(path)
    shopper.sign_in("vera", "shop-password")
    for path in ("/basket/", "/checkout/", "/quotes/", "/orders/", f"/orders/{order.reference}/"):
        shopper.look_at(path)
    bench = watched(size)
    bench.sign_in("oleg", "bench-password")
    bench.look_at("/mes/bench/")
    bench.look_at(bench.page.get_attribute("a.row", "href"))

    assert shopper.complaints + bench.complaints == []


def test_the_waiting_page_turns_into_the_price_by_itself(watched, run_tasks):
    make_basket_line(make_customer())  # rates and workshop
    visitor = watched("phone")
    visitor.page.goto("/design/")
    visitor.page.set_input_files("[name=model]", DESIGNS / "band_ascii.stl")
    visitor.page.click("main button[type=submit]")
    visitor.page.wait_for_selector("[data-state=requested]")

    run_tasks()

    visitor.page.wait_for_selector("[data-state=priced]", timeout=60_000)
    assert visitor.page.locator("#quote[hx-get]").count() == 1
    assert visitor.complaints == []


def test_the_price_follows_the_chosen_metal(watched, run_tasks):
    make_order()
    make_catalogue(run_tasks)
    visitor = watched("desktop")
    visitor.page.goto("/piece/band/")
    first = visitor.page.inner_text(".price")

    visitor.page.click(".choice[href*=ag925]")
    visitor.page.wait_for_selector(".choice[href*=ag925][aria-current]")

    assert visitor.page.inner_text(".price") != first
    assert visitor.complaints == []


def test_the_keys_of_the_bench_take_start_and_finish(watched):
    make_work_order()
    make_operator("oleg")
    planning.publish_worklist(work_centre_id=printing().pk)
    bench = watched("desktop")
    bench.sign_in("oleg", "bench-password")

    bench.page.keyboard.press("n")
    bench.page.wait_for_selector("[data-key=KeyS]")
    bench.page.keyboard.press("s")
    bench.page.wait_for_selector("[data-key=KeyF]")
    bench.page.keyboard.press("f")
    bench.page.wait_for_selector(".message--success")

    assert User.objects.get(username="oleg").operator.operations.get().status == "done"


def at_the_bench(watched, *, pieces=1):
    """An operator who looks at the printing list with so many pieces on it."""
    work_orders = [make_work_order() for _ in range(pieces)]
    make_operator("oleg")
    planning.publish_worklist(work_centre_id=printing().pk)
    bench = watched("desktop")
    bench.sign_in("oleg", "bench-password")
    return bench, work_orders


def test_a_scan_never_presses_a_key_of_the_bench(watched):
    bench, [work_order] = at_the_bench(watched)

    bench.page.keyboard.type("WNSF", delay=5)

    assert bench.page.input_value("#scan") == "WNSF"
    assert work_order.operations.filter(status="ready").exists()


def test_a_scanner_opens_starts_and_finishes_a_piece(watched):
    bench, [_, work_order] = at_the_bench(watched, pieces=2)
    operation = work_order.operations.first()

    def scan():
        bench.page.keyboard.type(work_order.reference)
        bench.page.keyboard.press("Enter")

    scan()
    bench.page.wait_for_url("**/pieces/*/")
    operations.claim_operation(operation_id=operation.pk, reason="test", actor=User.objects.get(username="oleg"))
    scan()
    bench.page.wait_for_selector(".message--success")
    operation.refresh_from_db()
    assert operation.status == "in_progress"
    Operation.objects.filter(pk=operation.pk).update(started_at=timezone.now() - timedelta(minutes=9))
    scan()
    bench.page.wait_for_selector(f".message--success:has-text('Finished: {work_order.reference}')")

    operation.refresh_from_db()
    assert operation.status == "done"


def test_a_reference_typed_by_hand_is_opened_and_nothing_else(watched):
    bench, [work_order] = at_the_bench(watched)
    user = User.objects.get(username="oleg")
    operation = operations.claim_next(work_centre_id=printing().pk, actor=user)

    bench.page.keyboard.press("/")
    bench.page.keyboard.type(work_order.reference, delay=90)
    bench.page.keyboard.press("Enter")
    bench.page.wait_for_url("**/pieces/*/")

    operation.refresh_from_db()
    assert operation.status == "claimed"


def test_the_bench_needs_no_mouse(watched):
    bench, _ = at_the_bench(watched, pieces=3)
    page = bench.page

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.matches('li:nth-child(2) > a.row')")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/pieces/*/")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == "same_setup"  # why this one, and not the next
    page.keyboard.press("h")
    page.wait_for_url("**/mes/bench/")
    page.keyboard.press("n")
    page.wait_for_selector("[data-key=KeyG]")
    page.keyboard.press("g")
    assert page.evaluate("document.activeElement.value") == "mistake"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("g")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-key=KeyG]", state="detached")

    assert OperationLog.objects.filter(reason="given back: mistake").count() == 1
    assert bench.complaints == []


def test_take_next_is_in_reach_on_a_tablet_with_two_pieces_in_hand(watched):
    bench, _ = at_the_bench(watched, pieces=3)
    user = User.objects.get(username="oleg")
    for _ in range(2):
        operations.claim_next(work_centre_id=printing().pk, actor=user)
    bench.page.set_viewport_size(TABLET)

    bench.look_at("/mes/bench/")

    assert bench.page.locator(".held").count() == 2
    button = bench.page.locator("[data-key=KeyN]").bounding_box()
    assert button["y"] + button["height"] <= TABLET["height"]
    assert button["height"] >= 56
    assert bench.page.locator("a.row").first.bounding_box()["y"] < button["y"]  # the list begins above it
