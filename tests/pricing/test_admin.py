"""The sellers' pages about prices: who may open them, what they say, and what they cost."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.demo.people import PASSWORD, seed_people
from pricing.engine.explain import explain
from pricing.engine.price import COMPONENT_CODES
from pricing.engine.receipts import inputs_of
from pricing.models import Alloy, MassFactor, MassTally, Measurement, MetalPrice, PriceList, Quote
from pricing.services.masses import record_weighing
from pricing.services.rates import copy_price_list, publish_metal_price, publish_price_list
from pricing.words import COMPONENTS, FACTORS
from shop.templatetags.looks import _PARTS as PARTS_IN_THE_SHOP
from tests.factories.mes import make_workshop
from tests.factories.pricing import make_quote

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def sign_in(client):
    """The client as one of the demo's people."""
    make_workshop()
    seed_people()
    quote = make_quote()  # so that there are rates and one of everything

    def as_(name):
        client.logout()
        assert client.login(username=f"{name}@karat.example", password=PASSWORD)
        return client

    as_.quote = quote
    return as_


@pytest.fixture
def manager(sign_in):
    return sign_in("pricing")


def _page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def _weigh(count, alloy="au585-yellow", kind="ring"):
    known = MassTally.objects.count() * 1000 + sum(MassTally.objects.values_list("count", flat=True))
    for number in range(count):
        record_weighing(
            alloy_code=alloy, kind=kind, estimated_g=D(10), weighed_g=D("9.8"), source=f"W-{known + number}"
        )


def test_the_rates_open_to_pricing_managers_only(sign_in):
    draft = copy_price_list(price_list_id=PriceList.objects.get().pk)
    _weigh(5)
    tally = MassTally.objects.get()
    closed = [
        "/crm/pricing/pricelist/", "/crm/pricing/metalprice/", "/crm/pricing/masstally/", "/crm/pricing/weighing/",
        "/crm/pricing/massfactor/", f"/crm/pricing/pricelist/{draft.pk}/try_out/", "/crm/pricing/metalprice/upload/",
        f"/crm/pricing/pricelist/{draft.pk}/publish/", f"/crm/pricing/pricelist/{draft.pk}/copy/",
        f"/crm/pricing/masstally/{tally.pk}/adopt/", f"/crm/pricing/pricelist/{draft.pk}/change/",
    ]  # fmt: skip

    statuses = {who: {path: sign_in(who).get(path).status_code for path in closed} for who in ("pricing", "seller")}
    outsiders = {sign_in(who).get(path).status_code for who in ("operator", "planner", "customer") for path in closed}

    assert statuses["pricing"] == dict.fromkeys(closed, 200)
    assert statuses["seller"] == dict.fromkeys(closed, 403)
    assert outsiders <= {302, 403}


def test_what_a_seller_posts_to_a_closed_page_changes_nothing(sign_in):
    draft = copy_price_list(price_list_id=PriceList.objects.get().pk)
    _weigh(5)
    seller = sign_in("seller")

    paths = [
        f"pricelist/{draft.pk}/publish/",
        f"pricelist/{draft.pk}/copy/",
        f"masstally/{MassTally.objects.get().pk}/adopt/",
    ]
    answers = [seller.post(f"/crm/pricing/{path}", {"text": ""}).status_code for path in paths]
    upload = SimpleUploadedFile("p.csv", b"metal,currency,price_per_g,valid_from\ngold,EUR,1,2026-01-05T10:30:00Z\n")
    answers.append(seller.post("/crm/pricing/metalprice/upload/", {"file": upload}).status_code)

    assert answers == [403] * 4
    assert (PriceList.objects.count(), MassFactor.objects.count(), MetalPrice.objects.count()) == (2, 0, 4)
    assert not PriceList.objects.get(pk=draft.pk).is_published


@pytest.mark.parametrize("who", ["seller", "pricing"])
def test_a_quote_shows_its_components_and_steps_and_to_managers_its_receipt(sign_in, who):
    page = _page(sign_in(who), f"/crm/pricing/quote/{sign_in.quote.pk}/change/")

    for text in ("Refining the sprue", "Finishing", "calculating", "Why this price"):
        assert text in page
    assert ("quantity_breaks" in page) == (who == "pricing")  # the receipt holds the whole price list


@pytest.mark.parametrize("who", ["seller", "pricing"])
def test_why_a_quote_costs_what_it_costs(sign_in, who):
    quote = sign_in.quote
    page = _page(sign_in(who), f"/crm/pricing/quote/{quote.pk}/why_this_price/")

    grams, price = quote.cast_mass_g, quote.components.get(code="metal").amount
    assert f"{grams} g x 0.585 x 112.00 EUR/g x 1.08 x 1.10 = {price}" in page
    assert "mass as cast × fineness × metal price (gold) × (1 + charged loss) × (1 + mark-up)" in page
    assert "Price list 1" in page
    assert "demo, not a market price" in page
    assert str(quote.gross) in page


