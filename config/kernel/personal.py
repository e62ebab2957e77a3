"""What is held on a person, gathered from every app that holds something; config/personal_data.py lists them.

The shop offers it to the person himself and knows nothing of the apps above it.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.http import HttpResponse, JsonResponse
from django.utils.module_loading import import_string

Holder = Callable[[int], Mapping[str, Any]]


def held_on(customer_id: int) -> dict[str, Any]:
    """Each holder's part under names of its own."""
    held: dict[str, Any] = {}
    for holder in _holders():
        part = holder(customer_id)
        if held.keys() & part.keys():
            raise ValueError(f"two holders of {held.keys() & part.keys()}")
        held |= part
    return held


def columns_of(row: Model, *, without: Iterable[str] = ()) -> dict[str, Any]:
    """A row as the database has it: every column but those that say nothing of a person, such as keys of a session."""
    left_out = {"id", *without}
    return {
        field.name: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in left_out
    }


@cache
def _holders() -> tuple[Holder, ...]:
    return tuple(import_string(path) for path in import_string(settings.PERSONAL_DATA))


def as_download(held: Mapping[str, Any], *, name: str) -> HttpResponse:
    """The export as a file that a person can read and a program too."""
    parameters = {"indent": 2, "ensure_ascii": False}
    answer = JsonResponse(held, json_dumps_params=parameters)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
