"""What search engines read of a page: schema.org as JSON-LD."""

import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from shop.selectors.products import ProductPage

_ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def home_facts() -> SafeString:
    return _json_ld({"@type": "JewelryStore", "name": "Karat", "url": _address(reverse("shop:home"))})


def product_facts(page: ProductPage) -> SafeString:
    """The product with its cheapest and dearest price."""
    prices = sorted(offer.price.gross for offer in page.offers if offer.price)
    facts: dict[str, Any] = {
        "@type": "Product",
        "name": page.name,
        "description": page.description,
        "category": page.shelf.name,
        "brand": {"@type": "Brand", "name": "Karat"},
        "url": _address(reverse("shop:product", args=[page.slug])),
    }
    if page.picture:
        facts["image"] = _address(reverse("pricing:picture", args=[page.picture]))
    if prices:
        facts["offers"] = {
            "@type": "AggregateOffer",
            "priceCurrency": next(offer.price.currency for offer in page.offers if offer.price),
            "lowPrice": str(prices[0]),
            "highPrice": str(prices[-1]),
            "offerCount": len(prices),
            "availability": "https://schema.org/MadeToOrder",
        }
    return _json_ld(facts)


def _address(path: str) -> str:
    return settings.BASE_URL.rstrip("/") + path


def _json_ld(facts: dict[str, Any]) -> SafeString:
    text = json.dumps({"@context": "https://schema.org", **facts}, ensure_ascii=False).translate(_ESCAPED)
    return mark_safe(text)  # noqa: S308  (no character of it can end the script element)
