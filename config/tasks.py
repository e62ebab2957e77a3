"""Tasks that belong to no app: house-keeping of the queue, the sessions and the profiler."""

from datetime import timedelta

from django.apps import apps
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Failure


def clean_up() -> None:
    """Daily: old failures of tasks and expired sessions."""
    Failure.objects.filter(stopped__lt=timezone.now() - timedelta(days=30)).delete()
    call_command("clearsessions")


def clean_profiler() -> None:
    """Keep the recordings of the profiler bounded, where it is installed; never inside a request, for it can lock."""
    if apps.is_installed("silk"):
        call_command("silk_request_garbage_collect")
