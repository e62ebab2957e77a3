"""The pages and use-cases of the shop floor in a process of its own: told a name, it does it once and answers when it
is done. The first answer is the list of names. `bench.cases.shop_floor` lets two of these take turns.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import django

_Cases = Mapping[str, Callable[[], object]]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    django.setup()
    cases = _cases()
    print(json.dumps(list(cases)), flush=True)
    for line in sys.stdin:
        cases[line.strip()]()
        print("done", flush=True)


def _cases() -> _Cases:
    from mes.services.planning import publish_worklists

    publish_worklists()
    return {**_planners(), **_operators(), **_use_cases()}


def _planners() -> _Cases:
    from django.contrib.auth.models import User
    from django.core.cache import cache
    from django.test import Client

    from external_orders.models import ExternalOrder
    from mes.models import WorkOrder

    planner = Client()
    planner.force_login(User.objects.get(username="planner@karat.example"))
    reference = WorkOrder.objects.order_by("pk").values_list("reference", flat=True)[0]
    external = ExternalOrder.objects.order_by("pk").values_list("public_id", flat=True)[0]
    work_orders, external_orders = "/mes/mes/workorder/", "/mes/external_orders/externalorder/"

    def fresh_dashboard() -> object:
        cache.clear()
        return _seen(planner, "/mes/")

    return {
        "planner: list of work orders": lambda: _seen(planner, work_orders),
        "planner: those on hold": lambda: _seen(planner, f"{work_orders}?status__exact=on_hold"),
        "planner: a work order by its reference": lambda: _seen(planner, f"{work_orders}?q={reference}"),
        "planner: list of external orders": lambda: _seen(planner, external_orders),
        "planner: an external order by its reference": lambda: _seen(planner, f"{external_orders}?q={external}"),
        "planner: dashboard": lambda: _seen(planner, "/mes/"),
        "planner: dashboard, cold cache": fresh_dashboard,
    }


def _operators() -> _Cases:
    from django.contrib.auth.models import User
    from django.test import Client

    from mes.models import Operation

    bench = Client()
    bench.force_login(User.objects.get(username="operator@karat.example"))
    page = "/mes/bench/at/printing/"
    seen = bench.get(page)["ETag"]
    piece = Operation.objects.filter(places__isnull=False, work_centre__code="printing").values_list("pk", flat=True)[0]
    return {
        "operator: worklist": lambda: _seen(bench, page),
        "operator: F5 (304)": lambda: bench.get(page, headers={"if-none-match": seen}),
        "operator: a piece": lambda: _seen(bench, f"/mes/bench/pieces/{piece}/"),
    }


def _seen(client: Any, page: str) -> object:
    answer = client.get(page)
    if answer.status_code != 200:
        raise RuntimeError(f"{page} answers {answer.status_code}")
    return answer


def _use_cases() -> _Cases:
    from django.contrib.auth.models import User

    from mes.models import Operator, WorkCentre, WorkContent
    from mes.selectors import promise_of
    from mes.services import operations, planning

    claimer = User.objects.get_or_create(username="bench-claimer")[0]  # the looker's hands stay empty
    Operator.objects.get_or_create(user=claimer)[0].work_centres.set(WorkCentre.objects.all())
    printing = WorkCentre.objects.get(code="printing").pk
    return {
        "promise, on the load of this moment": lambda: promise_of(kind="ring", content=WorkContent(), is_binding=True),
        "publish a worklist": lambda: planning.publish_worklist(work_centre_id=printing),
        "claim the next piece": lambda: operations.claim_next(work_centre_id=printing, actor=claimer),
    }


if __name__ == "__main__":
    main()
