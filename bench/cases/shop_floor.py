"""Lists, dashboard, worklist, promise and claim at ten thousand and at a million work orders, side by side."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench.harness import Finding, Findings, medians, seconds
from bench.system import Conversation, System, postgresql_database

_SMALL, _LARGE = 10_000, int(os.environ.get("BENCH_WORK_ORDERS", "1000000"))
_ROUNDS, _SECONDS_EACH = 31, 15
_GOAL = 1.2
_SEED = """
from tests.factories.external_orders import make_order as make_external_order
from tests.factories.shop import make_order
from mes.models import WorkOrder
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
    with ExitStack() as stack:
        small, filling_small = stack.enter_context(_workshop(_SMALL)) or (None, 0.0)
        large, filling_large = stack.enter_context(_workshop(_LARGE)) or (None, 0.0)
        if small is None or large is None:
            yield Finding("it needs PostgreSQL: set TEST_DATABASE_URL or DATABASE_URL")
            return
        yield Finding(f"filling a database with {_SMALL:,} work orders", filling_small, "s")
        yield Finding(f"filling a database with {_LARGE:,} work orders", filling_large, "s")
        names = json.loads(small.hear())
        if json.loads(large.hear()) != names:
            raise RuntimeError("the two don't do the same")
        for name in names:
            yield from _compared(name, small, large)


@contextmanager
def _workshop(many: int) -> Iterator[tuple[Conversation, float] | None]:
    """A process of `bench.shop_floor` on a database with so many work orders, and the seconds that filling it took."""
    with postgresql_database(f"floor_{many}") as address:
        if address is None:
            yield None
            return
        with System(address) as system:
            system.manage("seed")
            system.python(_SEED)
            took = seconds(lambda: system.python(_GROW.format(many=many)))
            with system.converse("bench.shop_floor") as conversation:
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
