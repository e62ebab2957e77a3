"""304 for who has seen a page already, answered before anything is rendered."""

import hashlib
from functools import cache

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

_SHOWN = {".html", ".css", ".js", ".mo"}


def render_unless_seen(request: HttpRequest, template: str, made_from: object, **values: object) -> HttpResponse:
    """The page, or 304 when the browser has this very one. `made_from` is all that it shows of the database.

    Its tag is a keyed hash of that, so it tells nothing. A page with a message is shown, and once.
    """
    has_message = len(get_messages(request)) > 0
    etag = _tag(request, template, made_from)
    seen = None if has_message else get_conditional_response(request, etag=etag)
    response = seen or render(request, template, values)
    if not has_message:
        response["ETag"] = etag
    return response


def _tag(request: HttpRequest, template: str, made_from: object) -> str:
    """The cookie against forged requests belongs to it: a page with an old one could press no button."""
    get_token(request)
    person = (request.user.get_username(), getattr(request.user, "first_name", ""))
    seen = repr((template, made_from, person, get_language(), request.META["CSRF_COOKIE"], _look()))
    return f'"{salted_hmac("mes.bench", seen, algorithm="sha256").hexdigest()[:32]}"'


def _look() -> str:
    """What pages look like in this version of Karat; while somebody works on it, in this moment."""
    return _hash_of_files() if settings.DEBUG else _look_of_this_process()


@cache
def _look_of_this_process() -> str:
    return _hash_of_files()


def _hash_of_files() -> str:
    found = hashlib.sha256()
    for path in sorted(one for one in (settings.BASE_DIR / "templates").rglob("*") if one.suffix in _SHOWN):
        found.update(path.read_bytes())
    return found.hexdigest()
