"""The catalogue's pages, read from the cache (shop/cache.py) as plain JSON values; nothing of one person goes there."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from config.kernel.languages import local
from mes.models import WorkContent
from mes.selectors import content_of, promise_each
from pricing.models import Alloy, Measurement, Quote
from shop.browsing import PRICE_BANDS, READY_DAYS, Found, Piece, Wish, find, read_wish
from shop.cache import cached
from shop.models import Category, Collection, Product, Variant
from shop.selectors.pages import picture_name
from shop.selectors.search import slugs_like


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category as a link."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Theme:
    """A collection as a link, with a piece that stands for it."""

    slug: str
    name: str
    description: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that can be browsed, in the reader's language."""

    shelves: tuple[Shelf, ...]
    themes: tuple[Theme, ...]
    alloys: Mapping[str, tuple[str, str]]  # code → name, colour
    pieces: tuple[Piece, ...]
    currency: str

    def known_values(self) -> dict[str, list[str]]:
        """The values that each facet has, in the order in which a page shows them."""
        sizes = sorted({size for piece in self.pieces for size in piece.sizes}, key=lambda size: (len(size), size))
        cuts = sorted({cut for piece in self.pieces for cut in piece.stones})
        return {
            "collection": [theme.slug for theme in self.themes],
            "metal": list(self.alloys),
            "stone": ["none", *cuts] if cuts else [],
            "price": list(PRICE_BANDS),
            "size": sizes,
            "ready": list(READY_DAYS),
        }


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a filter: how many pieces it would find, and whether it is chosen."""

    value: str
    label: str
    count: int
    is_chosen: bool
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    facet: str
    options: tuple[Option, ...]

    @property
    def has_choice(self) -> bool:
        return any(option.is_chosen for option in self.options)


@dataclass(frozen=True, slots=True)
class Taken:
    """A filter in force, and the query that takes it away."""

    facet: str
    label: str
    query: str


@dataclass(frozen=True, slots=True)
class Card:
    """A product in a list; `price_from` is None until a worker priced one of its variants."""

    slug: str
    name: str
    picture: str
    price_from: Decimal | None
    currency: str
    colours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HomePage:
    shelves: tuple[Shelf, ...]
    themes: tuple[Theme, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class CataloguePage:
    shelves: tuple[Shelf, ...]
    shelf: Shelf | None
    theme: Theme | None
    wish: Wish
    filters: tuple[Filter, ...]
    taken: tuple[Taken, ...]
    cards: tuple[Card, ...]
    total: int
    pages: int

    @property
    def before(self) -> str | None:
        """The query of the page before, None on the first."""
        return self.wish.on_page(self.wish.page - 1).query() if self.wish.page > 1 else None

    @property
    def after(self) -> str | None:
        return self.wish.on_page(self.wish.page + 1).query() if self.wish.page < self.pages else None


def catalogue() -> Catalogue:
    found: Catalogue = cached("pieces", _catalogue_json, _catalogue)
    return found


def home_page(*, shown: int = 8) -> HomePage:
    """The catalogue's first pieces, one shelf after the other so that each kind is seen."""
    everything = catalogue()
    by_shelf = [[piece for piece in everything.pieces if piece.shelf == shelf.slug] for shelf in everything.shelves]
    turns = max(map(len, by_shelf), default=0)
    dealt = [pieces[turn] for turn in range(turns) for pieces in by_shelf if turn < len(pieces)]
    themes = tuple(_with_picture(theme, everything.pieces) for theme in everything.themes)
    return HomePage(everything.shelves, themes, tuple(card(piece) for piece in dealt[:shown]))


def _with_picture(theme: Theme, pieces: Sequence[Piece]) -> Theme:
    pictures = (piece.picture for piece in pieces if piece.collection == theme.slug and piece.picture)
    return replace(theme, picture=next(pictures, ""))


