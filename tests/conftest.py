"""What every test may use: roles, two callers at once, running tasks, flat queries."""

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from hypothesis import settings as hypothesis_settings

from pricing.selectors import rates
from shop import cache as catalogue_cache
from tests import emptying

# One suite, one result, however busy the machine; `--hypothesis-profile=search` looks for new examples.
hypothesis_settings.register_profile("search", deadline=None)
hypothesis_settings.register_profile("karat", deadline=None, derandomize=True)
hypothesis_settings.load_profile("karat")


@pytest.fixture(autouse=True)
def _own_places(settings: Any, tmp_path: Any) -> None:
    """Each test begins with an empty cache, a media folder of its own, and in English."""
    settings.MEDIA_ROOT = tmp_path / "media"
    translation.activate("en")
    cache.clear()
    catalogue_cache.forget_near()
    rates.forget_published()


@pytest.fixture
def migrated_rows(transactional_db: None) -> None:
    """The rows that migrations made: a test with real transactions ends by emptying every table."""
    for name in (
        "pricing.migrations.0002_groups",
        "pricing.migrations.0005_price_groups",
        "mes.migrations.0002_groups",
        "shop.migrations.0002_groups",
        "shop.migrations.0005_delivery_groups",
        "shop.migrations.0015_payment_groups",
        "shop.migrations.0016_export_orders",
        "shop.migrations.0012_desk_groups",
        "mes.migrations.0005_planners_calendar",
        "mes.migrations.0008_append_only",
        "crm.migrations.0012_desk_groups",
    ):
        import_module(name).make_groups(apps, None)
    import_module("external_orders.migrations.0015_groups").make_groups(apps, None)
    import_module("crm.migrations.0002_groups_and_rules").make_groups(apps, None)
    crm = import_module("crm.migrations.0006_first_version")
    crm.make_groups(apps, None)
    crm.make_rules(apps, None)
    import_module("crm.migrations.0010_who_corrects").make_groups(apps, None)


@pytest.fixture
def run_tasks() -> Callable[[], list[str]]:
    """Run what waits in the queue, in this process, until nothing waits; the names of the tasks that ran.

    The tasks are real and come from the real table; only the worker process is left out.
    """
    from pydoc import locate

    def run() -> list[str]:
        ran: list[str] = []
        while row := OrmQ.objects.order_by("pk").first():
            task = SignedPackage.loads(row.payload)
            row.delete()
            locate(task["func"])(*task["args"], **task["kwargs"])  # type: ignore[operator]
            ran.append(task["func"])
        return ran

    return run


@pytest.fixture
def queued() -> Callable[[], list[str]]:
    """The names of the tasks that wait, oldest first."""
    return lambda: [SignedPackage.loads(row.payload)["func"] for row in OrmQ.objects.order_by("pk")]


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Run callables in threads that start together; their results or exceptions, in the order of the callables."""

    def run(*calls: Callable[[], Any]) -> list[Any]:
        outcomes: list[Any] = [None] * len(calls)
        together = threading.Barrier(len(calls))

        def one(place: int, call: Callable[[], Any]) -> None:
            try:
                together.wait(timeout=60)
                outcomes[place] = call()
            except Exception as error:  # noqa: BLE001  (the outcome is what the test looks at)
                outcomes[place] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=one, args=pair) for pair in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        return outcomes

    return run


@pytest.fixture
def assert_flat_queries() -> Callable[..., None]:
    """A page costs the same number of queries with few rows and with many."""

    def check(page: Callable[[], Any], more_rows: Callable[[], Any]) -> None:
        page()
        with CaptureQueriesContext(connection) as few:
            page()
        more_rows()
        page()
        with CaptureQueriesContext(connection) as many:
            page()
        assert len(many) == len(few), [query["sql"] for query in many]

    return check


def pytest_sessionstart() -> None:
    """The translations as their sources are now."""
    from django.conf import settings

    from config.kernel.messages import compile_messages

    compile_messages(settings.LOCALE_PATHS)
    emptying.install()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests for PostgreSQL run in the second pass of `make test`, not in the first.

    Those that start processes or a browser get a second try, and the summary names each that needed it (decision 56).
    """
    from django.conf import settings

    skip = pytest.mark.skip(reason="runs in the pass on PostgreSQL")
    for item in items:
        if item.get_closest_marker("postgres") and not settings.POSTGRESQL:
            item.add_marker(skip)
        if item.get_closest_marker("system") or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))
