"""`manage.py import_metal_prices FILE`: metal prices from a CSV file, every row or none."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from pricing.errors import MetalPricesRefused
from pricing.services.metal_prices import import_metal_prices


class Command(BaseCommand):
    help = "Add metal prices from a CSV file (metal,currency,price_per_g,valid_from and perhaps source)."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            stored = import_metal_prices(content=file.read_bytes(), source=file.name)
        except (OSError, MetalPricesRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{len(stored)} metal prices added.")