def wish_of(shelf_slug: str | None, lists: Callable[[str], list[str]]) -> Wish | None:
    """What a visitor asks of the catalogue; None when there is no such category."""
    everything = catalogue()
    if shelf_slug is not None and shelf_slug not in {shelf.slug for shelf in everything.shelves}:
        return None
    return read_wish(shelf_slug or "", lists, everything.known_values())


def catalogue_page(wish: Wish | None = None) -> CataloguePage:
    """What answers a wish, with the filters that narrow it further."""
    wish, everything = wish or Wish(), catalogue()
    hits = slugs_like(wish.search) if wish.search else None
    found = find(everything.pieces, wish, today=timezone.localdate(), hits=hits)
    filters = tuple(_filters(everything, wish, found))
    names = {(one.facet, option.value): option.label for one in filters for option in one.options}
    return CataloguePage(
        shelves=everything.shelves,
        shelf=next((shelf for shelf in everything.shelves if shelf.slug == wish.shelf), None),
        theme=_only_theme(everything, wish),
        wish=wish,
        filters=filters,
        taken=tuple(
            Taken(facet, names.get((facet, value), value), wish.without(facet, value).query())
            for facet, values in wish.chosen
            for value in values
        ),
        cards=tuple(card(piece, wish.values("metal")) for piece in found.pieces),
        total=found.total,
        pages=found.pages,
    )


def _only_theme(everything: Catalogue, wish: Wish) -> Theme | None:
    chosen = wish.values("collection")
    return next((theme for theme in everything.themes if chosen == (theme.slug,)), None)


def _filters(everything: Catalogue, wish: Wish, found: Found) -> Iterable[Filter]:
    """Filters with something to choose; a value that nothing has isn't offered unless it is in force."""
    for facet, values in everything.known_values().items():
        chosen, counts = wish.values(facet), found.counts[facet]
        options = tuple(
            _option(everything, facet, value, counts.get(value, 0), is_chosen=value in chosen)
            for value in values
            if counts.get(value) or value in chosen
        )
        if len(options) > 1 or chosen:
            yield Filter(facet, options)


def _option(everything: Catalogue, facet: str, value: str, count: int, *, is_chosen: bool) -> Option:
    """Named as the company named it; values of closed lists are put into words by the template."""
    label, colour = value, ""
    if facet == "collection":
        label = next((theme.name for theme in everything.themes if theme.slug == value), value)
    if facet == "metal":
        label, colour = everything.alloys[value]
    return Option(value, label, count, is_chosen, colour)


def card(piece: Piece, alloys: Sequence[str] = ()) -> Card:
    return Card(piece.slug, piece.name, piece.picture, piece.price_from(alloys), piece.currency, piece.colours)


def related_to(slug: str, *, shown: int = 4) -> tuple[Card, ...]:
    """Pieces of the same collection, then of the same shelf."""
    pieces = catalogue().pieces
    this = next((piece for piece in pieces if piece.slug == slug), None)
    others = [piece for piece in pieces if piece.slug != slug]
    if this is None:
        return ()
    others.sort(key=lambda piece: (piece.collection != this.collection, piece.shelf != this.shelf))
    return tuple(card(piece) for piece in others[:shown])


# --- what is cached -----------------------------------------------------------------------------------------------


def _catalogue(stored: Mapping[str, Any]) -> Catalogue:
    return Catalogue(
        shelves=tuple(Shelf(**shelf) for shelf in stored["shelves"]),
        themes=tuple(Theme(**theme) for theme in stored["themes"]),
        alloys={code: (name, colour) for code, name, colour in stored["alloys"]},
        pieces=tuple(_piece(piece) for piece in stored["pieces"]),
        currency=next((piece["currency"] for piece in stored["pieces"] if piece["currency"]), ""),
    )


def _piece(stored: Mapping[str, Any]) -> Piece:
    lists = {name: tuple(stored[name]) for name in ("colours", "alloys", "sizes", "stones")}
    prices = {alloy: Decimal(price) for alloy, price in stored["prices"].items()}
    ready_on = stored["ready_on"] and date.fromisoformat(stored["ready_on"])
    return Piece(**{**stored, **lists, "prices": prices, "ready_on": ready_on})


