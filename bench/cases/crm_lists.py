"""The sellers' lists, searches, customer page and dashboard at ten thousand and at more orders, side by side."""

import os

from bench.harness import Findings
from bench.side_by_side import Sizes, compare

_SEED = """
from tests.factories.shop import make_order
from shop.models import DeliveryWay, Order
DeliveryWay.objects.update(is_offered=False)
if not Order.objects.exists():
    make_order()
"""
_GROW = """
from django.core.management import call_command
from django.db import connection
from shop.models import Order
if not Order.objects.filter(status="ready").exists():
    call_command("grow", orders={many}, still_open=120)
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE")
"""


def run() -> Findings:
    large = int(os.environ.get("BENCH_ORDERS", "1000000"))
    yield from compare(Sizes("desk", "orders", "bench.desk", _SEED, _GROW, large))
