"""Demo alloys, metal prices and a price list: the engine's demo rates as rows."""

from pricing.engine.inputs import PriceList as EnginePriceList
from pricing.engine.rates import load_rates
from pricing.models import Alloy, PriceList
from pricing.models.price_lists import RATE_COLUMNS
from pricing.services.rates import publish_metal_price, publish_price_list, require_plausible_alloy

_RUSSIAN = {
    "au375-yellow": "Жёлтое золото 375",
    "au585-yellow": "Жёлтое золото 585",
    "au750-yellow": "Жёлтое золото 750",
    "au585-rose": "Розовое золото 585",
    "au750-rose": "Розовое золото 750",
    "au585-white-ni": "Белое золото 585 (никель)",
    "au750-white-pd": "Белое золото 750 (палладий)",
    "ag925": "Серебро 925",
    "pt950-ru": "Платина 950 (рутений)",
}


def seed_rates() -> None:
    """Write the rates through the same services a person uses."""
    rates = load_rates()
    for rank, alloy in enumerate(rates.alloys.values()):
        composition = {symbol: str(share) for symbol, share in rates.compositions[alloy.code].items()}
        columns = {name: getattr(alloy, name) for name in alloy.to_json()}
        row = Alloy(**columns, composition=composition, rank=rank, name_ru=_RUSSIAN.get(alloy.code, ""))
        require_plausible_alloy(row)
        row.save()
    for metal, price in rates.metal_prices.per_g.items():
        publish_metal_price(
            metal=metal, currency=rates.metal_prices.currency, price_per_g=price, source="demo, not a market price"
        )
    publish_price_list(price_list_id=_seed_draft(rates.price_list).pk)


def _seed_draft(rates: EnginePriceList) -> PriceList:
    columns = {name: getattr(rates, name) for name in RATE_COLUMNS}
    draft = PriceList.objects.create(version=rates.version, currency=rates.currency, **columns)
    for finish, per_cm2 in rates.finish_per_cm2.items():
        draft.finish_rates.create(finish=finish, per_cm2=per_cm2)
    for kind, plating in rates.platings.items():
        draft.plating_rates.create(kind=kind, setup_fee=plating.setup_fee, per_cm2=plating.per_cm2)
    for setting in rates.settings:
        draft.setting_rates.create(cut=setting.cut, from_mm=setting.from_mm, per_stone=setting.per_stone)
    for hallmark in rates.hallmarks:
        draft.hallmark_rates.create(metal=hallmark.metal, from_g=hallmark.from_g, fee=hallmark.fee)
    for row in rates.quantity_breaks:
        draft.quantity_breaks.create(from_quantity=row.from_quantity, discount=row.discount)
    return draft