def _catalogue_json() -> dict[str, Any]:
    products = list(
        Product.objects.for_sale()
        .select_related("category", "collection")
        .prefetch_related("variants__alloy", "variants__quote")
    )
    seen = _seen(product.design_id for product in products)
    ready = _ready(products)
    filled = Category.objects.filter(Exists(Product.objects.for_sale().filter(category=OuterRef("pk"))))
    themes = Collection.objects.filter(Exists(Product.objects.for_sale().filter(collection=OuterRef("pk"))))
    offered = Alloy.objects.filter(is_offered=True, pk__in=Variant.objects.values("alloy"))
    return {
        "shelves": [{"slug": shelf.slug, "name": local(shelf, "name")} for shelf in filled],
        "themes": [{name: local(theme, name) for name in ("slug", "name", "description")} for theme in themes],
        "alloys": [[alloy.code, local(alloy, "name"), alloy.colour] for alloy in offered],
        "pieces": [_piece_json(product, seen, ready) for product in products],
    }


def _piece_json(
    product: Product, seen: Mapping[int, tuple[str, list[str]]], ready: Mapping[int, date | None]
) -> dict[str, Any]:
    picture, stones = seen.get(product.design_id, ("", []))
    variants = [variant for variant in product.variants.all() if variant.alloy.is_offered]
    prices: dict[str, Decimal] = {}
    for variant in variants:
        if variant.quote and variant.quote.gross is not None:
            known = prices.get(variant.alloy.code, variant.quote.gross)
            prices[variant.alloy.code] = min(known, variant.quote.gross)
    ready_on = ready[product.pk]
    return {
        "slug": product.slug,
        "name": local(product, "name"),
        "shelf": product.category.slug,
        "collection": product.collection.slug if product.collection else "",
        "picture": picture,
        "currency": next((variant.quote.currency for variant in variants if variant.quote), ""),
        "colours": list(dict.fromkeys(variant.alloy.colour for variant in variants)),
        "prices": {alloy: str(price) for alloy, price in prices.items()},
        "alloys": list(dict.fromkeys(variant.alloy.code for variant in variants)),
        "sizes": list(dict.fromkeys(variant.size for variant in variants if variant.size)),
        "stones": stones,
        "ready_on": ready_on.isoformat() if ready_on else None,
        "pieces": product.pieces,
    }


def _ready(products: Sequence[Product]) -> dict[int, date | None]:
    """When one of each product is ready, by its first variant that has a price."""
    firsts = {
        product.pk: next((one.quote_id for one in product.variants.all() if one.quote_id), 0) for product in products
    }
    quotes = Quote.objects.select_related("alloy", "measurement").in_bulk(set(firsts.values()))
    known = {key: content_of(quotes[first]) for key, first in firsts.items() if first in quotes}
    contents = [known.get(product.pk, WorkContent(quantity=product.pieces)) for product in products]
    promises = promise_each([(product.kind, content) for product, content in zip(products, contents, strict=True)])
    return {product.pk: promise.day if promise else None for product, promise in zip(products, promises, strict=True)}


def _seen(design_ids: Iterable[int]) -> dict[int, tuple[str, list[str]]]:
    """Design id → the name of its picture and the cuts of its stones, as the engine saw them."""
    rows = Measurement.objects.filter(design__in=set(design_ids)).exclude(preview="").order_by("pk")
    stones = rows.values_list("design_id", "preview", "figures__stones")
    return {key: (picture_name(preview), sorted({one["cut"] for one in found or []})) for key, preview, found in stones}


def alloys_offered() -> list[tuple[str, str]]:
    """Code and name of each alloy that can be chosen, in the company's order."""
    return [(alloy.code, local(alloy, "name")) for alloy in Alloy.objects.filter(is_offered=True)]
