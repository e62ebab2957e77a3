"""`manage.py simulate`: what each policy would make of the workshop's own log, or of a generated year."""

import json
from dataclasses import asdict
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from typing_extensions import override

from mes.selectors.simulations import generated_year, logged_jobs, servers
from mes.simulation import Job, Outcome, generate, simulate
from mes.states import Policy

_TOLD_EACH = 10  # per cent
_COLUMNS = "{:<20} {:>8} {:>9} {:>7} {:>7} {:>7} {:>8}"


class Command(BaseCommand):
    help = "Replay the workshop under each policy: on time %, lead time in working days, age of the oldest."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--log-days", type=int, help="replay the work orders of so many days instead of a year")
        parser.add_argument("--policy", choices=Policy.values, nargs="+", default=Policy.values)
        parser.add_argument("--capacity", type=float, default=1.0, help="0.5 is half the stations' minutes")
        parser.add_argument("--load", type=float, default=0.5, help="share of the capacity that a year's orders need")
        parser.add_argument("--approval-days", type=float, default=0.0, help="mean days until a person approves")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        jobs = self._jobs(options)
        self._tell(f"{len(jobs)} work orders")
        stations = servers()
        outcomes = {
            policy: simulate(jobs, stations, Policy(policy), tell=partial(self._tell_progress, policy))
            for policy in options["policy"]
        }
        if options["json"]:
            self.stdout.write(json.dumps({policy: asdict(one) for policy, one in outcomes.items()}, indent=2))
            return
        self._table(outcomes)

    def _tell_progress(self, policy: str, per_cent: int) -> None:
        if per_cent % _TOLD_EACH == 0:
            self._tell(f"{policy}: {per_cent} %")

    def _tell(self, what: str) -> None:
        """Beside the result, which may go into a file."""
        self.stderr.write(what, self.style.NOTICE)

    def _jobs(self, options: dict[str, Any]) -> list[Job]:
        """Less capacity is the same stations with longer operations."""
        if options["log_days"]:
            return logged_jobs(days=options["log_days"], capacity=options["capacity"])
        year = generated_year(
            load=options["load"], capacity=options["capacity"], approval_days=options["approval_days"]
        )
        return generate(year, seed=options["seed"])

    def _table(self, outcomes: dict[str, Outcome]) -> None:
        self.stdout.write(_COLUMNS.format("policy", "jobs", "on time %", "p50", "p95", "p99", "oldest"))
        for policy, one in outcomes.items():
            figures = (one.jobs, one.on_time_percent, one.p50_days, one.p95_days, one.p99_days, one.oldest_days)
            self.stdout.write(_COLUMNS.format(policy, *figures))
