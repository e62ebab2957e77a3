"""Doors for the queue."""

from shop.services import catalogue, telling


def refresh_catalogue_prices(after: int = 0) -> None:
    catalogue.refresh_catalogue_prices(after=after)


def tell_customer_of_quote(quote_id: int) -> None:
    """A quote is settled: the catalogue takes it over, or the customer who waits for it gets an e-mail."""
    if not catalogue.take_over_price(quote_id=quote_id):
        telling.tell_of_quote(quote_id=quote_id)


def tell_customer_of_order(order_id: int, status: str) -> None:
    telling.tell_of_order(order_id=order_id, status=status)


def tell_customer_of_question(message_id: int) -> None:
    telling.tell_of_question(message_id=message_id)
