"""Operators who take from one list, as threads of one process: told "go", they take until nothing is left.

`python -m bench.claimers first many [step_by_step]` answers "ready", then with what they took and how long each waited.
"""

import json
import os
import sys
import threading
from time import perf_counter
from typing import Any

import django
from typing_extensions import override

CENTRE = "bench"


def main(first: int, many: int, way: str = "") -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    django.setup()
    from mes.services import claiming

    if way == "step_by_step":
        claiming._in_one_statement = claiming._step_by_step
    operators = [_Operator(number) for number in range(first, first + many)]
    for operator in operators:
        operator.start()
    print("ready", flush=True)
    sys.stdin.readline()
    _go.set()
    for operator in operators:
        operator.join()
    print(json.dumps([claim for operator in operators for claim in operator.claims]), flush=True)


_go = threading.Event()


class _Operator(threading.Thread):
    """One who has an open connection and waits for the word."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.claims: list[tuple[int, float, float]] = []  # the operation, when it was asked for, when it was there

    @override
    def run(self) -> None:
        from django.contrib.auth.models import User
        from django.db import connections

        from mes.models import WorkCentre

        user = User.objects.get(username=f"bench-{self.number}")
        centre = WorkCentre.objects.get(code=CENTRE).pk
        _go.wait()
        while self._claim(user, centre):
            pass
        connections.close_all()

    def _claim(self, user: Any, centre: int) -> bool:
        from mes.errors import NothingToTake
        from mes.services.operations import claim_next

        asked = perf_counter()
        try:
            operation = claim_next(work_centre_id=centre, actor=user)
        except NothingToTake:
            return False
        self.claims.append((operation.pk, asked, perf_counter()))
        return True


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
