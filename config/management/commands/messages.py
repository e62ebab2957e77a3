"""`manage.py messages`: compile the translations that changed."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from typing_extensions import override

from config.kernel.messages import compile_messages


class Command(BaseCommand):
    help = "Compile the translations whose source is newer."
    requires_system_checks = []

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        for source in compile_messages(settings.LOCALE_PATHS):
            self.stdout.write(f"compiled {source}", self.style.SUCCESS)
