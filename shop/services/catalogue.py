"""The catalogue's prices: quotes like any other, calculated by workers and kept fresh ahead of their expiry."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.core.validators import slug_re
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from config.kernel.errors import DomainError
from config.kernel.languages import local
from config.kernel.locking import lock_one
from config.kernel.queue import enqueue
from config.kernel.transitions import Actor
from pricing.errors import BadEngraving
from pricing.models import Quote
from pricing.selectors import rates_changed_at
from pricing.services.quotes import request_quote
from pricing.states import UNSETTLED, QuoteStatus
from shop import cache
from shop.errors import NotEngravable, NotForSale
from shop.models import Customer, Product, QuoteRequest, Variant

logger = logging.getLogger(__name__)

_AHEAD = timedelta(hours=6)
_AT_ONCE = 40


def refresh_catalogue_prices(*, after: int = 0) -> None:
    """Ask for new prices where one is missing, ends soon, or was made from rates that have been replaced.

    Some variants at a time; the next ones, from the key `after` on, are a task of their own.
    """
    ends_soon = Q(quote=None) | Q(quote__valid_until__lt=timezone.now() + _AHEAD)
    outdated = Q(quote__settled_at__lt=rates_changed_at())
    waiting = Q(next_quote__status__in=UNSETTLED)
    offered = Variant.objects.filter(alloy__is_offered=True, product__is_for_sale=True)
    stale = offered.filter(ends_soon | outdated, pk__gt=after).exclude(waiting).order_by("pk")
    found = list(stale.values_list("pk", flat=True)[:_AT_ONCE])
    for variant_id in found:
        try:
            request_variant_price(variant_id=variant_id)
        except DomainError as refusal:  # one variant that can't be priced must not stop the others
            logger.warning("no new price for variant %s: %s", variant_id, refusal.code)
    if len(found) == _AT_ONCE:
        enqueue("shop.tasks.refresh_catalogue_prices", after=found[-1])


@transaction.atomic
def request_variant_price(*, variant_id: int) -> None:
    """Ask for the price of one variant. Locks the variant."""
    variant = lock_one(Variant.objects.filter(pk=variant_id).select_related("product__design", "design", "alloy"))
    variant.next_quote = request_quote_of_variant(variant)
    variant.save(update_fields=["next_quote"])


def request_quote_of_variant(variant: Variant, *, quantity: int = 1, engraving: str = "", actor: Actor = None) -> Quote:
    """Ask for the price of so many of a variant, for the shop and for partners alike.

    The quantity counts what the SKU sells: one of a pair of earrings is two pieces. Refuses with BadQuantity,
    BadEngraving.
    """
    return request_quote(
        design=variant.made_from,
        alloy_code=variant.alloy.code,
        finish=variant.finish,
        size=variant.size,
        quantity=quantity,
        pieces_in_one=variant.product.pieces,
        kind=variant.product.kind,
        engraving=engraving,
        actor=actor,
    )


@transaction.atomic
def take_over_price(*, quote_id: int) -> bool:
    """A variant's new price is in force once its quote is priced. False when the quote is no variant's.

    Locks the variant. Forgets the cached catalogue.
    """
    if not Variant.objects.filter(next_quote=quote_id).exists():
        return False
    variant = lock_one(Variant.objects.filter(next_quote=quote_id))
    if Quote.objects.filter(pk=quote_id, status=QuoteStatus.PRICED).exists():
        variant.quote_id = quote_id
        variant.next_quote = None
        variant.save(update_fields=["quote", "next_quote"])
        transaction.on_commit(cache.forget_catalogue)
    return True


@transaction.atomic
def change_product(product: Product, *, changed: Iterable[str] | None = None) -> None:
    """Save what a seller changed of a product, and forget the cached catalogue. Locks the product.

    changed: only these fields are taken, so that two who change different ones at once both keep their work.
    """
    stored = lock_one(Product.objects.filter(pk=product.pk))
    if changed is not None:
        for name in changed:
            setattr(stored, name, getattr(product, name))
        product = stored
    product.search_text = _search_text(product)
    product.save()
    transaction.on_commit(cache.forget_catalogue)


@transaction.atomic
def write_search_texts() -> None:
    """Write anew what searches compare with, for all products: after many were added at once."""
    products = list(Product.objects.select_related("category", "collection"))
    for product in products:
        product.search_text = _search_text(product)
    Product.objects.bulk_update(products, ["search_text"], batch_size=200)
    transaction.on_commit(cache.forget_catalogue)


def _search_text(product: Product) -> str:
    """All names of a product, in both languages, so that either finds it."""
    texts = [product.name, product.name_ru, product.category.name, product.category.name_ru]
    if product.collection is not None:
        texts += [product.collection.name, product.collection.name_ru]
    return " ".join([*texts, product.description, product.description_ru]).casefold()


@transaction.atomic
def ask_for_engraved(*, customer: Customer, sku: str, engraving: str, actor: Actor = None) -> Quote:
    """Ask for the price of a catalogue piece with words on it; a worker calculates it and the customer sees it first.

    Refuses with NotForSale, NotEngravable, BadEngraving.
    """
    variant = offered_variant(sku)
    if not variant.product.is_engravable:
        raise NotEngravable
    if len(engraving.strip()) > variant.product.most_engraved:
        raise BadEngraving(most=variant.product.most_engraved)
    quote = request_quote_of_variant(variant, engraving=engraving, actor=actor)
    QuoteRequest.objects.create(customer=customer, quote=quote, title=local(variant.product, "name"))
    return quote


def offered_variant(sku: str) -> Variant:
    """A variant that can be ordered. Refuses with NotForSale."""
    offered = Variant.objects.filter(alloy__is_offered=True, product__is_for_sale=True)
    related = ("product__design", "design", "alloy", "quote")
    is_sku = slug_re.fullmatch(sku) is not None
    variant = offered.filter(sku=sku).select_related(*related).first() if is_sku else None
    if variant is None:
        raise NotForSale
    return variant
