"""Pages of the catalogue as bytes: one body for everybody, with gaps into which each person's part is put.

A body is rendered without a request, so that nothing of one person can get into it. `KeptPagesMiddleware` answers from
the cache before sessions, users and messages are looked at; what it can't answer goes the whole way and meets the same
`answer_page` in the view.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Self

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language_from_request

from shop.cache import cached, peek
from shop.selectors.pages import PersonalPart
from shop.visiting import person_told

_MARK: Final = "\ue000"  # private use: no text of ours or of a customer's carries it
SLOTS: Final = {name: f"{_MARK}{name}{_MARK}" for name in ("own", "leave", "messages")}
_TOKEN: Final = f"{_MARK}token{_MARK}"
_GAP: Final = re.compile(f"{_MARK}(own|leave|messages|token){_MARK}")
_PATHS: Final = re.compile(r"/(|catalogue/|catalogue/[-\w]+/|piece/[-\w]+/)\Z")
_LANGUAGE: Final = re.compile(r"language=(en|ru)(?:&|\Z)")
_MOST_BYTES: Final = 2000  # of an address


@dataclass(frozen=True, slots=True)
class KeptPage:
    """pieces: text and gaps in turn, a gap by its name; digest: of the body."""

    pieces: tuple[bytes, ...]
    digest: str

    @classmethod
    def of(cls, body: str) -> Self:
        pieces = tuple(piece.encode() for piece in _GAP.split(body))
        return cls(pieces, hashlib.sha256(body.encode()).hexdigest()[:20])

    def filled(self, gaps: Mapping[bytes, bytes]) -> bytes:
        return b"".join(gaps[piece] if place % 2 else piece for place, piece in enumerate(self.pieces))


def name_of(path: str, query: str = "") -> str:
    """The name under which the page of an address is kept."""
    return f"page:{path}?{query}"


def render_body(template: str, values: Mapping[str, Any], *, path: str) -> str:
    """A page without a reader: his parts are gaps."""
    told = {"slots": SLOTS, "csrf_token": _TOKEN, "page_path": path, "origin": settings.BASE_URL.rstrip("/")}
    return render_to_string(template, {**values, **told})


def kept_body(path: str, query: str, render: Callable[[], str | None]) -> KeptPage | None:
    """The page of an address from the cache, rendered at most once a version and language; None when it isn't there."""
    page: KeptPage | None = cached(name_of(path, query), render, KeptPage.of)
    return page


def answer_page(request: HttpRequest, page: KeptPage, person: PersonalPart, *, messages: str = "") -> HttpResponse:
    """The whole page for this person, or 304 when his browser has it. Messages are shown once and never kept."""
    language, token = translation.get_language() or "en", get_token(request)
    etag = _etag(page, person, language, request.META["CSRF_COOKIE"], messages)
    response: HttpResponse
    if not messages and etag in request.headers.get("If-None-Match", ""):
        response = HttpResponseNotModified()
    else:
        own, leave = _own_parts(person, language)
        gaps = {b"own": own, b"leave": leave.replace(_TOKEN.encode(), token.encode()), b"token": token.encode()}
        response = HttpResponse(page.filled({**gaps, b"messages": messages.encode()}))
        response["Content-Length"] = str(len(response.content))
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Content-Language"] = language
    response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    response["Vary"] = "Cookie, Accept-Language"
    return response


def _etag(page: KeptPage, person: PersonalPart, language: str, secret: str, messages: str) -> str:
    told = json.dumps([page.digest, person.name, person.basket_count, person.is_signed_in, language, secret, messages])
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


@lru_cache(maxsize=2048)
def _own_parts(person: PersonalPart, language: str) -> tuple[bytes, bytes]:
    """The masthead's and the footer's part, the token still a gap."""
    told = {"person": person, "is_signed_in": person.is_signed_in, "csrf_token": _TOKEN}
    with translation.override(language):
        parts = [render_to_string(f"components/{name}.html", told).encode() for name in ("own", "leave")]
    return parts[0], parts[1]


def language_asked(request: HttpRequest) -> tuple[str | None, str]:
    """A language that the address names, for search engines, and the rest of the query."""
    query = request.META.get("QUERY_STRING", "")
    named = _LANGUAGE.match(query)
    return (named[1], query[named.end() :]) if named else (None, query)


class KeptPagesMiddleware:
    """Answers a page of the catalogue that is in the cache, before anything that costs a look-up.

    Behind SecurityMiddleware and PolicyMiddleware, whose redirect and headers it needs; the rest of what the others do
    for such a page (host, language, CSRF cookie, framing) is done here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._csrf = CsrfViewMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._kept(request) or self.get_response(request)

    def _kept(self, request: HttpRequest) -> HttpResponse | None:
        if request.method not in {"GET", "HEAD"} or not _PATHS.match(request.path_info):
            return None
        person = None if "messages" in request.COOKIES else person_told(request)
        if person is None or len(request.META.get("QUERY_STRING", "")) > _MOST_BYTES:
            return None
        request.get_host()  # refuses a host that isn't ours
        named, query = language_asked(request)
        language = named or get_language_from_request(request)
        page = peek(name_of(request.path_info, query), language, KeptPage.of)
        if page is None:
            return None
        self._csrf.process_request(request)
        with translation.override(language):
            response = answer_page(request, page, person)
        remember_language(response, named)
        self._csrf.process_response(request, response)  # sets the cookie when the token is new
        return response


def remember_language(response: HttpResponse, named: str | None) -> None:
    """Who came by an address in a language goes on in it."""
    if named:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, named, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
