"""Doors for the queue."""

from shop.services import catalogue, merging, telling


def refresh_catalogue_prices(after: int = 0) -> None:
    catalogue.refresh_catalogue_prices(after=after)


def tell_customer_of_quote(quote_id: int) -> None:
    """A quote is settled: the catalogue takes it over, or the customer who waits for it gets an e-mail."""
    if not catalogue.take_over_price(quote_id=quote_id):
        telling.tell_of_quote(quote_id=quote_id)


def send_letter(letter_id: int) -> None:
    telling.send_letter(letter_id=letter_id)


def sweep_letters() -> None:
    telling.sweep_letters()


def bring_along(customer_id: int, former_id: int) -> None:
    merging.bring_along(customer_id=customer_id, former_id=former_id)
