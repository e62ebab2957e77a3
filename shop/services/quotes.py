"""A customer's own designs: uploaded, priced by a worker in every alloy, never in the web's process."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from config.kernel.locking import lock_one
from config.kernel.transitions import Actor
from pricing.models import Choices, Quote
from pricing.services.designs import store_design
from pricing.services.quotes import request_quotes, require_orderable
from shop.errors import NotYourQuote
from shop.models import Customer, QuoteRequest

Visit = Callable[[], Customer]  # who asks; a new visitor is written only when something is stored for him


def upload_design(
    *, visit: Visit, upload: File, alloy_code: str, choices: Choices, actor: Actor = None
) -> QuoteRequest:
    """Store a customer's file and ask for its price in every alloy; returns at once, with the one in the named alloy.

    What is asked is checked first, and the file is stored in a transaction of its own, so that neither a refusal leaves
    a file behind nor the copying of a large one holds up other writers. Refuses with FileEmpty, FileTooLarge,
    UnknownAlloy, UnknownFinish, BadQuantity, UnknownPlating, BadEngraving.
    """
    require_orderable(alloy_code=alloy_code, choices=choices)
    design = store_design(upload=upload)
    with transaction.atomic():
        quotes = request_quotes(design=design, alloy_code=alloy_code, choices=choices, actor=actor)
        return _asked_together(visit(), quotes, _title(upload.name))


def _title(name: str | None) -> str:
    """The name a customer gave his file, without folders and ending: shown to him, never used as a path."""
    stem = PurePath((name or "").replace("\\", "/")).stem
    return "".join(letter for letter in stem if letter.isprintable())[:120].strip() or "model"


def _asked_together(customer: Customer, quotes: list[Quote], title: str) -> QuoteRequest:
    lead = quotes[0]
    asked = [
        QuoteRequest(customer=customer, quote=quote, title=title, batch=lead.reference, is_lead=quote is lead)
        for quote in quotes
    ]
    return QuoteRequest.objects.bulk_create(asked)[0]


@transaction.atomic
def ask_again(
    *, customer: Customer, reference: str, changes: Mapping[str, Any] | None = None, actor: Actor = None
) -> QuoteRequest:
    """Ask for the same design anew in every alloy, with what its owner changed; the first quotes stay as they are.

    `changes`: fields of Choices. Returns the one in the alloy of the quote that is named. Refuses with NotYourQuote and
    what `request_quotes` refuses.
    """
    asked = _own(customer, reference).select_related("quote__alloy", "quote__design").first()
    if asked is None:
        raise NotYourQuote
    choices = replace(asked.quote.choices, **(changes or {}))
    alloy_code = asked.quote.alloy.code
    quotes = request_quotes(design=asked.quote.design, alloy_code=alloy_code, choices=choices, actor=actor)
    return _asked_together(customer, quotes, asked.title)


@transaction.atomic
def consent(*, customer: Customer, reference: str) -> QuoteRequest:
    """The customer wants the piece although he was told what he may regret; the first time counts.

    Locks the row. Refuses with NotYourQuote.
    """
    if not _own(customer, reference).exists():
        raise NotYourQuote
    asked = lock_one(_own(customer, reference))
    if asked.consented_at is None:
        asked.consented_at = timezone.now()
        asked.save(update_fields=["consented_at"])
    return asked


def _own(customer: Customer, reference: str) -> Any:
    return QuoteRequest.objects.filter(customer=customer, quote__reference=reference)
