"""The messages to customers."""

import pytest
from django.core import mail

from shop.emails import send_quote_settled
from shop.models import QuoteRequest
from tests.factories.pricing import DESIGNS, make_design, make_quote, make_requested_quote
from tests.factories.shop import make_customer

pytestmark = pytest.mark.django_db


def ask(quote, **customer):
    asked_by = make_customer()
    for name, value in customer.items():
        setattr(asked_by, name, value)
    asked_by.save()
    return QuoteRequest.objects.create(customer=asked_by, quote=quote, title="my <ring>")


def test_a_priced_design_is_told_with_its_price_and_a_link(settings):
    settings.BASE_URL = "https://karat.example"
    asked = ask(make_quote(), email="vera@karat.example")

    send_quote_settled(quote_id=asked.quote_id)

    message = mail.outbox[0]
    assert message.to == ["vera@karat.example"]
    assert message.subject == "The price of “my <ring>”"
    assert f"€{asked.quote.gross}" in message.body
    assert f"https://karat.example/quotes/{asked.quote.reference}/" in message.body


def test_a_design_that_can_not_be_made_is_told_with_the_reason():
    from pricing.tasks import price_quote

    quote = make_requested_quote(design=make_design(DESIGNS / "broken" / "flat.stl"))
    price_quote(quote.pk)
    ask(quote)

    send_quote_settled(quote_id=quote.pk)

    assert "encloses no volume" in mail.outbox[0].body


def test_a_visitor_without_an_address_gets_no_message():
    asked = ask(make_quote(), email="")

    send_quote_settled(quote_id=asked.quote_id)

    assert mail.outbox == []


def test_a_quote_that_nobody_of_the_shop_asked_for_is_told_to_nobody():
    send_quote_settled(quote_id=make_quote().pk)

    assert mail.outbox == []