def test_the_reasons_show_what_it_would_cost_today(manager, sign_in):
    publish_metal_price(metal="gold", currency="EUR", price_per_g=D(224), source="doubled")

    answer = manager.get(f"/crm/pricing/quote/{sign_in.quote.pk}/why_this_price/")

    metal = next(row for row in answer.context["rows"] if row["words"] == COMPONENTS["metal"])
    assert abs(metal["today"] - 2 * metal["amount"]) <= D("0.01")
    assert metal["change"] == metal["today"] - metal["amount"]
    assert answer.context["page"].told.gross == sign_in.quote.gross
    assert answer.context["page"].today.gross > sign_in.quote.gross


def test_a_quote_that_has_no_price_today_still_says_why_it_had_one(manager):
    quote = make_quote(plating="gold")
    draft = copy_price_list(price_list_id=PriceList.objects.get().pk)
    draft.plating_rates.all().delete()
    publish_price_list(price_list_id=draft.pk)

    answer = manager.get(f"/crm/pricing/quote/{quote.pk}/why_this_price/")

    assert answer.status_code == 200
    assert answer.context["page"].today is None


def test_a_quote_without_a_price_has_no_reasons(manager, sign_in):
    Quote.objects.filter(pk=sign_in.quote.pk).update(status="requested", receipt=None, gross=None)

    answer = manager.get(f"/crm/pricing/quote/{sign_in.quote.pk}/why_this_price/")

    assert answer.status_code == 409
    assert "no price yet" in answer.content.decode()


def test_every_component_and_factor_of_the_engine_has_its_words():
    quote = make_quote(plating="gold", engraving="V", rush=True, quantity=12)

    figures, piece, rates, metals = inputs_of(quote.receipt)
    everything = explain(figures, piece, rates, metals)
    names = {
        factor.name
        for line in everything.lines
        for step in line.steps
        for factors in step.products
        for factor in factors
    }

    assert set(COMPONENTS) == set(PARTS_IN_THE_SHOP) == set(COMPONENT_CODES)
    assert names <= set(FACTORS)
    assert {"plating_setup", "characters", "rush_rate", "discount"} <= names


def test_a_draft_is_made_tried_and_published_on_the_site(manager, sign_in):
    original = PriceList.objects.get()
    manager.post(f"/crm/pricing/pricelist/{original.pk}/copy/", {"text": ""})
    draft = PriceList.objects.get(version=2)
    PriceList.objects.filter(pk=draft.pk).update(packing_fee=D(13))

    trial = _page(manager, f"/crm/pricing/pricelist/{draft.pk}/try_out/")
    manager.post(f"/crm/pricing/pricelist/{draft.pk}/publish/", {"text": ""})

    assert "+16.20" in trial
    assert sign_in.quote.reference in trial
    assert PriceList.objects.get(version=2).is_published


def test_the_form_of_a_draft_saves_its_rows_and_that_of_a_published_list_has_none(manager):
    original = PriceList.objects.get()
    draft = copy_price_list(price_list_id=original.pk)

    assert 'name="hallmark_rates-0-fee"' in _page(manager, f"/crm/pricing/pricelist/{draft.pk}/change/")
    assert 'name="hallmark_rates-0-fee"' not in _page(manager, f"/crm/pricing/pricelist/{original.pk}/change/")
    assert manager.post(f"/crm/pricing/pricelist/{original.pk}/change/", {"version": 9}).status_code == 403


def _draft_form(client, draft):
    """What a browser would send back of a draft's page."""
    answer = client.get(f"/crm/pricing/pricelist/{draft.pk}/change/")
    forms = [
        answer.context["adminform"].form,
        *(formset.formset for formset in answer.context["inline_admin_formsets"]),
    ]
    sent = {}
    for form in forms:
        for part in [form] if not hasattr(form, "forms") else [form.management_form, *form.forms]:
            sent |= {part.add_prefix(name): part[name].value() for name in part.fields}
    return {name: value for name, value in sent.items() if value is not None and value is not False}


def test_a_changed_row_of_a_draft_is_stored(manager):
    draft = copy_price_list(price_list_id=PriceList.objects.get().pk)
    sent = _draft_form(manager, draft) | {"packing_fee": "7.50", "quantity_breaks-0-discount": "0.04"}

    answer = manager.post(f"/crm/pricing/pricelist/{draft.pk}/change/", sent)

    assert answer.status_code == 302, answer.context["errors"]
    draft.refresh_from_db()
    assert draft.packing_fee == D("7.50")
    assert draft.quantity_breaks.order_by("from_quantity")[0].discount == D("0.04")


