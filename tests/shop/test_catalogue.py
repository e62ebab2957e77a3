from decimal import Decimal

import pytest

from config.demo.rates import seed_rates
from pricing.errors import PriceListPublished
from pricing.models import Alloy, PriceList
from pricing.services.rates import publish_metal_price, save_alloy, save_draft
from shop import cache
from shop.models import Category, Product, Variant
from shop.services.catalogue import refresh_catalogue_prices
from tests.factories.mes import make_workshop
from tests.factories.pricing import make_design

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    seed_rates()
    make_workshop()
    shelf = Category.objects.create(slug="rings", name="Rings")
    product = Product.objects.create(slug="band", category=shelf, name="Band", kind="ring", design=make_design())
    for code in ("ag925", "au585-yellow"):
        Variant.objects.create(product=product, sku=f"band-{code}", alloy=Alloy.objects.get(code=code))
    return product


def _prices(product):
    return [
        variant.quote and variant.quote.gross for variant in product.variants.select_related("quote").order_by("sku")
    ]


def test_workers_give_every_variant_a_price_and_a_second_refresh_asks_for_none(product, run_tasks, queued):
    refresh_catalogue_prices()
    run_tasks()
    assert all(price > 0 for price in _prices(product))

    refresh_catalogue_prices()

    assert queued() == []


def test_a_new_metal_price_changes_the_prices_of_that_metal(product, run_tasks):
    refresh_catalogue_prices()
    run_tasks()
    silver, gold = _prices(product)

    publish_metal_price(metal="gold", currency="EUR", price_per_g=Decimal(500), source="test")
    run_tasks()

    assert _prices(product)[0] == silver
    assert _prices(product)[1] > gold


def test_a_withdrawn_alloy_does_not_keep_the_others_from_a_price(product, run_tasks):
    Alloy.objects.filter(code="ag925").update(is_offered=False)

    refresh_catalogue_prices()
    run_tasks()

    assert {variant.sku: bool(variant.quote) for variant in product.variants.all()} == {
        "band-ag925": False,
        "band-au585-yellow": True,
    }


def test_a_corrected_density_calculates_prices_anew(product, run_tasks):
    refresh_catalogue_prices()
    run_tasks()
    before = Variant.objects.get(sku="band-ag925").quote
    silver = Alloy.objects.get(code="ag925")
    silver.density_g_cm3 = Decimal("10.5")

    save_alloy(alloy=silver)
    run_tasks()

    assert Variant.objects.get(sku="band-ag925").quote.mass_g > before.mass_g


def test_a_draft_saved_after_it_was_published_changes_nothing():
    seed_rates()
    stale = PriceList.objects.get()
    stale.margin_rate, stale.published_at = Decimal("0.9"), None

    with pytest.raises(PriceListPublished):
        save_draft(price_list=stale)

    kept = PriceList.objects.get()
    assert kept.is_published
    assert kept.margin_rate != Decimal("0.9")


def test_what_is_not_there_is_not_kept_and_a_change_is_never_lost():
    asked = []
    assert cache.cached("nothing", lambda: asked.append(1)) is None
    assert cache.cached("nothing", lambda: asked.append(1)) is None
    assert len(asked) == 2

    assert cache.cached("shelf", lambda: "old") == "old"
    cache.forget_catalogue()
    assert cache.cached("shelf", lambda: "new") == "new"


def test_a_variant_that_cannot_be_priced_does_not_keep_the_others_from_a_price(product, run_tasks, caplog):
    Variant.objects.filter(sku="band-ag925").update(finish="gilded")

    refresh_catalogue_prices()
    run_tasks()

    assert Variant.objects.get(sku="band-au585-yellow").quote
    assert "unknown_finish" in caplog.text
