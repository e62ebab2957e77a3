"""A demo catalogue: the pieces of examples/designs as products, every size a design of its own. Workers price them."""

from collections.abc import Iterable, Sequence

from django.core.files.base import ContentFile

from config.kernel.queue import enqueue
from examples.designs.make_designs import binary_stl
from examples.designs.pieces import CATEGORIES, COLLECTIONS, PIECES, Piece
from pricing.models import Alloy, Design
from pricing.services.designs import store_design
from shop.models import Category, Collection, Product, Variant
from shop.services.catalogue import write_search_texts


def seed_catalogue(pieces: Sequence[Piece] = PIECES) -> None:
    """Store the designs, make products and variants, and have a worker ask for their prices.

    Prices are asked for in the order of the variants: the size that is shown first comes first for every piece, so that
    the shop is alive after some seconds and complete a little later.
    """
    products = [_product(piece, rank) for rank, piece in enumerate(pieces)]
    alloys = {alloy.code: alloy for alloy in Alloy.objects.filter(is_offered=True)}
    for piece, product in zip(pieces, products, strict=True):
        Variant.objects.bulk_create(_variants(piece, product, alloys, [piece.shown_first()]))
    for piece, product in zip(pieces, products, strict=True):
        others = [size for size in piece.sizes if size != piece.shown_first()]
        Variant.objects.bulk_create(_variants(piece, product, alloys, others))
    write_search_texts()
    enqueue("shop.tasks.refresh_catalogue_prices")


def _product(piece: Piece, rank: int) -> Product:
    return Product.objects.create(
        slug=piece.slug,
        category=_category(piece.category),
        collection=_collection(piece.collection),
        name=piece.words[0],
        name_ru=piece.words[1],
        description=piece.story[0],
        description_ru=piece.story[1],
        kind=piece.kind,
        pieces=piece.pieces,
        is_engravable=piece.is_engravable,
        design=_design(piece, piece.shown_first()),
        rank=rank,
    )


def _variants(piece: Piece, product: Product, alloys: dict[str, Alloy], sizes: Iterable[str]) -> Iterable[Variant]:
    for size in sizes:
        design = None if size == piece.shown_first() else _design(piece, size)
        for code in piece.alloys:
            sku = "-".join(filter(None, (piece.slug, code, size)))
            yield Variant(product=product, sku=sku, alloy=alloys[code], size=size, design=design)


def _design(piece: Piece, size: str) -> Design:
    content = ContentFile(binary_stl(piece.triangles(size)), name=f"{piece.slug}.stl")
    return store_design(upload=content)


def _category(slug: str) -> Category:
    english, russian = CATEGORIES[slug]
    names = {"name": english, "name_ru": russian, "rank": list(CATEGORIES).index(slug)}
    return Category.objects.get_or_create(slug=slug, defaults=names)[0]


def _collection(slug: str) -> Collection:
    words = dict(zip(("name", "name_ru", "description", "description_ru"), COLLECTIONS[slug], strict=True))
    return Collection.objects.get_or_create(slug=slug, defaults={**words, "rank": list(COLLECTIONS).index(slug)})[0]
