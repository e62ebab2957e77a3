"""The messages to customers: text, in the customer's language. shop/tasks.py sends them."""

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from config.kernel.languages import local
from pricing.selectors import saying
from pricing.states import QuoteStatus
from shop.models import Order, OrderMessage, QuoteRequest
from shop.services.guests import order_path
from shop.states import OrderStatus

_OF_QUOTE = {
    QuoteStatus.PRICED: "quote_priced",
    QuoteStatus.NOT_MANUFACTURABLE: "quote_refused",
    QuoteStatus.FAILED: "quote_failed",
}
_OF_ORDER = {
    OrderStatus.APPROVED: "order_approved",
    OrderStatus.READY: "order_ready",
    OrderStatus.SHIPPED: "order_shipped",
    OrderStatus.DELIVERED: "order_delivered",
    OrderStatus.CANCELLED: "order_cancelled",
}


def send_quote_settled(*, quote_id: int) -> None:
    """Tell a customer who left his e-mail what his design costs in each alloy, or why there is no price."""
    batch = QuoteRequest.objects.filter(quote=quote_id).values_list("batch", flat=True).first()
    related = ("quote__alloy", "customer")
    asked = list(QuoteRequest.objects.filter(batch=batch).select_related(*related).order_by("quote__gross", "pk"))
    priced = [one for one in asked if one.quote.status == QuoteStatus.PRICED]
    told = next(iter(priced or asked), None)
    if told is None or not told.customer.email or told.quote.status not in _OF_QUOTE:
        return
    quote = told.quote
    with translation.override(told.customer.language):
        values = {
            "title": told.title,
            "quote": quote,
            "prices": [(local(one.quote.alloy, "name"), one.quote) for one in priced],
            "refusal": saying(quote.refusal_code, quote.refusal_params) if quote.refusal_code else "",
            "link": _link("shop:quote", quote.reference),
        }
        _send(_OF_QUOTE[QuoteStatus(quote.status)], values, to=told.customer.email)


def send_order_moved(*, order_id: int, status: str) -> None:
    """Tell a customer what became of his order."""
    order = Order.objects.filter(pk=order_id).select_related("customer").first()
    if order is None or status not in _OF_ORDER:
        return
    with translation.override(order.customer.language):
        values = {"order": order, "link": settings.BASE_URL.rstrip("/") + order_path(order)}
        _send(_OF_ORDER[OrderStatus(status)], values, to=order.email)


def send_order_question(*, message_id: int) -> None:
    """Ask a customer something about his order."""
    message = OrderMessage.objects.select_related("order__customer").get(pk=message_id)
    order = message.order
    with translation.override(order.customer.language):
        values = {"order": order, "text": message.text, "link": settings.BASE_URL.rstrip("/") + order_path(order)}
        _send("order_question", values, to=order.email)


def _link(name: str, reference: str) -> str:
    return settings.BASE_URL.rstrip("/") + reverse(name, args=[reference])


def _send(template: str, values: dict[str, Any], *, to: str) -> None:
    """A template's first line is the subject, the rest the body."""
    subject, _, body = render_to_string(f"emails/{template}.txt", values).strip().partition("\n")
    send_mail(subject.strip(), body.strip() + "\n", None, [to])
