"""Filters, counts, sorting and search: without and with a database."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from shop.browsing import Piece, Wish, find, read_wish
from shop.models import Category, Collection, Product
from shop.selectors.search import slugs_like, word_likeness
from shop.services.catalogue import write_search_texts
from shop.sizes import ring_size
from tests.factories.pricing import make_design

TODAY = date(2026, 11, 25)
KNOWN = {"metal": ["silver", "gold"], "stone": ["none", "round"], "price": ["0-200", "200-500"], "size": ["16", "17"]}


def piece(slug, *, shelf="rings", prices=None, sizes=("16",), stones=(), ready_on=date(2026, 12, 1)):
    prices = {alloy: Decimal(price) for alloy, price in (prices or {"silver": "90"}).items()}
    return Piece(
        slug,
        slug.title(),
        shelf,
        "tide",
        "",
        "EUR",
        (),
        prices,
        tuple(prices),
        tuple(sizes),
        tuple(stones),
        ready_on,
        1,
    )


PIECES = [
    piece("band", prices={"silver": "90", "gold": "450"}, sizes=("16", "17")),
    piece("solitaire", prices={"gold": "480"}, stones=("round",), ready_on=date(2026, 12, 20)),
    piece("hoops", shelf="earrings", sizes=()),
]


def wish(shelf="", **sent):
    return read_wish(shelf, lambda name: sent.get(name, []), KNOWN)


def slugs(found):
    return [one.slug for one in found.pieces]


def test_values_of_one_filter_widen_and_filters_narrow():
    assert slugs(find(PIECES, wish(metal=["silver", "gold"]), today=TODAY)) == ["band", "solitaire", "hoops"]
    assert slugs(find(PIECES, wish(metal=["gold"], stone=["round"]), today=TODAY)) == ["solitaire"]
    assert slugs(find(PIECES, wish("rings", size=["17"]), today=TODAY)) == ["band"]


def test_a_price_is_that_of_the_chosen_metal():
    assert slugs(find(PIECES, wish(price=["0-200"]), today=TODAY)) == ["band", "hoops"]
    assert slugs(find(PIECES, wish(price=["0-200"], metal=["gold"]), today=TODAY)) == []


def test_counts_say_what_another_choice_would_find():
    found = find(PIECES, wish(metal=["gold"]), today=TODAY)

    assert found.counts["metal"] == {"silver": 2, "gold": 2}
    assert found.counts["stone"] == {"none": 1, "round": 1}
    assert found.counts["ready"] == {"7": 1, "14": 1, "21": 1, "28": 2}


def test_what_has_no_price_yet_comes_last_whichever_way_one_sorts():
    unpriced = Piece("new", "New", "rings", "", "", "", (), {}, (), (), (), None, 1)

    assert slugs(find([unpriced, *PIECES], wish(sort=["price"]), today=TODAY)) == ["band", "hoops", "solitaire", "new"]
    assert slugs(find([unpriced, *PIECES], wish(sort=["-price"]), today=TODAY))[-1] == "new"


def test_a_wish_has_one_address_whatever_was_sent():
    sent = wish(metal=["gold", "tin", "silver"], price=["200-500", "0-200"], sort=["x"], page=["-3"], q=["  a \0 b "])

    assert sent.query() == "q=a+b&metal=silver&metal=gold&price=0-200"
    assert sent.without("metal", "gold").query() == "q=a+b&metal=silver&price=0-200"
    assert Wish().query() == ""


def test_pages_hold_24_pieces():
    many = [piece(f"ring-{number}") for number in range(50)]

    found = find(many, wish(page=["3"]), today=TODAY)

    assert (len(found.pieces), found.total, found.pages) == (2, 50, 3)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("word", "text", "likeness"),
    [
        ("solitare", "solitaire ring", 6 / 9),
        ("кальцо", "кольцо «волна»", 3 / 7),
        ("band", "made by hand", 2 / 5),
        ("xyzzy", "solitaire", 0),
    ],
)
def test_trigrams_are_counted_as_postgresql_counts_them(word, text, likeness):
    assert word_likeness(word, text) == pytest.approx(likeness)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT word_similarity(%s, %s)", [word, text])
            assert cursor.fetchone()[0] == pytest.approx(likeness)


@pytest.mark.django_db
def test_what_only_sounds_like_a_word_is_found_only_when_the_word_itself_isnt():
    shelf = Category.objects.create(slug="rings", name="Rings")
    for slug, name in (("comfort", "Comfort band"), ("signet", "Signet by hand")):
        Product.objects.create(slug=slug, category=shelf, name=name, kind="ring", design=make_design())
    write_search_texts()

    assert slugs_like("band") == ["comfort"]
    Product.objects.filter(slug="comfort").update(is_for_sale=False)
    assert slugs_like("band") == ["signet"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("solitare", ["solitaire"]),
        ("салитер", ["solitaire"]),
        ("волна", ["wave"]),
        ("WAVE RINGS", ["wave"]),
        ("прелив", ["wave"]),
        ("xyzzy", []),
        ("", []),
    ],
)
def test_a_search_forgives_typos_in_both_languages(search, found):
    shelf = Category.objects.create(slug="rings", name="Rings", name_ru="Кольца")
    tide = Collection.objects.create(slug="tide", name="Tide", name_ru="Прилив")
    for slug, names, collection in (("wave", ("Wave", "Волна"), tide), ("solitaire", ("Solitaire", "Солитер"), None)):
        Product.objects.create(
            slug=slug,
            category=shelf,
            collection=collection,
            name=names[0],
            name_ru=names[1],
            kind="ring",
            design=make_design(),
        )
    write_search_texts()

    assert slugs_like(search) == found


def test_ring_sizes_of_the_world():
    assert [ring_size(mm).us for mm in (16.5, 18.2)] == ["6", "8"]
    assert (ring_size(17).eu, ring_size(17).mm, ring_size(17).uk) == ("53", "17", "M½")
