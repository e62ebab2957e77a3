"""Price lists as rows: copied, tried, published, then final; alloys against their composition."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from pricing.errors import AlloyImplausible, PriceListPublished, PriceListUnusable, RatesMissing
from pricing.models import Alloy, MassFactor, MetalPrice, PriceList, Quote, Weighing
from pricing.selectors.rates import engine_price_list
from pricing.selectors.trials import trial_of
from pricing.services import rates
from tests.factories.pricing import make_quote, make_rates

pytestmark = pytest.mark.django_db
D = Decimal
TABLES = ["finish_rates", "plating_rates", "setting_rates", "hallmark_rates", "quantity_breaks"]


@pytest.fixture
def published():
    make_rates()
    return PriceList.objects.get()


@pytest.fixture
def draft(published):
    return rates.copy_price_list(price_list_id=published.pk)


def test_a_copy_is_a_draft_with_every_rate_under_the_next_version(published, draft):
    copied, original = engine_price_list(draft).to_json(), engine_price_list(published).to_json()

    assert copied | {"version": 1} == original
    assert (draft.version, draft.is_published) == (2, False)
    assert all(original[name] for name in ("platings", "settings", "hallmarks", "quantity_breaks"))


def test_a_copy_of_an_older_version_takes_the_next_free_number(published, draft):
    assert rates.copy_price_list(price_list_id=published.pk).version == 3


def test_a_draft_whose_rows_would_break_a_promise_is_not_published(draft):
    draft.hallmark_rates.create(metal="gold", from_g=D(5), fee=D("0.10"))

    with pytest.raises(PriceListUnusable, match="heavier would be cheaper"):
        rates.publish_price_list(price_list_id=draft.pk)

    assert not PriceList.objects.get(pk=draft.pk).is_published


def test_a_draft_without_a_finish_is_not_published(draft):
    draft.finish_rates.all().delete()

    with pytest.raises(RatesMissing):
        rates.publish_price_list(price_list_id=draft.pk)


def test_a_published_price_list_is_refused_by_the_service_and_by_the_database(published):
    published.margin_rate = D(9)

    with pytest.raises(PriceListPublished):
        rates.save_draft(price_list=published)
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceList.objects.update(margin_rate=D(9))

    assert PriceList.objects.get().margin_rate == D("0.35")


def test_a_list_that_was_published_meanwhile_prices_the_next_quote(published):
    first = make_quote()
    draft = rates.copy_price_list(price_list_id=published.pk)
    draft.finish_rates.update(per_cm2=D(99))
    rates.publish_price_list(price_list_id=draft.pk)

    second = make_quote()

    assert (first.receipt["price_list"]["version"], second.receipt["price_list"]["version"]) == (1, 2)
    assert second.gross > first.gross


def test_a_draft_can_be_changed_in_the_database(draft):
    assert PriceList.objects.filter(pk=draft.pk).update(margin_rate=D("0.4")) == 1
    assert draft.setting_rates.update(per_stone=D(1)) > 0


@pytest.mark.postgres
@pytest.mark.parametrize("table", TABLES)
def test_the_rows_of_a_published_price_list_are_final_too(published, table):
    rows = getattr(published, table)
    one = rows.first()

    for change in (lambda: rows.update(price_list=published), lambda: one.delete(), lambda: type(one).objects.create(
        **{field.name: getattr(one, field.name) for field in one._meta.concrete_fields if not field.primary_key}
    )):  # fmt: skip
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            change()


def test_metal_prices_weighings_and_factors_are_only_added(published):
    alloy = Alloy.objects.first()
    Weighing.objects.create(alloy=alloy, kind="ring", estimated_g=1, weighed_g=1, factor=1, source="W-1")
    MassFactor.objects.create(alloy=alloy, kind="ring", factor=1, based_on=5)

    for model, change in ((MetalPrice, {"price_per_g": 1}), (Weighing, {"weighed_g": 2}), (MassFactor, {"factor": 2})):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            model.objects.update(**change)


@pytest.mark.postgres
def test_metal_prices_are_not_deleted_either(published):
    assert connection.vendor == "postgresql"
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        MetalPrice.objects.all().delete()


def test_a_trial_shows_what_the_last_quotes_would_cost(draft):
    quotes = [make_quote(), make_quote(quantity=3)]
    PriceList.objects.filter(pk=draft.pk).update(packing_fee=D("13.00"))  # 10.00 more on each piece

    trial = trial_of(PriceList.objects.get(pk=draft.pk))

    # 10.00 x 1.35 margin x 1.20 VAT, once and three times: the largest first
    assert [(row.quote.pk, row.difference) for row in trial.rows] == [
        (quotes[1].pk, D("48.60")),
        (quotes[0].pk, D("16.20")),
    ]
    assert (trial.up, trial.down, trial.same, trial.unpriced) == (2, 0, 0, 0)
    assert trial.largest.quote == quotes[1]
    assert Quote.objects.get(pk=quotes[0].pk).gross == quotes[0].gross


def test_a_trial_of_the_same_rates_changes_nothing(draft):
    make_quote()

    trial = trial_of(draft)

    assert (trial.same, trial.largest) == (1, None)


def test_a_quote_that_the_draft_has_no_rate_for_is_named(draft):
    make_quote(plating="rhodium")
    draft.plating_rates.all().delete()

    trial = trial_of(draft)

    assert (trial.unpriced, trial.same) == (1, 0)
    assert "rhodium" in trial.rows[0].problem


def test_a_trial_tries_no_more_than_the_last_ones_asked_for(draft):
    make_quote()
    newest = make_quote(size="18")

    assert [row.quote for row in trial_of(draft, most=1).rows] == [newest]


def test_an_alloy_with_a_wrong_density_is_refused_with_the_expected_one(published):
    alloy = Alloy.objects.get(code="pt950-ru")
    alloy.density_g_cm3 = D("22.9")

    with pytest.raises(AlloyImplausible, match=r"22\.9.*20\.65"):
        rates.save_alloy(alloy=alloy)

    assert Alloy.objects.get(code="pt950-ru").density_g_cm3 == D("20.7")


@pytest.mark.parametrize(
    ("composition", "why"),
    [({}, "add up to 0"), ({"Pt": "0.95", "Ru": "0.04"}, "0.99"), ({"Pt": "0.95", "Kr": "0.05"}, "Kr")],
)
def test_an_alloy_without_a_whole_composition_is_refused(published, composition, why):
    alloy = Alloy.objects.get(code="pt950-ru")
    alloy.composition = composition

    with pytest.raises(AlloyImplausible, match=why):
        rates.save_alloy(alloy=alloy)


def test_an_adopted_factor_counts_as_a_change_of_rates(published):
    later = timezone.now() + timedelta(hours=1)
    MassFactor.objects.create(alloy=Alloy.objects.first(), kind="ring", factor=1, based_on=5, valid_from=later)

    from pricing.selectors import rates_changed_at

    assert rates_changed_at() == later


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_draft_is_published_once_by_two_at_once(at_once):
    make_rates()
    draft = rates.copy_price_list(price_list_id=PriceList.objects.get().pk)

    outcomes = at_once(*[lambda: rates.publish_price_list(price_list_id=draft.pk)] * 2)

    assert sorted(type(one).__name__ for one in outcomes) == ["PriceList", "PriceListPublished"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_drafts_made_at_once_take_two_versions(at_once):
    make_rates()
    original = PriceList.objects.get()

    outcomes = at_once(*[lambda: rates.copy_price_list(price_list_id=original.pk)] * 4)

    assert sorted(one.version for one in outcomes) == [2, 3, 4, 5]
