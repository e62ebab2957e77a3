"""Pages cost the same number of queries with two rows and with twelve."""

from decimal import Decimal

import pytest
from django.core.cache import cache

from pricing.models import Alloy
from pricing.selectors import saying
from shop import selectors
from shop.models import Category, Product, QuoteRequest, Variant
from shop.services.orders import move_order
from tests.factories.mes import make_workshop
from tests.factories.pricing import make_design, make_quote, make_rates
from tests.factories.shop import make_basket_line, make_customer, make_order

pytestmark = pytest.mark.django_db


def make_products(many):
    make_rates()
    make_workshop()
    shelf, _ = Category.objects.get_or_create(slug="rings", defaults={"name": "Rings"})
    first = Product.objects.count()
    quote = make_quote()
    for number in range(first, first + many):
        product = Product.objects.create(
            slug=f"ring-{number}", category=shelf, name=f"Ring {number}", kind="ring", design=make_design()
        )
        alloy = Alloy.objects.get(code="au585-yellow")
        Variant.objects.create(product=product, sku=f"ring-{number}", alloy=alloy, size="17", quote=quote)


def uncached(page):
    def read():
        cache.clear()
        return page()

    return read


def test_the_catalogue_costs_the_same_at_any_length(assert_flat_queries):
    make_products(2)

    assert_flat_queries(uncached(selectors.catalogue_page), lambda: make_products(10))


def test_a_cached_catalogue_costs_no_query(django_assert_num_queries):
    make_products(2)
    selectors.catalogue_page()

    with django_assert_num_queries(0):
        page = selectors.catalogue_page()

    assert len(page.cards) == 2


def test_a_product_costs_the_same_with_any_number_of_variants(assert_flat_queries):
    make_products(1)
    product = Product.objects.get()

    def more_variants():
        for alloy in Alloy.objects.exclude(code="au585-yellow"):
            Variant.objects.create(product=product, sku=f"more-{alloy.code}", alloy=alloy, size="17")

    assert_flat_queries(uncached(lambda: selectors.product_page("ring-0")), more_variants)


def test_a_basket_costs_the_same_at_any_length(assert_flat_queries):
    customer = make_customer()
    make_basket_line(customer)
    make_basket_line(customer, quantity=2)

    def fill():
        for quantity in range(3, 13):
            make_basket_line(customer, quantity=quantity)

    assert_flat_queries(lambda: selectors.basket_page(customer), fill)


def test_my_orders_cost_the_same_at_any_number(assert_flat_queries):
    customer = make_customer()
    make_order(customer)
    make_order(customer)

    assert_flat_queries(lambda: selectors.my_orders(customer), lambda: [make_order(customer) for _ in range(10)])


def test_my_designs_cost_the_same_at_any_number(assert_flat_queries):
    customer = make_customer()

    def ask(many):
        for _ in range(many):
            QuoteRequest.objects.create(customer=customer, quote=make_quote(), title="ring")

    ask(2)

    assert_flat_queries(lambda: selectors.my_designs(customer), lambda: ask(10))


def test_a_basket_is_promised_for_its_slowest_piece():
    customer = make_customer()
    make_basket_line(customer)
    early = selectors.basket_page(customer).promise.day
    make_basket_line(customer, quantity=500)

    assert selectors.basket_page(customer).promise.day > early


def test_the_total_of_a_basket_is_the_sum_of_its_prices():
    customer = make_customer()
    lines = [make_basket_line(customer), make_basket_line(customer, quantity=3)]

    page = selectors.basket_page(customer)

    assert page.total == sum((line.quote.gross for line in lines), Decimal(0))


def test_the_stages_of_an_order_follow_its_log():
    order = make_order()
    for status in ("approved", "in_production"):
        move_order(order_id=order.pk, to=status)

    page = selectors.order_page(order.customer, order.reference)

    assert [stage.progress for stage in page.stages] == ["done", "done", "now", "later", "later", "later"]
    assert [stage.at is not None for stage in page.stages] == [True] * 3 + [False] * 3


def test_a_cancelled_order_keeps_the_stages_it_reached():
    order = make_order()
    move_order(order_id=order.pk, to="approved")
    move_order(order_id=order.pk, to="cancelled")

    page = selectors.order_page(order.customer, order.reference)

    assert page.is_cancelled
    assert [stage.progress for stage in page.stages] == ["done", "done", "later", "later", "later", "later"]


def test_a_refusal_whose_parameter_was_not_stored_still_reads():
    assert "?" in saying("not_finite", {})
    assert saying("never_heard_of", {}) == "This model can't be priced."
