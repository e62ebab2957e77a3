"""Telling customers, once: a task that runs again finds that they were told.

A letter about an order is a row that is written with the change. Its task sends it; while the mail server is away the
sweep tries again, later each time, and nobody waits for it.
"""

import logging
from datetime import timedelta
from typing import Final

from django.db.models import F
from django.utils import timezone

from config.kernel.queue import enqueue
from pricing.states import UNSETTLED, QuoteStatus
from shop import emails
from shop.models import Order, OrderLetter, OrderLog, QuoteRequest

logger = logging.getLogger(__name__)

MOST_ATTEMPTS: Final = 20  # about four days of a mail server that is away
_LEASE: Final = timedelta(minutes=5)  # longer than a mail server may take to answer
_LONGEST_WAIT: Final = timedelta(hours=6)
_SWEEP_AT_MOST: Final = 200
_NOT_YET = {*UNSETTLED, QuoteStatus.IN_REVIEW}  # a person's answer is still to come


def tell_of_quote(*, quote_id: int) -> None:
    """E-mail the customer who waits for this quote, once it and those asked with it are settled, unless he was told."""
    batch = QuoteRequest.objects.filter(quote=quote_id, told_at=None).values_list("batch", flat=True).first()
    if batch is None or QuoteRequest.objects.filter(batch=batch, quote__status__in=_NOT_YET).exists():
        return
    emails.send_quote_settled(quote_id=quote_id)
    QuoteRequest.objects.filter(batch=batch).update(told_at=timezone.now())


def write_letter(*, order: Order, kind: str, about: int = 0) -> None:
    """Have a customer told something of his order, in the caller's transaction. A second time changes nothing."""
    letter, is_new = OrderLetter.objects.get_or_create(order=order, kind=kind, about=about)
    if is_new:
        enqueue("shop.tasks.send_letter", letter_id=letter.pk)


def send_letter(*, letter_id: int) -> None:
    """Send a letter unless it was sent, or somebody is at it. One that can't be sent now is due again later."""
    if not _claim(letter_id):
        return
    letter = OrderLetter.objects.select_related("order__customer").get(pk=letter_id)
    try:
        emails.send_order_letter(letter=letter)
    except OSError as away:  # the mail server's refusals are OSErrors too
        logger.warning("letter %s wasn't sent, attempt %s: %s", letter_id, letter.attempts, away)
        OrderLetter.objects.filter(pk=letter_id).update(due_at=timezone.now() + _wait(letter.attempts))
        return
    now = timezone.now()
    OrderLetter.objects.filter(pk=letter_id).update(sent_at=now)
    OrderLog.objects.filter(order=letter.order_id, to_status=letter.kind, told_at=None).update(told_at=now)


def sweep_letters() -> None:
    """Try again what is due and wasn't sent. Uses index order_letter_unsent."""
    late = timezone.now() - timedelta(minutes=1)
    due = OrderLetter.objects.filter(sent_at=None, due_at__lt=late, attempts__lt=MOST_ATTEMPTS).order_by("due_at")
    for letter_id in due.values_list("pk", flat=True)[:_SWEEP_AT_MOST]:
        enqueue("shop.tasks.send_letter", letter_id=letter_id)


def _claim(letter_id: int) -> bool:
    """One statement: of two tasks at once one gets the letter. No lock is held while the mail server answers."""
    now = timezone.now()
    due = OrderLetter.objects.filter(pk=letter_id, sent_at=None, due_at__lte=now)
    return due.update(due_at=now + _LEASE, attempts=F("attempts") + 1) == 1


def _wait(attempts: int) -> timedelta:
    return min(timedelta(minutes=1) * 2 ** min(attempts, 10), _LONGEST_WAIT)
