"""`manage.py reseal_webhook_secrets`: every secret under the first of WEBHOOK_KEYS, after which the others can go."""

from typing import Any

from django.core.management.base import BaseCommand
from typing_extensions import override

from external_orders.services.endpoints import reseal_secrets


class Command(BaseCommand):
    help = "Seal the secrets of all webhook endpoints with the first of WEBHOOK_KEYS."

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"resealed the secrets of {reseal_secrets()} endpoints", self.style.SUCCESS)
