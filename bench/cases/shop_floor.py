"""Lists, dashboard, worklist, promise and claim at ten thousand and at a million work orders, side by side."""

import os

from bench.harness import Findings
from bench.side_by_side import Sizes, compare

_SEED = """
from tests.factories.external_orders import make_order as make_external_order
from tests.factories.shop import make_order
from mes.models import WorkOrder
from shop.models import DeliveryWay
DeliveryWay.objects.update(is_offered=False)
if not WorkOrder.objects.exists():
    make_order()
    make_external_order()
"""
# One in ten was sold in the shop and one in ten came from a partner, so that their tables are long too.
_GROW = """
from django.core.management import call_command
from django.db import connection
from mes.models import WorkOrder
if not WorkOrder.objects.filter(status="done").exists():
    call_command("grow", work_orders={many}, still_open=2000, orders={many} // 10, external_orders={many} // 10)
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE")
"""


def run() -> Findings:
    large = int(os.environ.get("BENCH_WORK_ORDERS", "1000000"))
    yield from compare(Sizes("floor", "work orders", "bench.shop_floor", _SEED, _GROW, large))
