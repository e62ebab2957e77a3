"""What the shop holds on a person."""

from typing import Any

from config.kernel.personal import columns_of
from shop.models import BasketLine, Customer, Order, QuoteRequest

_ACCOUNT = ("username", "email", "first_name", "last_name", "date_joined", "last_login")


def held_by_the_shop(customer_id: int) -> dict[str, Any]:
    """The person, his account, addresses, quotes, basket, orders with all of theirs, and the log about him."""
    customer = Customer.objects.select_related("user").get(pk=customer_id)
    user = customer.user
    return {
        "customer": columns_of(customer, without=["key", "user"]),
        "account": {name: getattr(user, name) for name in _ACCOUNT} if user else None,
        "addresses": [columns_of(one, without=["customer"]) for one in customer.addresses.all()],
        "quotes": [_quote_request(one) for one in customer.quote_requests.select_related("quote__alloy")],
        "basket": [_basket_line(one) for one in BasketLine.objects.of_customer(customer).select_related("quote")],
        "orders": [_order(one) for one in _orders(customer)],
        "log": [columns_of(one, without=["customer"]) for one in customer.log.all()],
    }


def _orders(customer: Customer) -> Any:
    parts = ("lines__quote__alloy", "log", "messages", "letters", "payments")
    return Order.objects.of_customer(customer).newest_first().select_related("delivery_way").prefetch_related(*parts)


def _quote_request(request: QuoteRequest) -> dict[str, Any]:
    return columns_of(request, without=["customer", "quote"]) | {"quote": _quote(request.quote)}


def _basket_line(line: BasketLine) -> dict[str, Any]:
    return columns_of(line, without=["customer", "quote", "next_quote"]) | {"quote": line.quote.reference}


def _quote(quote: Any) -> dict[str, Any]:
    told = ("reference", "kind", "finish", "size", "quantity", "plating", "engraving", "status", "requested_at")
    amounts = ("currency", "net", "tax", "gross")
    return {name: getattr(quote, name) for name in (*told, *amounts)} | {"alloy": str(quote.alloy)}


def _order(order: Order) -> dict[str, Any]:
    return columns_of(order, without=["customer", "checkout_key"]) | {
        "delivery_way": str(order.delivery_way or ""),
        "lines": [columns_of(line, without=["order"]) | {"quote": _quote(line.quote)} for line in order.lines.all()],
        "log": [columns_of(one, without=["order"]) for one in order.log.all()],
        "messages": [columns_of(one, without=["order"]) for one in order.messages.all()],
        "letters": [columns_of(one, without=["order", "about"]) for one in order.letters.all()],
        "payments": [columns_of(one, without=["order", "token"]) for one in order.payments.all()],
    }
