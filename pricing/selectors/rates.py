"""The rates in force, and the rows of rates as the engine takes them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from pricing.engine.inputs import MetalPrices, PieceSpec
from pricing.engine.inputs import PriceList as EnginePriceList
from pricing.engine.materials import AlloySpec
from pricing.engine.money import round_money
from pricing.engine.rate_rows import HallmarkRate, PlatingRate, QuantityBreak, SettingRate
from pricing.errors import PriceListUnusable, RatesMissing
from pricing.models import Alloy, MassFactor, MetalPrice, PriceList, Quote
from pricing.models.price_lists import RATE_COLUMNS


def current_price_list() -> PriceList:
    """The price list that is in force now. Refuses with RatesMissing."""
    price_list = PriceList.objects.current(at=timezone.now()).first()
    if price_list is None:
        raise RatesMissing(what="price list")
    return price_list


def without_vat(gross: Decimal) -> tuple[Decimal, Decimal]:
    """Net and tax of an amount with VAT, at today's rate; they add up to it. Refuses with RatesMissing."""
    rates = current_price_list()
    net = round_money(gross / (1 + rates.vat_rate), rates.currency)
    return net, gross - net


def current_metal_rows(currency: str) -> list[MetalPrice]:
    """The newest price of each metal in a currency. Refuses with RatesMissing."""
    rows = list(MetalPrice.objects.valid_at(timezone.now(), currency=currency))
    if not rows:
        raise RatesMissing(what="metal price")
    return rows


def engine_metal_prices(currency: str, rows: list[MetalPrice]) -> MetalPrices:
    """Metal prices as the engine takes them."""
    return MetalPrices(currency=currency, per_g={row.metal: row.price_per_g for row in rows})


def metal_price_origins(rows: list[MetalPrice]) -> dict[str, dict[str, str]]:
    """Of each metal's price: since when it holds and where it is from, for the receipt."""
    return {row.metal: {"valid_from": row.valid_from.isoformat(), "source": row.source} for row in rows}


def rates_changed_at() -> datetime:
    """Since when prices are calculated from the rates now in force. Refuses with RatesMissing."""
    price_list = current_price_list()
    newest = MetalPrice.objects.valid_at(timezone.now(), currency=price_list.currency)
    moments = [row.valid_from for row in newest] + list(Alloy.objects.values_list("changed_at", flat=True))
    moments += MassFactor.objects.order_by("-valid_from").values_list("valid_from", flat=True)[:1]
    return max([price_list.published_at or timezone.now(), *moments])


# What this process has read of published price lists, by primary key and moment: they never change.
_published: dict[tuple[int, datetime], EnginePriceList] = {}


def engine_price_list(price_list: PriceList) -> EnginePriceList:
    """The columns and rows of a price list as the engine takes them; of a published one, read once a process.

    Refuses with PriceListUnusable.
    """
    if price_list.published_at is None:
        return _read_price_list(price_list)
    key = (price_list.pk, price_list.published_at)
    if key not in _published:
        _published.clear()  # one is in force; older ones are asked for when old quotes are explained
        _published[key] = _read_price_list(price_list)
    return _published[key]


def forget_published() -> None:
    """For tests, which give the same key to another price list."""
    _published.clear()


def _read_price_list(price_list: PriceList) -> EnginePriceList:
    try:
        return EnginePriceList(
            version=price_list.version,
            currency=price_list.currency,
            **{name: getattr(price_list, name) for name in RATE_COLUMNS},
            **_tables(price_list),
        )
    except ValueError as wrong:
        raise PriceListUnusable(why=wrong) from wrong


def _tables(price_list: PriceList) -> dict[str, Any]:
    hallmarks = price_list.hallmark_rates.all()
    settings = price_list.setting_rates.all()
    breaks = price_list.quantity_breaks.all()
    return {
        "finish_per_cm2": {rate.finish: rate.per_cm2 for rate in price_list.finish_rates.all()},
        "platings": {rate.kind: PlatingRate(rate.setup_fee, rate.per_cm2) for rate in price_list.plating_rates.all()},
        "settings": tuple(SettingRate(rate.cut, rate.from_mm, rate.per_stone) for rate in settings),
        "hallmarks": tuple(HallmarkRate(rate.metal, rate.from_g, rate.fee) for rate in hallmarks),
        "quantity_breaks": tuple(QuantityBreak(row.from_quantity, row.discount) for row in breaks),
    }


def alloy_spec(alloy: Alloy) -> AlloySpec:
    """The row of an alloy as the engine takes it."""
    return AlloySpec(
        code=alloy.code,
        name=alloy.name,
        metal=alloy.metal,
        fineness=alloy.fineness,
        colour=alloy.colour,
        density_g_cm3=alloy.density_g_cm3,
        casting_loss=alloy.casting_loss,
        wall_min_mm=alloy.wall_min_mm,
        wall_refuse_mm=alloy.wall_refuse_mm,
        flask_diameter_mm=alloy.flask_diameter_mm,
        flask_height_mm=alloy.flask_height_mm,
        sprue_share=alloy.sprue_share,
        finishing_removal_mm=alloy.finishing_removal_mm,
        finished_share_min=alloy.finished_share_min,
        shrinkage=alloy.shrinkage,
        workshop_scales=alloy.workshop_scales,
    )


def mass_factor(alloy: Alloy, kind: str) -> Decimal:
    """Weighed by estimated mass, as adopted for an alloy and kind; 1 until then. Uses mass_factor_once_a_moment."""
    adopted = MassFactor.objects.filter(alloy=alloy, kind=kind, valid_from__lte=timezone.now())
    newest = adopted.order_by("-valid_from").values_list("factor", flat=True).first()
    return Decimal(1) if newest is None else newest


def piece_of(quote: Quote) -> PieceSpec:
    """What a quote asks for, as the engine takes it."""
    return PieceSpec(
        alloy=alloy_spec(quote.alloy),
        finish=quote.finish,
        size=quote.size or None,
        quantity=quote.pieces,
        plating=quote.plating or None,
        engraved_characters=len("".join(quote.engraving.split())),  # blanks aren't engraved
        is_rush=quote.rush,
        set_stones=quote.set_stones,
        stones_are_metal=quote.stones_are_metal,
        mass_factor=mass_factor(quote.alloy, quote.kind),
    )
