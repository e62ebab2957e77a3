"""The tables that come in and go out on the sellers' site: django-import-export reads rows, our services write them.

The library is not installed as an app: its admin pages would load numpy with the web and write past the services.
"""

from crm.tables.base import MOST_OUT, MOST_OUT_XLSX, Problem, Report, Table
from crm.tables.catalogue import DeliveryWayTable, ProductTable, VariantTable
from crm.tables.orders import OrderTable, TrackingTable
from crm.tables.rates import (
    AlloyTable,
    FinishRateTable,
    HallmarkRateTable,
    MetalPriceTable,
    PlatingRateTable,
    PriceListTable,
    QuantityBreakTable,
    SettingRateTable,
)

TABLES: dict[str, type[Table]] = {
    table.code: table
    for table in (
        OrderTable,
        TrackingTable,
        ProductTable,
        VariantTable,
        DeliveryWayTable,
        AlloyTable,
        MetalPriceTable,
        PriceListTable,
        FinishRateTable,
        PlatingRateTable,
        SettingRateTable,
        HallmarkRateTable,
        QuantityBreakTable,
    )
}

__all__ = ["MOST_OUT", "MOST_OUT_XLSX", "TABLES", "Problem", "Report", "Table"]
