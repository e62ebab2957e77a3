"""A process that is told a name, does what it means once and answers when it is done; its first answer is the names.
`bench.side_by_side` lets two of these take turns.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import django

Cases = Mapping[str, Callable[[], object]]


def answer(cases: Callable[[], Cases]) -> None:
    """Do what is asked until nobody asks any more. `cases` is called when Django is ready."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    django.setup()
    known = cases()
    print(json.dumps(list(known)), flush=True)
    for line in sys.stdin:
        known[line.strip()]()
        print("done", flush=True)


def signed_in(email: str) -> Any:
    """A client of somebody of the demo data."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(User.objects.get(username=email))
    return client


def seen(client: Any, page: str) -> object:
    """A page that must be there."""
    response = client.get(page)
    if response.status_code != 200:
        raise RuntimeError(f"{page} answers {response.status_code}")
    return response
