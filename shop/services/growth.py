"""A past of orders in bulk: for trying out how lists feel, and measure, after years of work."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import exp
from statistics import NormalDist
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from config.kernel.bulk import copy_like, copy_rows, free_keys
from config.kernel.references import order_reference, quote_reference, secret_key
from pricing.models import Quote
from pricing.states import Verdict
from shop.models import Customer, Order, OrderLine, OrderLog
from shop.states import OrderStatus, PaymentStatus

LEAD_DAYS: Final = 10
_DAYS: Final = 730
_AT_HAND_DAYS: Final = 12
_ORDERS_EACH: Final = 3
_CENT: Final = Decimal("0.01")
_USUAL, _SPREAD = 650, 0.85  # half of the orders come to less than so many; the logarithm of what they come to varies
_LARGE: Final = 5_100  # and more: those in _WAITING
_DOUBTFUL, _ADVISED, _UNPAID, _ENGRAVED = 8, 30, 30, 120  # of a thousand
_NORMAL: Final = NormalDist()
_LONGEST_WAIT: Final = 2  # days
_LONG, _WAITING = 3_000, {2, 5, 9}  # a history worth looking at has large orders that wait: these of the newest
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
class Asked:
    """What somebody of the past asked for: all that rules may judge it by."""

    title: str
    alloy: str
    currency: str
    net: Decimal
    tax: Decimal
    country: str
    verdict: str
    engraving: str
    is_paid: bool
    is_new_customer: bool

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Grown:
    """One order of the past. is_stopped: a person had to decide; decided_at: when that was, or None: it waits."""

    place: int
    key: int
    placed_at: datetime
    decided_at: datetime | None
    status: str
    is_stopped: bool
    asked: Asked

    @property
    def promised_on(self) -> date:
        return timezone.localdate(self.placed_at) + timedelta(days=LEAD_DAYS)


@transaction.atomic
def grow_orders(*, many: int, still_open: int, is_stopped: Callable[[Asked], bool]) -> list[Grown]:
    """Add so many orders of the last years, and the customers who ordered them; the last few are on their way.

    At most `still_open` of them are: a longer past must not mean more work at hand. `is_stopped` judges each as the
    company's rules would.

    Copies of the newest order, its first line and its quote, at prices of their own. Raises DoesNotExist without one.
    """
    order = Order.objects.latest("pk")
    line = OrderLine.objects.filter(order=order).select_related("quote", "alloy").earliest("pk")
    people = free_keys(Customer, max(1, many // _ORDERS_EACH))
    quotes, orders, lines = (free_keys(model, many) for model in (Quote, Order, OrderLine))
    past = list(_past(orders, people, line, still_open, is_stopped))
    copy_like(Customer(), (_customer(key) for key in people))
    copy_like(
        line.quote,
        ({"id": key, "reference": quote_reference(), **_amounts(one)} for key, one in zip(quotes, past, strict=True)),
    )
    copy_like(order, (_order(one, _buyer(one.place, people)) for one in past))
    keys = zip(lines, quotes, past, strict=True)
    copy_like(
        line,
        ({"id": key, "order_id": one.key, "quote_id": quote, **_amounts(one)} for key, quote, one in keys),
    )
    copy_rows(OrderLog, _LOG, (row for one in past for row in _log(one)))
    return past


def _past(
    keys: range, people: range, line: OrderLine, still_open: int, is_stopped: Callable[[Asked], bool]
) -> Iterator[Grown]:
    now, many = timezone.now(), len(keys)
    at_hand = min(still_open, many * _AT_HAND_DAYS // _DAYS)
    for place, key in enumerate(keys):
        age = _age(many - place, at_hand, many)
        placed_at = now - timedelta(days=age)
        is_large = many >= _LONG and many - place in _WAITING
        asked = _asked(place, _buyer(place, people), line, is_large=is_large)
        stopped = is_stopped(asked)
        waits = stopped and age < _LONGEST_WAIT
        took = timedelta(seconds=480 + _mixed(place, 2) % 25_000 if stopped else 2 + _mixed(place, 2) % 24)
        yield Grown(
            place=place,
            key=key,
            placed_at=placed_at,
            decided_at=None if waits else min(placed_at + took, now),
            status=OrderStatus.EXCEPTION if waits else _status(place, age),
            is_stopped=stopped,
            asked=asked,
        )


def _age(rank: int, at_hand: int, many: int) -> float:
    """Days since the order was placed; rank 1 is the newest. Those at hand are as old however long the past is."""
    if rank <= at_hand:
        return _AT_HAND_DAYS * rank / at_hand
    return _AT_HAND_DAYS + (_DAYS - _AT_HAND_DAYS) * (rank - at_hand) / (many - at_hand)


def _asked(place: int, customer_id: int, line: OrderLine, *, is_large: bool) -> Asked:
    factor = _gross(place, is_large=is_large) / line.gross
    return Asked(
        title=line.title,
        alloy=line.alloy.code,
        currency=line.quote.currency,
        net=(line.net * factor).quantize(_CENT),
        tax=(line.tax * factor).quantize(_CENT),
        country=_country(customer_id),
        verdict=_verdict(_mixed(place, 1) % 1000),
        engraving="Vera & Jan" if _mixed(place, 13) % 1000 < _ENGRAVED else "",
        is_paid=_mixed(place, 14) % 1000 >= _UNPAID,
        is_new_customer=_mixed(place, 15) % _ORDERS_EACH == 0,
    )


def _gross(place: int, *, is_large: bool) -> Decimal:
    """Most orders are small and a few are very large: their logarithm is normally distributed."""
    if is_large:
        return Decimal(_LARGE + _mixed(place, 4) % 3_000)
    drawn = (_mixed(place, 4) % 100_000 + 0.5) / 100_000
    return Decimal(round(_USUAL * exp(_SPREAD * _NORMAL.inv_cdf(drawn)), 2))


def _verdict(drawn: int) -> str:
    if drawn < _DOUBTFUL:
        return Verdict.REVIEW
    return Verdict.ADVICE if drawn < _DOUBTFUL + _ADVISED else Verdict.OK


def _buyer(place: int, people: range) -> int:
    return people[_mixed(place, 3) % len(people)]


def _country(customer_id: int) -> str:
    return _COUNTRIES[_mixed(customer_id, 11) % len(_COUNTRIES)]


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
    return {"net": one.asked.net, "tax": one.asked.tax, "gross": one.asked.gross}


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
        "country": one.asked.country,
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
