"""`manage.py fetch_metal_prices [--force]`: metal prices from METAL_PRICES_URL, for a timer to run."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from pricing.errors import MetalPricesRefused
from pricing.metal_feed import fetch
from pricing.services.metal_prices import take_metal_prices


class Command(BaseCommand):
    help = "Fetch metal prices from METAL_PRICES_URL; a jump of more than 20 % needs --force."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="take a price however far it jumped")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.METAL_PRICES_URL:
            raise CommandError("METAL_PRICES_URL is not set.")
        try:
            stored = take_metal_prices(offered=fetch(settings.METAL_PRICES_URL), force=options["force"])
        except MetalPricesRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{len(stored)} metal prices added.")
