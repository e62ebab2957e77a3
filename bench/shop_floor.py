"""The pages and use-cases of the shop floor, asked one at a time: `bench.cases.shop_floor` compares what they cost."""

from bench.answering import Cases, answer, seen, signed_in


def _cases() -> Cases:
    from mes.services.planning import publish_worklists

    publish_worklists()
    return {**_planners(), **_operators(), **_use_cases()}


def _planners() -> Cases:
    from django.core.cache import cache

    from external_orders.models import ExternalOrder
    from mes.models import WorkOrder

    planner = signed_in("planner@karat.example")
    reference = WorkOrder.objects.order_by("pk").values_list("reference", flat=True)[0]
    external = ExternalOrder.objects.order_by("pk").values_list("public_id", flat=True)[0]
    work_orders, external_orders = "/mes/mes/workorder/", "/mes/external_orders/externalorder/"

    def fresh_dashboard() -> object:
        cache.clear()
        return seen(planner, "/mes/")

    return {
        "planner: list of work orders": lambda: seen(planner, work_orders),
        "planner: those on hold": lambda: seen(planner, f"{work_orders}?status__exact=on_hold"),
        "planner: a work order by its reference": lambda: seen(planner, f"{work_orders}?q={reference}"),
        "planner: list of external orders": lambda: seen(planner, external_orders),
        "planner: an external order by its reference": lambda: seen(planner, f"{external_orders}?q={external}"),
        "planner: dashboard": lambda: seen(planner, "/mes/"),
        "planner: dashboard, cold cache": fresh_dashboard,
    }


def _operators() -> Cases:
    from mes.models import Operation

    bench = signed_in("operator@karat.example")
    page = "/mes/bench/at/printing/"
    etag = bench.get(page)["ETag"]
    piece = Operation.objects.filter(places__isnull=False, work_centre__code="printing").values_list("pk", flat=True)[0]
    return {
        "operator: worklist": lambda: seen(bench, page),
        "operator: F5 (304)": lambda: bench.get(page, headers={"if-none-match": etag}),
        "operator: a piece": lambda: seen(bench, f"/mes/bench/pieces/{piece}/"),
    }


def _use_cases() -> Cases:
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
    answer(_cases)
