"""The sellers' lists, searches, customer page and dashboard at ten thousand and at more orders, side by side."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench.harness import Finding, Findings, medians, seconds
from bench.system import Conversation, System, postgresql_database

_SMALL, _LARGE = 10_000, int(os.environ.get("BENCH_ORDERS", "1000000"))
_ROUNDS, _SECONDS_EACH = 31, 15
_GOAL = 1.2
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
    with ExitStack() as stack:
        small, filling_small = stack.enter_context(_desk(_SMALL)) or (None, 0.0)
        large, filling_large = stack.enter_context(_desk(_LARGE)) or (None, 0.0)
        if small is None or large is None:
            yield Finding("it needs PostgreSQL: set TEST_DATABASE_URL or DATABASE_URL")
            return
        yield Finding(f"filling a database with {_SMALL:,} orders", filling_small, "s")
        yield Finding(f"filling a database with {_LARGE:,} orders", filling_large, "s")
        names = json.loads(small.hear())
        if json.loads(large.hear()) != names:
            raise RuntimeError("the two don't do the same")
        for name in names:
            yield from _compared(name, small, large)


@contextmanager
def _desk(many: int) -> Iterator[tuple[Conversation, float] | None]:
    """A process of `bench.desk` on a database with so many orders, and the seconds that filling it took."""
    with postgresql_database(f"desk_{many}") as address:
        if address is None:
            yield None
            return
        with System(address) as system:
            system.manage("seed")
            system.python(_SEED)
            took = seconds(lambda: system.python(_GROW.format(many=many)))
            with system.converse("bench.desk") as conversation:
                yield conversation, took


def _compared(name: str, small: Conversation, large: Conversation) -> Findings:
    small.ask(name), large.ask(name)
    took = medians(
        {"small": lambda: small.ask(name), "large": lambda: large.ask(name)},
        rounds=_ROUNDS,
        most_seconds=_SECONDS_EACH,
    )
    yield Finding(f"{name}: at {_LARGE:,} / at {_SMALL:,}", took["large"] / took["small"], at_most=_GOAL)
    yield Finding(f"{name}: at {_LARGE:,}", 1000 * took["large"], "ms")
