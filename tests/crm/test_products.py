"""Sellers edit the catalogue: words, shelves, engraving; what was kept of its pages is new at once."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from config.demo.people import PASSWORD, seed_people
from pricing.errors import BadEngraving
from pricing.models import Alloy
from shop.models import Category, Collection, Customer, Product, Variant
from shop.services.catalogue import ask_for_engraved, change_product, refresh_catalogue_prices
from tests.factories.mes import make_workshop
from tests.factories.pricing import make_design, make_rates

pytestmark = pytest.mark.django_db

PIECE = "/piece/band/"


@pytest.fixture
def band(run_tasks):
    make_rates()
    make_workshop()
    seed_people()
    shelf = Category.objects.create(slug="rings", name="Rings", name_ru="Кольца")
    band = Product.objects.create(
        slug="band", category=shelf, name="Band", description="Plain.", kind="ring", design=make_design()
    )
    Variant.objects.create(product=band, sku="band", alloy=Alloy.objects.get(code="ag925"))
    refresh_catalogue_prices()
    run_tasks()
    return band


def sent(product, **changed):
    names = ["name", "name_ru", "description", "description_ru", "most_engraved", "rank"]
    told = {name: getattr(product, name) for name in names} | {"category": product.category_id, "is_for_sale": "on"}
    return told | changed


def sign_in(client, who="pricing"):
    assert client.login(username=f"{who}@karat.example", password=PASSWORD)
    return client


def test_words_collection_and_engraving_are_changed_and_the_kept_page_is_new(
    client, band, django_capture_on_commit_callbacks
):
    assert "Plain." in client.get(PIECE).content.decode()
    theme = Collection.objects.create(slug="fine", name="Fine", name_ru="Тонкие")
    editor = sign_in(type(client)())

    with django_capture_on_commit_callbacks(execute=True):
        answer = editor.post(
            reverse("sellers:shop_product_change", args=[band.pk]),
            sent(band, description="Slim.", name_ru="Обод", collection=theme.pk, is_engravable="on", most_engraved=12),
        )

    assert answer.status_code == 302
    page = client.get(PIECE).content.decode()
    assert "Slim." in page
    assert 'maxlength="12"' in page
    assert "Up to 12 signs" in page
    assert "Fine" in page
    band.refresh_from_db()
    assert "обод" in band.search_text
    assert "тонкие" in band.search_text
    assert editor.get(reverse("sellers:shop_product_history", args=[band.pk])).status_code == 200


@pytest.mark.parametrize("signs", ["0", "61"])
def test_a_length_that_nobody_can_engrave_is_refused_beside_its_field(client, band, signs):
    page = sign_in(client).post(reverse("sellers:shop_product_change", args=[band.pk]), sent(band, most_engraved=signs))

    assert page.context["errors"]
    band.refresh_from_db()
    assert band.most_engraved == 60


def test_who_may_only_look_changes_nothing(client, band):
    assert sign_in(client, "seller").get(reverse("sellers:shop_product_change", args=[band.pk])).status_code == 200
    Group.objects.get(name="seller").permissions.remove(Permission.objects.get(codename="change_product"))

    answer = client.post(reverse("sellers:shop_product_change", args=[band.pk]), sent(band, name="X"))

    assert answer.status_code == 403
    band.refresh_from_db()
    assert band.name == "Band"


def test_two_who_change_different_fields_both_keep_their_work(band):
    one, two = Product.objects.get(), Product.objects.get()
    one.name, two.description = "Hoop", "Slim."

    change_product(one, changed=["name"])
    change_product(two, changed=["description"])

    band.refresh_from_db()
    assert (band.name, band.description) == ("Hoop", "Slim.")
    assert "hoop" in band.search_text
    assert "slim." in band.search_text


def test_more_words_than_the_piece_has_room_for_are_refused(band):
    Product.objects.update(is_engravable=True, most_engraved=4)
    visitor = Customer.objects.create()
    ask_for_engraved(customer=visitor, sku="band", engraving="Anna ")

    with pytest.raises(BadEngraving) as refused:
        ask_for_engraved(customer=visitor, sku="band", engraving="Annas")

    assert "At most 4" in str(refused.value)
    assert visitor.quote_requests.count() == 1
