"""Metal prices from outside: a CSV file, or an address that answers with JSON. Read and checked, never stored here.

The JSON:

    {"currency": "EUR", "at": "2026-01-05T10:30:00Z", "per_g": {"gold": "112.00", "silver": "1.45"}}

The address is the company's own setting, so it may be any host; still its answer is a stranger's: bounded in size and
time, no redirects, every figure checked.
"""

import csv
import ipaddress
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

import requests
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from pricing.engine.money import MINOR_DIGITS
from pricing.errors import MetalPricesRefused
from pricing.states import Metal

COLUMNS = ("metal", "currency", "price_per_g", "valid_from")
MOST_BYTES = 64 * 1024
MOST_ROWS = 10_000
_SECONDS = 10
_LEAST, _MOST = Decimal("0.0001"), Decimal(99_999_999)


@dataclass(frozen=True, slots=True)
class OfferedPrice:
    """A metal price from outside, complete and plausible by itself; line: where it stood."""

    line: int
    metal: str
    currency: str
    price_per_g: Decimal
    valid_from: datetime
    source: str


def read_csv(text: str, *, source: str) -> list[OfferedPrice]:
    """The prices of a CSV file with a heading line. Refuses with MetalPricesRefused, naming every bad line."""
    rows = csv.DictReader(text.lstrip("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines(), strict=True)
    try:
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or [])]
        if missing:
            raise refused([(1, _("the column %(name)s is missing") % {"name": missing[0]})])
        return _all_or_none(_read_rows(rows, source))
    except csv.Error as wrong:
        raise refused([(rows.line_num, str(wrong))]) from wrong


def _read_rows(rows: "csv.DictReader[str]", source: str) -> Iterator[tuple[int, OfferedPrice | str]]:
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            yield rows.line_num, _("more than %(most)s rows") % {"most": MOST_ROWS}
            return
        yield rows.line_num, _offered(rows.line_num, row, row.get("source") or source)


def _all_or_none(read: Iterator[tuple[int, OfferedPrice | str]]) -> list[OfferedPrice]:
    prices: list[OfferedPrice] = []
    problems: list[tuple[int, str]] = []
    for line, found in read:
        if isinstance(found, OfferedPrice):
            prices.append(found)
        else:
            problems.append((line, found))
    if problems:
        raise refused(problems)
    return prices


def refused(problems: list[tuple[int, str]]) -> MetalPricesRefused:
    """The refusal that names each bad line, the first twenty of them."""
    named = [_("line %(line)s: %(what)s") % {"line": line, "what": what} for line, what in problems[:20]]
    return MetalPricesRefused(why="; ".join(named))


def _offered(line: int, row: dict[str, Any], source: str) -> OfferedPrice | str:
    """The price that a row offers, or what is wrong with it."""
    metal, currency = str(row["metal"] or "").strip().lower(), str(row["currency"] or "").strip().upper()
    price, at = _decimal(row["price_per_g"]), _moment(row["valid_from"])
    if metal not in Metal.values:
        return _("%(value)r is no metal") % {"value": metal}
    if currency not in MINOR_DIGITS:
        return _("%(value)r is no currency that can be rounded") % {"value": currency}
    if price is None:
        return _("%(value)r is no price per gram") % {"value": row["price_per_g"]}
    if at is None or at > timezone.now():
        return _("%(value)r is no moment that has passed, such as 2026-01-05T10:30:00Z") % {"value": row["valid_from"]}
    return OfferedPrice(line, metal, currency, price, at, source.strip()[:120])


def _decimal(value: Any) -> Decimal | None:
    """A price with at most four decimals; None for anything else."""
    try:
        price = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not price.is_finite() or not _LEAST <= price <= _MOST:
        return None
    return price if price == round(price, 4) else None


def _moment(value: Any) -> datetime | None:
    """An ISO 8601 moment; without a zone it is the company's time."""
    try:
        at = parse_datetime(str(value).strip())
    except ValueError:
        return None
    if at is None:
        return None
    return at if timezone.is_aware(at) else timezone.make_aware(at)


def fetch(url: str) -> list[OfferedPrice]:
    """The prices that an address answers with. Refuses with MetalPricesRefused."""
    _require_safe(url)
    host = str(urlsplit(url).hostname)  # the rest may hold a key, which belongs neither into a row nor on a screen
    try:
        stored = json.loads(_body(url), parse_float=Decimal)
        offered = [
            {"metal": metal, "currency": stored["currency"], "price_per_g": price, "valid_from": stored["at"]}
            for metal, price in stored["per_g"].items()
        ]
    except requests.RequestException as wrong:
        told = {"host": host, "why": type(wrong).__name__}
        raise MetalPricesRefused(why=_("%(host)s gave no answer (%(why)s).") % told) from wrong
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise MetalPricesRefused(why=_("The answer isn't laid out as documented: %(why)r") % {"why": wrong}) from wrong
    if not offered:
        raise MetalPricesRefused(why=_("The answer holds no price."))
    return _all_or_none((line, _offered(line, row, host)) for line, row in enumerate(offered, start=1))


def _require_safe(url: str) -> None:
    """https, or this host itself: on the way an http answer can be changed by anybody."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        return
    raise MetalPricesRefused(why=_("METAL_PRICES_URL must begin with https://."))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _body(url: str) -> bytes:
    """At most MOST_BYTES of the answer, within seconds in all, and only of a 200."""
    deadline = timezone.now().timestamp() + _SECONDS
    with requests.get(url, timeout=(3, _SECONDS), stream=True, allow_redirects=False) as answer:
        if answer.status_code != requests.codes.ok:
            raise ValueError(f"HTTP {answer.status_code}")
        body = b""
        for chunk in answer.iter_content(8192):
            body += chunk
            if len(body) > MOST_BYTES or timezone.now().timestamp() > deadline:
                raise ValueError(f"more than {MOST_BYTES} bytes or {_SECONDS} seconds")
    return body
