"""The project's own app: commands and system checks, no models."""

from django.apps import AppConfig
from typing_extensions import override


class KaratConfig(AppConfig):
    name = "config"
    verbose_name = "Karat"

    @override
    def ready(self) -> None:
        from config import checks  # noqa: F401  (registers them)
