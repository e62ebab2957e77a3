"""Telling customers, once: a task that runs again finds that they were told."""

from django.utils import timezone

from pricing.states import UNSETTLED, QuoteStatus
from shop import emails
from shop.models import OrderLog, OrderMessage, QuoteRequest

_NOT_YET = {*UNSETTLED, QuoteStatus.IN_REVIEW}  # a person's answer is still to come


def tell_of_quote(*, quote_id: int) -> None:
    """E-mail the customer who waits for this quote, once it and those asked with it are settled, unless he was told."""
    batch = QuoteRequest.objects.filter(quote=quote_id, told_at=None).values_list("batch", flat=True).first()
    if batch is None or QuoteRequest.objects.filter(batch=batch, quote__status__in=_NOT_YET).exists():
        return
    emails.send_quote_settled(quote_id=quote_id)
    QuoteRequest.objects.filter(batch=batch).update(told_at=timezone.now())


def tell_of_order(*, order_id: int, status: str) -> None:
    """E-mail the customer that his order reached a status, unless he was told."""
    reached = OrderLog.objects.filter(order=order_id, to_status=status, told_at=None)
    reached = reached.exclude(from_status=status)  # a correction on the record is no step
    if reached.exists():
        emails.send_order_moved(order_id=order_id, status=status)
        reached.update(told_at=timezone.now())


def tell_of_question(*, message_id: int) -> None:
    """E-mail the customer what he is asked about his order, unless he was told."""
    untold = OrderMessage.objects.filter(pk=message_id, told_at=None)
    if untold.exists():
        emails.send_order_question(message_id=message_id)
        untold.update(told_at=timezone.now())
