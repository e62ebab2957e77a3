"""Facts go up: an app says what happened, and config/subscriptions.py alone says who hears it."""

from functools import cache

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from config.kernel.queue import DEFAULT, enqueue


def publish(fact: str, **ids: int | str) -> None:
    """Send a fact to each of its listeners through the queue, in the transaction of the change it tells of.

    A fact arrives at least once and in any order, so it carries ids only and a listener reads the rows anew.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{fact} was published outside a transaction: the change and its fact could part")
    for task in subscriptions()[fact]:
        enqueue(task, DEFAULT, **ids)


@cache
def subscriptions() -> dict[str, list[str]]:
    """The table fact → listeners, as dotted paths of tasks."""
    table: dict[str, list[str]] = import_string(settings.SUBSCRIPTIONS)
    return table
