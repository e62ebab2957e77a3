"""Metal prices in bulk: all of them are taken, or none."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from config.kernel.events import publish
from pricing import metal_feed
from pricing.engine.money import MINOR_DIGITS
from pricing.errors import MetalPricesRefused
from pricing.metal_feed import OfferedPrice
from pricing.models import MetalPrice

LARGEST_JUMP = Decimal("0.20")


@transaction.atomic
def import_metal_prices(*, content: bytes, source: str) -> list[MetalPrice]:
    """Take the prices of a CSV file; those that are known already, to the moment, are left as they are.

    Publishes pricing.rates_changed. Refuses with MetalPricesRefused, with the line and the reason of each bad row.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise MetalPricesRefused(why=_("The file isn't UTF-8 text.")) from wrong
    return _store(metal_feed.read_csv(text, source=source))


@transaction.atomic
def add_metal_prices(*, offered: list[OfferedPrice]) -> list[MetalPrice]:
    """Take prices that a person read from a table; those that are known already are left as they are.

    Publishes pricing.rates_changed. Refuses with MetalPricesRefused.
    """
    return _store(offered)


def offered_price(price: MetalPrice) -> OfferedPrice:
    """A price that isn't stored yet. Refuses with MetalPricesRefused when its currency can't be rounded."""
    if price.currency not in MINOR_DIGITS:
        raise MetalPricesRefused(why=_("%(value)r is no currency that can be rounded") % {"value": price.currency})
    return OfferedPrice(0, price.metal, price.currency, price.price_per_g, price.valid_from, price.source)


@transaction.atomic
def take_metal_prices(*, offered: list[OfferedPrice], force: bool = False) -> list[MetalPrice]:
    """Take prices that were fetched. A jump of more than 20 % is refused unless forced: a feed can be wrong.

    Publishes pricing.rates_changed. Refuses with MetalPricesRefused.
    """
    jumps = [] if force else [what for what in map(_jump, offered) if what]
    if jumps:
        raise MetalPricesRefused(why="; ".join(jumps))
    return _store(offered)


def _jump(price: OfferedPrice) -> str:
    """What is implausible about a price beside the one before it; nothing for the first of a metal."""
    earlier = MetalPrice.objects.filter(
        metal=price.metal, currency=price.currency, valid_from__lt=price.valid_from
    ).order_by("-valid_from")
    before = earlier.values_list("price_per_g", flat=True).first()
    if before is None or abs(price.price_per_g - before) <= LARGEST_JUMP * before:
        return ""
    told = {"metal": price.metal, "before": before, "now": price.price_per_g}
    return _("%(metal)s jumps from %(before)s to %(now)s") % told


_Moment = tuple[str, str, datetime]


def _store(offered: list[OfferedPrice]) -> list[MetalPrice]:
    """New rows only: the same price read twice is one row, another one at the same moment is refused."""
    stored = _stored_between(offered)
    told = dict(stored)
    contradictions = [
        (price.line, _contradiction(price, told[_moment(price)]))
        for price in offered
        if told.setdefault(_moment(price), price.price_per_g) != price.price_per_g
    ]
    if contradictions:
        raise metal_feed.refused(contradictions)
    new = {_moment(price): price for price in offered if _moment(price) not in stored}
    return _write(new.values()) if new else []


def _stored_between(offered: list[OfferedPrice]) -> dict[_Moment, Decimal]:
    """What is stored already from the first of these moments to the last."""
    if not offered:
        return {}
    moments = [price.valid_from for price in offered]
    rows = MetalPrice.objects.filter(valid_from__gte=min(moments), valid_from__lte=max(moments))
    columns = rows.values_list("metal", "currency", "valid_from", "price_per_g")
    return {(metal, currency, at): price for metal, currency, at, price in columns.iterator()}


def _write(new: Iterable[OfferedPrice]) -> list[MetalPrice]:
    rows = [
        MetalPrice(
            metal=price.metal,
            currency=price.currency,
            price_per_g=price.price_per_g,
            valid_from=price.valid_from,
            source=price.source,
        )
        for price in new
    ]
    try:
        with transaction.atomic():
            stored = MetalPrice.objects.bulk_create(rows)
    except IntegrityError as wrong:
        raise MetalPricesRefused(why=_("Somebody stored the same prices just now. Please try again.")) from wrong
    publish("pricing.rates_changed")
    return stored


def _moment(price: OfferedPrice) -> _Moment:
    return price.metal, price.currency, price.valid_from


def _contradiction(price: OfferedPrice, told: Decimal) -> str:
    known = {"metal": price.metal, "at": price.valid_from.isoformat(), "price": told}
    return _("%(metal)s at %(at)s is known as %(price)s") % known
