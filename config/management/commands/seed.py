"""`manage.py seed`: fill an empty database with demo data. A database that holds anything is left as it is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from typing_extensions import override

from config.demo.catalogue import seed_catalogue
from config.demo.delivery import seed_delivery
from config.demo.partners import seed_partners
from config.demo.people import seed_people
from config.demo.rates import seed_rates
from config.demo.workshop import seed_workshop
from examples.designs.pieces import PIECES
from pricing.models import Alloy


class Command(BaseCommand):
    help = "Fill an empty database with demo data."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pieces", type=int, default=len(PIECES), help="how many products (default: all)")

    @override
    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if Alloy.objects.exists():
            return
        seed_rates()
        seed_workshop()
        seed_people()
        seed_delivery()
        seed_catalogue(PIECES[: options["pieces"]])
        seed_partners()
        self.stdout.write("The database was empty: demo data has been added.")
