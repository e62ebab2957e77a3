from pricing.models.masses import MassFactor, MassTally, Weighing
from pricing.models.price_lists import FinishRate, HallmarkRate, PlatingRate, PriceList, QuantityBreak, SettingRate
from pricing.models.quotes import Choices, Design, Measurement, Quote, QuoteComponent, QuoteLog
from pricing.models.reference import Alloy, MetalPrice

__all__ = [
    "Alloy",
    "Choices",
    "Design",
    "FinishRate",
    "HallmarkRate",
    "MassFactor",
    "MassTally",
    "Measurement",
    "MetalPrice",
    "PlatingRate",
    "PriceList",
    "QuantityBreak",
    "Quote",
    "QuoteComponent",
    "QuoteLog",
    "SettingRate",
    "Weighing",
]
