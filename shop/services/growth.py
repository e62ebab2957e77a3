"""A past of orders in bulk: for trying out how lists feel, and measure, after years of work."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from config.kernel.bulk import copy_like, copy_rows, free_keys
from config.kernel.references import order_reference, quote_reference, secret_key
from pricing.models import Quote
from shop.models import Customer, Order, OrderLine, OrderLog
from shop.states import OrderStatus, PaymentStatus

_DAYS: Final = 730
_AT_HAND_DAYS: Final = 12
_ORDERS_EACH: Final = 3
_CENT: Final = Decimal("0.01")
_STOPPED: Final = 28  # of a thousand
_LONGEST_WAIT: Final = 2  # days
_LONG, _WAITING = 3_000, {2, 5, 9}  # a history worth looking at has exceptions that wait: these of the newest
_FIRST: Final = [
    "Vera",
    "Anna",
    "Mia",
    "Emma",
    "Ida",
    "Nora",
    "Olga",
    "Élise",
    "Marta",
    "Sofia",
    "Jan",
    "Erik",
    "Paul",
    "Oskar",
    "Иван",
    "Мария",
    "Дарья",
    "Павел",
    "Нина",
]
_LAST: Final = [
    "Holm",
    "Berg",
    "Lind",
    "Moreau",
    "Keller",
    "Novak",
    "Costa",
    "Rossi",
    "Weber",
    "Larsen",
    "Dahl",
    "Silva",
    "Петрова",
    "Иванова",
    "Орлов",
    "Титова",
]
_COUNTRIES: Final = ["DE", "DE", "DE", "FR", "FR", "NO", "SE", "IT", "NL", "AT", "RU", "RU", "PL", "ES", "CH"]
_STEPS: Final = [  # what an order that needs ten days has become at which age in days
    (1.0, OrderStatus.APPROVED),
    (6.0, OrderStatus.IN_PRODUCTION),
    (7.0, OrderStatus.READY),
    (10.0, OrderStatus.SHIPPED),
]
_LOG: Final = ["order_id", "at", "from_status", "to_status", "reason", "told_at"]


@dataclass(frozen=True, slots=True)
class Grown:
    """One order of the past. is_stopped: no rule approved it; decided_at: when it was approved, or None: it waits."""

    place: int
    key: int
    placed_at: datetime
    decided_at: datetime | None
    status: str
    is_stopped: bool
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @property
    def is_dear(self) -> bool:
        """Stopped because of its amount."""
        return self.is_stopped and self.place % 3 != 1

    @property
    def promised_on(self) -> date:
        return timezone.localdate(self.placed_at) + timedelta(days=10)


@transaction.atomic
def grow_orders(*, many: int, still_open: int) -> list[Grown]:
    """Add so many orders of the last years, and the customers who ordered them; the last few are on their way.

    At most `still_open` of them are: a longer past must not mean more work at hand.

    Copies of the newest order, its first line and its quote, at prices of their own. Raises DoesNotExist without one.
    """
    order = Order.objects.latest("pk")
    line = OrderLine.objects.filter(order=order).select_related("quote").earliest("pk")
    people = free_keys(Customer, max(1, many // _ORDERS_EACH))
    quotes, orders, lines = (free_keys(model, many) for model in (Quote, Order, OrderLine))
    past = list(_past(orders, line, still_open))
    copy_like(Customer(), (_customer(key) for key in people))
    copy_like(
        line.quote,
        ({"id": key, "reference": quote_reference(), **_amounts(one)} for key, one in zip(quotes, past, strict=True)),
    )
    copy_like(order, (_order(one, people[_mixed(one.place, 3) % len(people)]) for one in past))
    keys = zip(lines, quotes, past, strict=True)
    copy_like(
        line,
        ({"id": key, "order_id": one.key, "quote_id": quote, **_amounts(one)} for key, quote, one in keys),
    )
    copy_rows(OrderLog, _LOG, (row for one in past for row in _log(one)))
    return past


def _past(keys: range, line: OrderLine, still_open: int) -> Iterator[Grown]:
    now, many = timezone.now(), len(keys)
    at_hand = min(still_open, many * _AT_HAND_DAYS // _DAYS)
    for place, key in enumerate(keys):
        age = _age(many - place, at_hand, many)
        placed_at = now - timedelta(days=age)
        is_stopped = _mixed(place, 1) % 1000 < _STOPPED or (many >= _LONG and many - place in _WAITING)
        waits = is_stopped and age < _LONGEST_WAIT
        took = timedelta(seconds=2 + _mixed(place, 2) % 24 if not is_stopped else 480 + _mixed(place, 2) % 25_000)
        factor = _factor(place, line) if is_stopped else Decimal(40 + _mixed(place, 4) % 260) / 100
        yield Grown(
            place=place,
            key=key,
            placed_at=placed_at,
            decided_at=None if waits else min(placed_at + took, now),
            status=OrderStatus.EXCEPTION if waits else _status(place, age),
            is_stopped=is_stopped,
            net=(line.net * factor).quantize(_CENT),
            tax=(line.tax * factor).quantize(_CENT),
        )


def _age(rank: int, at_hand: int, many: int) -> float:
    """Days since the order was placed; rank 1 is the newest. Those at hand are as old however long the past is."""
    if rank <= at_hand:
        return _AT_HAND_DAYS * rank / at_hand
    return _AT_HAND_DAYS + (_DAYS - _AT_HAND_DAYS) * (rank - at_hand) / (many - at_hand)


def _factor(place: int, line: OrderLine) -> Decimal:
    """Of a stopped order: two of three are over the limit of the rules as they come."""
    is_dear = place % 3 != 1
    return Decimal(5_100 + _mixed(place, 4) % 3_000) / line.gross if is_dear else Decimal(1)


def _mixed(place: int, salt: int) -> int:
    """A number that looks drawn and is the same each time."""
    mixed = (place * 2_654_435_761 + salt * 40_503_971) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 2_246_822_519) & 0xFFFFFFFF
    return mixed ^ (mixed >> 13)


def _status(place: int, age: float) -> str:
    if _mixed(place, 5) % 100 == 0:
        return OrderStatus.CANCELLED
    pace = 0.7 + _mixed(place, 6) % 90 / 100 if age < _AT_HAND_DAYS else 0  # some are slow, and at risk
    return next((status for until, status in _STEPS if age < until * pace), OrderStatus.DELIVERED)


def _customer(key: int) -> dict[str, Any]:
    first, last = (names[_mixed(key, salt) % len(names)] for salt, names in ((7, _FIRST), (8, _LAST)))
    return {
        "id": key,
        "key": secret_key(),
        "name": f"{first} {last}",
        "email": f"customer{key}@karat.example",
        "phone": f"+47{40_000_000 + _mixed(key, 9) % 9_000_000}",
        "created_at": timezone.now() - timedelta(days=_mixed(key, 10) % _DAYS),
    }


def _amounts(one: Grown) -> dict[str, Decimal]:
    return {"net": one.net, "tax": one.tax, "gross": one.gross}


def _order(one: Grown, customer_id: int) -> dict[str, Any]:
    """Its person as `_customer` names him; it isn't paid while it waits for a decision."""
    person = _customer(customer_id)
    is_sent = one.status in {OrderStatus.SHIPPED, OrderStatus.DELIVERED}
    is_paid = one.status not in {OrderStatus.EXCEPTION, OrderStatus.CANCELLED}
    return {
        "id": one.key,
        "reference": order_reference(),
        "customer_id": customer_id,
        "name": person["name"],
        "email": person["email"],
        "phone": person["phone"],
        "country": _COUNTRIES[_mixed(customer_id, 11) % len(_COUNTRIES)],
        "status": one.status,
        "first_promised_on": one.promised_on,
        "payment_status": PaymentStatus.PAID if is_paid else PaymentStatus.UNPAID,
        "placed_at": one.placed_at,
        "promised_on": one.promised_on,
        "delivery_way_id": None,
        "delivery_gross": Decimal(0),
        "tracking_number": f"GROWN-{one.key}" if is_sent else "",
        "checkout_key": secret_key(),
        **_amounts(one),
    }


def _log(one: Grown) -> Iterator[list[Any]]:
    """How it came to be decided, and where it is now; everything told long ago."""
    before, at = OrderStatus.PLACED, one.placed_at
    yield [one.key, at, "", before, "", at]
    if one.is_stopped:
        before, stopped_at = OrderStatus.EXCEPTION, one.placed_at + timedelta(seconds=4)
        yield [one.key, stopped_at, OrderStatus.PLACED, before, "", stopped_at]
    if one.decided_at is None:
        return
    yield [one.key, one.decided_at, before, OrderStatus.APPROVED, "" if one.is_stopped else "rules", one.decided_at]
    if one.status != OrderStatus.APPROVED:
        yield [one.key, one.decided_at, OrderStatus.APPROVED, one.status, "", one.decided_at]
