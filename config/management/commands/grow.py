"""`manage.py grow`: fill a database with years of plausible work, to see and measure how Karat is then."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from crm.services.growth import grow_order_history
from external_orders.services.growth import grow_external_orders
from mes.models import Operator
from mes.services.growth import grow_work_orders
from pricing.models import Design
from pricing.services.designs import measurement_of


class Command(BaseCommand):
    help = "Add so many work orders, orders and external orders of the last two years, most of them finished."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--work-orders", type=int, default=0)
        parser.add_argument("--orders", type=int, default=0, help="needs one order to copy")
        parser.add_argument("--external-orders", type=int, default=0, help="needs one external order to copy")
        parser.add_argument("--still-open", type=int, default=2_000, help="how many of them aren't finished")
        parser.add_argument("--seed", type=int, default=1, help="another one for a second helping")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        design = Design.objects.order_by("pk").first()
        if design is None or not Operator.objects.exists():
            raise CommandError("Run `manage.py seed` first: a workshop, an operator and a design are needed.")
        measurement_of(design, unit="mm")
        many = options["work_orders"]
        still_open = min(many, options["still_open"])
        if many:
            self._timed("work orders", grow_work_orders, many=many, still_open=still_open, seed=options["seed"])
        if options["orders"]:
            self._timed("orders", grow_order_history, many=options["orders"], still_open=options["still_open"])
        if options["external_orders"]:
            self._timed("external orders", grow_external_orders, many=options["external_orders"])

    def _timed(self, things: str, grow: Callable[..., int], **asked: int) -> None:
        began = perf_counter()
        try:
            many = grow(**asked)
        except ObjectDoesNotExist:
            raise CommandError(f"There are no {things} yet to copy: make one, for instance by `make demo`.") from None
        self.stdout.write(f"{many} {things} in {perf_counter() - began:.1f} s")
