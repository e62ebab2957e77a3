"""Fifty operators take from one list until nothing is left, through the whole use-case: none twice, none lost."""

import json
import os
from contextlib import ExitStack

from bench.claimers import CENTRE
from bench.harness import Finding, Findings, percentile
from bench.system import System, postgresql_database

_OPERATORS = 50
_PIECES = int(os.environ.get("BENCH_CLAIMS", "1000"))
_PREPARE = f"""
from django.core.management import call_command
from django.contrib.auth.models import User
from tests.factories.mes import make_work_order
from mes.models import Operator, WorkCentre
make_work_order()
call_command("grow", work_orders=10_000, still_open=2_000)
centre = WorkCentre.objects.create(code="{CENTRE}", name="Bench")
for number in range({_OPERATORS}):
    Operator.objects.create(user=User.objects.create_user(f"bench-{{number}}")).work_centres.set([centre])
"""
# Work orders that are done lend their operations: what is claimed is a row like any other.
_PIECES_READY = f"""
from django.db import connection
from mes.models import Operation, WorkCentre
from mes.services.planning import publish_worklist
centre = WorkCentre.objects.get(code="{CENTRE}")
Operation.objects.filter(work_centre=centre).update(status="cancelled")
ready = Operation.objects.filter(status="done").values("pk")[:{_PIECES}]
Operation.objects.filter(pk__in=ready).update(status="ready", operator=None, finished_at=None, work_centre=centre)
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE")
publish_worklist(work_centre_id=centre.pk)
print(Operation.objects.ready().at(centre.pk).count())
"""


def run() -> Findings:
    with postgresql_database() as address:
        if address is None:
            yield Finding("it needs PostgreSQL: set TEST_DATABASE_URL or DATABASE_URL")
            return
        with System(address) as system:
            system.environment["WORKLIST_SIZE"] = str(_PIECES)  # for fifty operators a day, not for three
            system.manage("seed")
            system.python(_PREPARE)
            for processes in (1, 2, 4):
                yield from _race(system, processes, at_least=600 if processes > 1 else None)
            yield from _race(system, 2, way="step_by_step")
            system.environment["WORKLIST_SIZE"] = str(_PIECES // 4)
            yield from _race(system, 2, what="four lists, published as they run dry")


def _race(system: System, processes: int, *, way: str = "", what: str = "", at_least: float | None = None) -> Findings:
    pieces = int(system.python(_PIECES_READY))
    taken, asked, had = zip(*_claims(system, processes, way), strict=True)
    waits = [1000 * (end - begin) for begin, end in zip(asked, had, strict=True)]
    how = f"{_OPERATORS} operators in {processes} processes"
    how += f", {what or 'a lock and then each write'}" if what or way else ""
    yield Finding(f"{how}: claims a second", len(taken) / (max(had) - min(asked)), "/s", at_least=at_least)
    yield Finding(f"{how}: p99", percentile(waits, 0.99), "ms", at_most=250 if at_least else None)
    yield Finding(f"{how}: claimed twice", len(taken) - len(set(taken)), "", at_most=0)
    yield Finding(f"{how}: lost", pieces - len(set(taken)), "", at_most=0)


def _claims(system: System, processes: int, way: str) -> list[tuple[int, float, float]]:
    """What all took, with the moments; the clock is the machine's, the same in every process."""
    shares = [_OPERATORS * (place + 1) // processes - _OPERATORS * place // processes for place in range(processes)]
    with ExitStack() as stack:
        claimers = [
            stack.enter_context(system.converse("bench.claimers", str(sum(shares[:place])), str(share), way))
            for place, share in enumerate(shares)
        ]
        for claimer in claimers:
            claimer.hear()
        for claimer in claimers:
            claimer.tell("go")
        return [claim for claimer in claimers for claim in json.loads(claimer.hear())]
