"""From basket to order: once, however often the button is pressed."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction

from config.kernel.events import publish
from config.kernel.locking import lock_all
from config.kernel.transitions import Actor, write_log
from mes.selectors import promise_for
from pricing.models import Quote
from pricing.selectors import without_vat
from pricing.services.quotes import accept_quote
from shop.errors import AddressesFull, BasketChanged, BasketEmpty, UnknownDelivery
from shop.finding import dialled
from shop.models import BasketLine, Customer, DeliveryWay, Order, OrderLine
from shop.services.addresses import keep_address
from shop.services.customers import lock_customer
from shop.services.telling import write_letter
from shop.states import LetterKind, OrderStatus

# Of a quote, what the line of an order copies.
FROZEN: Final = ("kind", "design_id", "alloy_id", "finish", "size", "quantity", "mass_g", "net", "tax", "gross")
TERMS_VERSION: Final = "2026-11"  # of templates/shop/terms.html: raised with every change of its words


@dataclass(frozen=True, slots=True)
class Delivery:
    """To whom, where and in which way an order is sent."""

    name: str
    email: str
    address: str
    postal_code: str
    city: str
    country: str
    note: str = ""
    way: str = ""
    phone: str = ""


@transaction.atomic
def check_out(
    *,
    customer: Customer,
    delivery: Delivery,
    checkout_key: str,
    actor: Actor = None,
    shown: Decimal | None = None,
    terms_version: str = "",
    payment_way: str = "",
    keeps_address: bool = False,
) -> Order:
    """Order what is in the basket. The same key gives the same order again: double click, back button, two tabs.

    shown: the total that the customer saw; another one is refused, never charged. A guest becomes a customer with the
    name and address that he gave. keeps_address: it goes into his address book, as long as there is room. Locks the
    customer, then the quotes. Publishes shop.order_placed. Refuses with BasketEmpty, BasketChanged, UnknownDelivery,
    CustomerErased, QuoteExpired, QuoteUsed.
    """
    customer = lock_customer(customer.pk)
    placed = Order.objects.of_customer(customer).filter(checkout_key=checkout_key).first()
    if placed is not None:
        return placed
    basket = lock_all(BasketLine.objects.of_customer(customer))
    if not basket:
        raise BasketEmpty
    quotes = {line.pk: accept_quote(quote_id=line.quote_id, actor=actor) for line in basket}
    order = _new_order(customer, delivery, list(quotes.values()))
    if shown is not None and shown != order.gross:
        raise BasketChanged
    order.checkout_key, order.terms_version, order.payment_way = checkout_key, terms_version, payment_way
    order.save()
    OrderLine.objects.bulk_create(_order_line(order, line, quotes[line.pk]) for line in basket)
    BasketLine.objects.filter(pk__in=quotes).delete()
    write_log(order, OrderStatus.PLACED, actor=actor)
    _introduce(customer, delivery)
    if keeps_address:
        _write_down(customer, delivery)
    write_letter(order=order, kind=LetterKind.PLACED)
    publish("shop.order_placed", order_id=order.pk)
    return order


def _new_order(customer: Customer, delivery: Delivery, quotes: list[Quote]) -> Order:
    """The order with its sums, not stored yet."""
    address = asdict(delivery) | {"phone": dialled(delivery.phone)}
    way = delivery_way(address.pop("way"))
    charged = way.gross if way else Decimal(0)
    net, tax = without_vat(charged) if charged else (charged, charged)
    promise = promise_for(quotes, is_binding=True)
    return Order(
        customer=customer,
        promised_on=promise.day,
        first_promised_on=promise.day,
        promise_probability=promise.probability,
        currency=quotes[0].currency,
        net=sum((one.amounts.net for one in quotes), net),
        tax=sum((one.amounts.tax for one in quotes), tax),
        gross=sum((one.amounts.gross for one in quotes), charged),
        delivery_way=way,
        delivery_gross=charged,
        **address,
    )


def delivery_way(code: str) -> DeliveryWay | None:
    """The way that was chosen; None where the company offers none. Refuses with UnknownDelivery."""
    offered = DeliveryWay.objects.filter(is_offered=True)
    way = offered.filter(code=code).first() if code else None
    if way is None and offered.exists():
        raise UnknownDelivery
    return way


def _introduce(customer: Customer, delivery: Delivery) -> None:
    """A guest who orders tells his name and address; an account has its own. For a phone the shop asks only here."""
    if customer.user_id is None and not customer.email:
        customer.name, customer.email = delivery.name, delivery.email
    if delivery.phone and not customer.phone:
        customer.phone = dialled(delivery.phone)
    customer.save(update_fields=["name", "email", "phone"])


def _write_down(customer: Customer, delivery: Delivery) -> None:
    with suppress(AddressesFull):
        keep_address(customer=customer, told=asdict(delivery))


def _order_line(order: Order, line: BasketLine, quote: Quote) -> OrderLine:
    copies = {name: getattr(quote, name) for name in FROZEN}
    return OrderLine(order=order, quote=quote, product_id=line.product_id, title=line.title, **copies)
