"""The messages to customers, in the customer's language. shop/tasks.py sends them.

A template's first line is the subject, the rest the paragraphs. A letter about an order is framed twice from the same
words: as text, and as plain HTML that loads nothing.
"""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from config.kernel.amounts import money
from config.kernel.languages import local
from pricing.selectors import saying
from pricing.states import QuoteStatus
from shop.models import Order, OrderLetter, OrderMessage, Payment, QuoteRequest
from shop.selectors import bank_account
from shop.services.guests import order_path
from shop.states import LetterKind, PaymentWay
from shop.templatetags.looks import day

_OF_QUOTE = {
    QuoteStatus.PRICED: "quote_priced",
    QuoteStatus.NOT_MANUFACTURABLE: "quote_refused",
    QuoteStatus.FAILED: "quote_failed",
}
Detail = tuple[str, str]  # a label and its value


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
        subject, body = _words(_OF_QUOTE[QuoteStatus(quote.status)], values)
        send_mail(subject, body + "\n", None, [told.customer.email])


def send_order_letter(*, letter: OrderLetter) -> None:
    """Send a letter about an order to the address that was given with it."""
    order = letter.order
    with translation.override(order.customer.language):
        subject, body = _words(f"order_{letter.kind}", {"order": order, "about": _about(letter)})
        values = {
            "subject": subject,
            "paragraphs": [one.strip() for one in body.split("\n\n") if one.strip()],
            "details": _details(order) if letter.kind == LetterKind.PLACED else [],
            "link": settings.BASE_URL.rstrip("/") + order_path(order),
        }
        message = EmailMultiAlternatives(subject, render_to_string("emails/letter.txt", values), to=[order.email])
        message.attach_alternative(render_to_string("emails/letter.html", values), "text/html")
        message.send()


def _about(letter: OrderLetter) -> str:
    """What the letter was written for besides the order: the words of a message, or the amount of a payment."""
    if letter.kind in {LetterKind.PAID, LetterKind.REFUNDED}:
        payment = Payment.objects.get(pk=letter.about, order=letter.order_id)
        return money(payment.captured_amount, payment.currency)
    if letter.kind not in {LetterKind.MESSAGE, LetterKind.QUESTION}:
        return ""
    return OrderMessage.objects.values_list("text", flat=True).get(pk=letter.about, order=letter.order_id)


def _details(order: Order) -> list[Detail]:
    """What was ordered, what it costs and when it comes: the rows of a confirmation."""
    lines = [
        (f"{line.quantity} × {line.title}, {local(line.alloy, 'name')}", money(line.gross, order.currency))
        for line in order.lines.select_related("alloy")
    ]
    if order.delivery_way is not None:
        lines.append((local(order.delivery_way, "name"), money(order.delivery_gross, order.currency)))
    return [
        *lines,
        (_("VAT included"), money(order.tax, order.currency)),
        (_("Total"), money(order.gross, order.currency)),
        (_("Leaves our workshop by"), day(order.promised_on)),
        *_transfer(order),
    ]


def _transfer(order: Order) -> list[Detail]:
    """Where to send the money, for who chose a transfer."""
    bank = bank_account()
    if order.payment_way != PaymentWay.TRANSFER or bank is None:
        return []
    return [
        (_("Please transfer it to"), bank.holder),
        ("IBAN", bank.iban),
        ("BIC", bank.bic),
        (_("Reference"), order.reference),
    ]


def _link(name: str, reference: str) -> str:
    return settings.BASE_URL.rstrip("/") + reverse(name, args=[reference])


def _words(template: str, values: dict[str, Any]) -> tuple[str, str]:
    """The subject and the text of a template."""
    subject, _newline, body = render_to_string(f"emails/{template}.txt", values).strip().partition("\n")
    return subject.strip(), body.strip()