def test_a_wrong_density_is_said_beside_the_field(manager):
    alloy = Alloy.objects.get(code="ag925")
    answer = manager.get(f"/crm/pricing/alloy/{alloy.pk}/change/")
    form = answer.context["adminform"].form
    sent = {name: form[name].value() for name in form.fields} | {"density_g_cm3": "11.0"}

    answer = manager.post(f"/crm/pricing/alloy/{alloy.pk}/change/", {k: v for k, v in sent.items() if v is not None})

    assert answer.status_code == 200
    assert "expected is 10.36" in str(answer.context["adminform"].form.errors["density_g_cm3"])
    assert Alloy.objects.get(code="ag925").density_g_cm3 == D("10.36")

    manager.post(f"/crm/pricing/alloy/{alloy.pk}/change/", sent | {"density_g_cm3": "10.40"})
    assert Alloy.objects.get(code="ag925").density_g_cm3 == D("10.40")


def test_a_file_of_metal_prices_is_uploaded_whole_or_not_at_all(manager):
    good = b"metal,currency,price_per_g,valid_from\ngold,EUR,113.00,2026-01-05T10:30:00Z\n"
    for content in (good + b"mud,EUR,1,2026-01-05T10:30:00Z\n", b"", b"x" * (1024 * 1024 + 1)):
        page = manager.post("/crm/pricing/metalprice/upload/", {"file": SimpleUploadedFile("p.csv", content)})
        assert page.status_code == 200
    assert MetalPrice.objects.count() == 4

    manager.post("/crm/pricing/metalprice/upload/", {"file": SimpleUploadedFile("p.csv", good)})

    assert MetalPrice.objects.get(source="p.csv").price_per_g == D(113)


def test_the_scales_are_shown_and_adopted(manager):
    _weigh(4)
    tally = MassTally.objects.get()
    manager.post(f"/crm/pricing/masstally/{tally.pk}/adopt/", {"text": ""})
    assert MassFactor.objects.count() == 0

    _weigh(1)
    page = _page(manager, "/crm/pricing/masstally/")
    manager.post(f"/crm/pricing/masstally/{tally.pk}/adopt/", {"text": ""})

    assert "0.9800 ± 0.0000" in page
    assert 'aria-label="0.980"' in page
    adopted = MassFactor.objects.get()
    assert (adopted.factor, adopted.adopted_by.username) == (D("0.98"), "pricing@karat.example")
    assert [row.factor for row in manager.get("/crm/pricing/masstally/").context["cl"].result_list] == [D("0.98")]


def test_a_design_and_its_measurement_are_shown_with_figures_stones_and_repairs(sign_in):
    found = sign_in.quote.measurement
    figures = found.figures | {
        "stones": [{"cut": "round", "length_mm": 1.3}],
        "repairs": [{"code": "holes", "count": 2}],
        "verdict": "advice",
    }
    Measurement.objects.filter(pk=found.pk).update(figures=figures)
    seller = sign_in("seller")

    page = _page(seller, f"/crm/pricing/measurement/{found.pk}/change/")
    design = _page(seller, f"/crm/pricing/design/{sign_in.quote.design_id}/change/")

    for text in (found.picture_url, "cut round, length_mm 1.300", "code holes, count 2", "advice", "volume_mm3"):
        assert text in page
    assert found.picture_url in design
    assert sign_in.quote.design.file.name not in design


LISTS = ["quote", "design", "measurement", "pricelist", "metalprice", "alloy", "masstally", "weighing", "massfactor"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_with_few_and_with_many_rows(manager, name, assert_flat_queries):
    def more():
        make_quote(size=str(Quote.objects.count()))
        copy_price_list(price_list_id=PriceList.objects.first().pk)
        publish_metal_price(metal="gold", currency="EUR", price_per_g=D(100), source="x")
        for alloy in ("ag925", "pt950-ru"):
            _weigh(2, alloy, "pendant")
            MassFactor.objects.create(alloy=Alloy.objects.get(code=alloy), kind="ring", factor=1, based_on=5)
        _weigh(2)

    more()
    assert_flat_queries(lambda: _page(manager, f"/crm/pricing/{name}/"), more)


def test_the_page_of_reasons_costs_a_fixed_number_of_queries(manager, sign_in):
    path = f"/crm/pricing/quote/{sign_in.quote.pk}/why_this_price/"
    _page(manager, path)

    with CaptureQueriesContext(connection) as asked:
        _page(manager, path)

    assert len(asked) <= 25, [query["sql"] for query in asked]
