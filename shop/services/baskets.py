"""The basket: quotes that a customer means to order."""

from dataclasses import asdict
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from config.kernel.errors import DomainError
from config.kernel.locking import lock_all
from config.kernel.transitions import Actor
from pricing.errors import QuoteExpired, QuoteNotPriced, QuoteUsed
from pricing.models import Quote
from pricing.services.quotes import reissue_quote, request_quote
from pricing.states import UNSETTLED, QuoteStatus, Verdict
from shop.errors import BasketChanged, ConsentMissing, NotForSale, NotYourOrder, NotYourQuote
from shop.models import BasketLine, Customer, Order, OrderLine, QuoteRequest
from shop.services.catalogue import offered_variant

_NOT_PRICED: dict[str, type[DomainError]] = {QuoteStatus.ACCEPTED: QuoteUsed, QuoteStatus.EXPIRED: QuoteExpired}


@transaction.atomic
def add_quote_to_basket(*, customer: Customer, reference: str) -> BasketLine:
    """Put a priced quote of one's own design in the basket; twice is once.

    Refuses with NotYourQuote, QuoteNotPriced, QuoteUsed, QuoteExpired, and with ConsentMissing for a piece that we
    advise against as long as the customer hasn't said that he wants it all the same.
    """
    asked = QuoteRequest.objects.filter(customer=customer, quote__reference=reference).select_related("quote").first()
    if asked is None:
        raise NotYourQuote
    if asked.quote.status != QuoteStatus.PRICED:
        raise _NOT_PRICED.get(asked.quote.status, QuoteNotPriced)
    if asked.quote.verdict == Verdict.ADVICE and asked.consented_at is None:
        raise ConsentMissing
    line, _ = BasketLine.objects.get_or_create(quote=asked.quote, defaults={"customer": customer, "title": asked.title})
    return line


@transaction.atomic
def add_variant_to_basket(*, customer: Customer, sku: str, actor: Actor = None) -> BasketLine:
    """Put a catalogue piece in the basket at its price in force. Refuses with NotForSale."""
    variant = offered_variant(sku)
    if variant.quote is None:
        raise NotForSale
    try:
        quote = reissue_quote(quote_id=variant.quote.pk, actor=actor)
    except (QuoteNotPriced, QuoteExpired):
        raise NotForSale from None
    return BasketLine.objects.create(
        customer=customer, quote=quote, product=variant.product, title=variant.product.name
    )


@transaction.atomic
def renew_price(*, customer: Customer, line_id: int, actor: Actor = None) -> BasketLine | None:
    """Ask for today's price of a piece whose price has expired; the old one stays beside it until he agrees.

    Pressed twice it is asked for once. Locks the line. None when the line is gone.
    """
    line = _lock_line(customer, line_id)
    if line is None or not is_over(line.quote) or (line.next_quote is not None and not is_over(line.next_quote)):
        return line
    line.next_quote = _asked_anew(customer, line.quote, actor)
    line.save(update_fields=["next_quote"])
    return line


@transaction.atomic
def take_new_price(*, customer: Customer, line_id: int, shown: Decimal) -> BasketLine | None:
    """The customer agrees to the new price that he saw, which replaces the old one.

    Locks the line. Refuses with QuoteNotPriced, and with BasketChanged when the new price isn't what he saw.
    """
    line = _lock_line(customer, line_id)
    if line is None or line.next_quote is None:
        return line
    if line.next_quote.status != QuoteStatus.PRICED:
        raise QuoteNotPriced
    if line.next_quote.gross != shown:
        raise BasketChanged
    line.quote, line.next_quote = line.next_quote, None
    line.save(update_fields=["quote", "next_quote"])
    return line


@transaction.atomic
def reorder(*, customer: Customer, reference: str, actor: Actor = None) -> list[BasketLine]:
    """Put the pieces of an order into the basket again; a worker finds today's price of each within moments.

    Refuses with NotYourOrder.
    """
    order = Order.objects.of_customer(customer).filter(reference=reference).first()
    if order is None:
        raise NotYourOrder
    lines = order.lines.select_related("quote__alloy", "quote__design", "product")
    return [_once_more(customer, line, actor) for line in lines]


def _once_more(customer: Customer, ordered: OrderLine, actor: Actor) -> BasketLine:
    quote = _asked_anew(customer, ordered.quote, actor)
    return BasketLine.objects.create(customer=customer, quote=quote, product=ordered.product, title=ordered.title)


def _asked_anew(customer: Customer, old: Quote, actor: Actor) -> Quote:
    """The same piece, asked for at today's rates; what its owner consented to, he wants still."""
    choices = asdict(old.choices)
    new = request_quote(design=old.design, alloy_code=old.alloy.code, actor=actor, **choices)
    asked = QuoteRequest.objects.filter(quote=old).first()
    if asked is not None:
        known = {"title": asked.title, "consented_at": asked.consented_at, "told_at": timezone.now()}
        QuoteRequest.objects.create(customer=customer, quote=new, **known)
    return new


def _lock_line(customer: Customer, line_id: int) -> BasketLine | None:
    # Alone: rows that are joined to a locked one are those from before the wait for its lock.
    return next(iter(lock_all(BasketLine.objects.of_customer(customer).filter(pk=line_id))), None)


def is_over(quote: Quote) -> bool:
    """Whether a quote's price can't be ordered any more, or never came."""
    if quote.status in UNSETTLED:
        return False
    return quote.status != QuoteStatus.PRICED or quote.valid_until is None or quote.valid_until <= timezone.now()


def remove_from_basket(*, customer: Customer, line_id: int) -> None:
    """Take a line out of the customer's own basket; one that is gone already is no fault."""
    BasketLine.objects.of_customer(customer).filter(pk=line_id).delete()
