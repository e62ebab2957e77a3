"""One product: each combination of metal and size has an address of its own, with the price a worker calculated."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from config.kernel.languages import local
from mes.errors import NoRouting
from mes.models import WorkContent
from mes.selectors import Promise, content_of, promise_of
from pricing.models import Measurement
from shop.cache import cached
from shop.models import Product, Variant
from shop.selectors.catalogue import Card, Shelf, Theme, related_to
from shop.selectors.pages import PriceTag, picture_name, price_json, price_tag
from shop.sizes import SIZE_GUIDE, RingSize


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant as a choice; without a price it can't be ordered yet."""

    sku: str
    alloy_code: str
    alloy: str
    fineness: int
    colour: str
    size: str
    finish: str
    picture: str
    mass_g: Decimal | None
    price: PriceTag | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A metal or a size that can be chosen next, and the offer it leads to."""

    offer: Offer
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ProductPage:
    slug: str
    name: str
    description: str
    kind: str
    pieces: int
    is_engravable: bool
    most_engraved: int
    picture: str
    shelf: Shelf
    theme: Theme | None
    offers: tuple[Offer, ...]
    chosen: Offer | None
    metals: tuple[Choice, ...]
    sizes: tuple[Choice, ...]
    size_guide: tuple[RingSize, ...]
    promise: Promise | None
    related: tuple[Card, ...]


_SAME: Final = (
    "slug", "name", "description", "kind", "pieces", "is_engravable", "most_engraved", "picture",
)  # fmt: skip


def product_page(slug: str, *, sku: str = "") -> ProductPage | None:
    """A product with its variants, the asked one chosen, else one of the middle size; None when it isn't for sale."""
    stored = cached(f"product:{slug}", lambda: _product_json(slug))
    if stored is None:
        return None
    offers = tuple(_offer(offer) for offer in stored["offers"])
    chosen = _chosen(offers, sku)
    return ProductPage(
        **{name: stored[name] for name in _SAME},
        shelf=Shelf(**stored["shelf"]),
        theme=Theme(**stored["theme"]) if stored["theme"] else None,
        offers=offers,
        chosen=chosen,
        metals=_metals(offers, chosen),
        sizes=_sizes(offers, chosen),
        size_guide=SIZE_GUIDE if stored["kind"] == "ring" and any(offer.size for offer in offers) else (),
        promise=_promise(stored["kind"], chosen.sku, stored["work"][chosen.sku]) if chosen else None,
        related=related_to(slug),
    )


def _chosen(offers: tuple[Offer, ...], sku: str) -> Offer | None:
    asked = [offer for offer in offers if offer.sku == sku]
    sizes = list(dict.fromkeys(offer.size for offer in offers))
    middle = sizes[len(sizes) // 2] if sizes else ""
    priced = [offer for offer in offers if offer.price]
    usual = [offer for offer in priced if offer.size == middle]
    return next(iter([*asked, *usual, *priced, *offers]), None)


def _metals(offers: tuple[Offer, ...], chosen: Offer | None) -> tuple[Choice, ...]:
    """Each alloy once, in the chosen size where it is made in it."""
    by_alloy: dict[str, Offer] = {}
    for offer in offers:
        if offer.alloy_code not in by_alloy or (chosen and offer.size == chosen.size):
            by_alloy[offer.alloy_code] = offer
    return tuple(Choice(one, chosen is not None and one.alloy_code == chosen.alloy_code) for one in by_alloy.values())


def _sizes(offers: tuple[Offer, ...], chosen: Offer | None) -> tuple[Choice, ...]:
    """The sizes of the chosen alloy."""
    if chosen is None or not chosen.size:
        return ()
    same = [offer for offer in offers if offer.alloy_code == chosen.alloy_code]
    return tuple(Choice(offer, offer.sku == chosen.sku) for offer in same)


def _promise(kind: str, sku: str, work: Mapping[str, Any]) -> Promise | None:
    """When a piece of this variant is ready; kept like the page, since the load moves slowly."""
    promised: Promise | None = cached(f"promise:{sku}", lambda: _promise_json(kind, work), _promise_of_json)
    return promised


def _promise_json(kind: str, work: Mapping[str, Any]) -> dict[str, Any] | None:
    content = WorkContent(**{**work, **{name: Decimal(work[name]) for name in ("mass_g", "area_cm2")}})
    try:
        promise = promise_of(kind=kind, content=content)
    except NoRouting:
        return None
    return asdict(promise) | {"day": promise.day.isoformat(), "expected_on": promise.expected_on.isoformat()}


def _promise_of_json(stored: Mapping[str, Any]) -> Promise:
    days = {name: date.fromisoformat(stored[name]) for name in ("day", "expected_on")}
    return Promise(**{**stored, **days})


def _offer(stored: Mapping[str, Any]) -> Offer:
    mass_g = stored["mass_g"]
    return Offer(**{**stored, "price": price_tag(stored["price"]), "mass_g": mass_g and Decimal(mass_g)})


def _product_json(slug: str) -> dict[str, Any] | None:
    product = Product.objects.for_sale().select_related("category", "collection").filter(slug=slug).first()
    if product is None:
        return None
    variants = list(
        product.variants.filter(alloy__is_offered=True)
        .select_related("alloy", "quote__alloy", "quote__measurement")
        .prefetch_related("quote__components")
    )
    pictures = _pictures({variant.design_id or product.design_id for variant in variants} | {product.design_id})
    theme = product.collection
    return {
        "slug": product.slug,
        "name": local(product, "name"),
        "description": local(product, "description"),
        "kind": product.kind,
        "pieces": product.pieces,
        "is_engravable": product.is_engravable,
        "most_engraved": product.most_engraved,
        "picture": pictures.get(product.design_id, ""),
        "shelf": {"slug": product.category.slug, "name": local(product.category, "name")},
        "theme": {name: local(theme, name) for name in ("slug", "name", "description")} if theme else None,
        "offers": [
            _offer_json(variant, pictures.get(variant.design_id or product.design_id, "")) for variant in variants
        ],
        "work": {variant.sku: _work_json(variant, product.pieces) for variant in variants},
    }


def _pictures(design_ids: set[int]) -> dict[int, str]:
    seen = Measurement.objects.filter(design__in=design_ids).exclude(preview="").order_by("pk")
    return {design_id: picture_name(preview) for design_id, preview in seen.values_list("design_id", "preview")}


def _offer_json(variant: Variant, picture: str) -> dict[str, Any]:
    mass_g = variant.quote.mass_g if variant.quote else None
    return {
        "sku": variant.sku,
        "alloy_code": variant.alloy.code,
        "alloy": local(variant.alloy, "name"),
        "fineness": variant.alloy.fineness,
        "colour": variant.alloy.colour,
        "size": variant.size,
        "finish": str(variant.get_finish_display()),
        "picture": picture,
        "mass_g": None if mass_g is None else str(mass_g),
        "price": price_json(variant.quote),
    }


def _work_json(variant: Variant, pieces: int) -> dict[str, Any]:
    """What one of a variant asks of the workshop."""
    unknown = WorkContent(quantity=pieces, colour=variant.alloy.colour)
    content = content_of(variant.quote) if variant.quote else unknown
    return asdict(content) | {"mass_g": str(content.mass_g), "area_cm2": str(content.area_cm2)}
