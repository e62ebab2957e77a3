"""`manage.py replay_quotes [--since DATE] [--limit N]`: old quotes calculated again; status 1 when a cent differs."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.dateparse import parse_date
from typing_extensions import override

from pricing.services.replays import replay_quotes


class Command(BaseCommand):
    help = "Calculate stored quotes again from their receipts and compare to the cent."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=_midnight, metavar="DATE", help="only quotes priced from this day on")
        parser.add_argument("--limit", type=int, metavar="N", help="only the newest N")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        replayed = differing = 0
        for replay in replay_quotes(since=options["since"], limit=options["limit"]):
            replayed += 1
            if replay.differences:
                differing += 1
                self.stdout.write(f"{replay.reference}: {'; '.join(replay.differences)}")
        self.stdout.write(f"{replayed} quotes calculated again, {differing} differ.")
        if differing:
            raise SystemExit(1)


def _midnight(text: str) -> datetime:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise ArgumentTypeError(f"{text!r} is not a day such as 2026-01-31")
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001  (made aware here)
