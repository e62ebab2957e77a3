"""`manage.py rebuild_tallies`: the sums of the sellers' dashboard, from the orders themselves."""

from typing import Any

from django.core.management.base import BaseCommand
from typing_extensions import override

from crm.services.tallies import rebuild_tallies


class Command(BaseCommand):
    help = "Count every order anew for the sellers' dashboard. Workers go on; what they would count waits for the end."

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rebuild_tallies()} orders counted")
