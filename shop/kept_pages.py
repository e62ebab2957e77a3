"""Pages of the catalogue as bytes: one body for everybody, with gaps into which each person's part is put.

A body is rendered without a request, so that nothing of one person can get into it. The view answers with it, and
before Django is asked at all `shop.kept_door` does. A page that holds no form for this reader holds no CSRF token
either: all strangers get the same bytes, which lie ready.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple, Self

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import translation

from shop.cache import cached
from shop.selectors.pages import PersonalPart
from shop.visiting import STRANGER

_MARK: Final = "\ue000"  # private use: no text of ours or of a customer's carries it
SLOTS: Final = {name: f"{_MARK}{name}{_MARK}" for name in ("own", "leave", "messages")}
_TOKEN: Final = f"{_MARK}token{_MARK}"
_GAP: Final = re.compile(f"{_MARK}(own|leave|messages|token){_MARK}")
_LANGUAGE: Final = re.compile(r"language=(en|ru)(?:&|\Z)")
_READY_ANSWERS: Final = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class KeptPage:
    """pieces: text and gaps in turn, a gap by its name; digest: of the body. Equal to itself only: quick to look up."""

    pieces: tuple[bytes, ...]
    digest: str

    @classmethod
    def of(cls, body: str) -> Self:
        pieces = tuple(piece.encode() for piece in _GAP.split(body))
        return cls(pieces, hashlib.sha256(body.encode()).hexdigest()[:20])

    def has_form(self, person: PersonalPart) -> bool:
        """Whether this person's page needs a CSRF token: for a form of the page, or for signing out."""
        return person.is_signed_in or b"token" in self.pieces[1::2]

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


class Reader(NamedTuple):
    """What of a request decides how a kept page is answered.

    secret, token: of his CSRF cookie, the token masked; empty where the page has no form for him. messages: shown once,
    never kept. has: the ETags he sent along.
    """

    person: PersonalPart
    language: str
    has: str = ""
    secret: str = ""
    token: str = ""
    messages: str = ""


class Answer(NamedTuple):
    """status: 200, or 304 without a body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def answer_page(request: HttpRequest, page: KeptPage, person: PersonalPart, *, messages: str = "") -> HttpResponse:
    """The whole page for this person, or 304 when his browser has it."""
    token = get_token(request) if page.has_form(person) else ""
    reader = Reader(
        person=person,
        language=translation.get_language() or "en",
        has=request.headers.get("If-None-Match", ""),
        secret=request.META["CSRF_COOKIE"] if token else "",
        token=token,
        messages=messages,
    )
    answer = answer_for(page, reader)
    response = HttpResponse(answer.body) if answer.status == 200 else HttpResponseNotModified()
    for name, value in answer.headers:
        response[name] = value
    return response


def answer_for(page: KeptPage, reader: Reader) -> Answer:
    """The page as bytes with its headers; 304 when the reader has it, which he never has while messages wait."""
    if reader.person == STRANGER and not reader.secret and not reader.messages:
        whole, unchanged, etag = _ready(page, reader.language)
        return unchanged if etag in reader.has else whole
    etag = _etag(page, reader)
    if etag in reader.has and not reader.messages:
        return _unchanged(etag, reader.language)
    return _whole(page, reader, etag)


@lru_cache(maxsize=_READY_ANSWERS)
def _ready(page: KeptPage, language: str) -> tuple[Answer, Answer, str]:
    """What strangers get of a page without a form: itself, the 304, its ETag."""
    reader = Reader(STRANGER, language)
    etag = _etag(page, reader)
    return _whole(page, reader, etag), _unchanged(etag, language), etag


def _whole(page: KeptPage, reader: Reader, etag: str) -> Answer:
    own, leave = _own_parts(reader.person, reader.language)
    token = reader.token.encode()
    gaps = {b"own": own, b"leave": leave.replace(_TOKEN.encode(), token), b"token": token}
    body = page.filled({**gaps, b"messages": reader.messages.encode()})
    described = (("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body))))
    return Answer(200, (*described, *_headers(etag, reader.language)), body)


def _unchanged(etag: str, language: str) -> Answer:
    return Answer(304, _headers(etag, language), b"")


def _headers(etag: str, language: str) -> tuple[tuple[str, str], ...]:
    return (
        ("ETag", etag),
        ("Cache-Control", "private, no-cache"),
        ("Content-Language", language),
        ("X-Frame-Options", settings.X_FRAME_OPTIONS),
        ("Vary", "Cookie, Accept-Language"),
    )


def _etag(page: KeptPage, reader: Reader) -> str:
    person = reader.person
    told = [page.digest, person.name, person.basket_count, person.is_signed_in]
    told += [reader.language, reader.secret, reader.messages]
    return f'"{hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]}"'


@lru_cache(maxsize=2048)
def _own_parts(person: PersonalPart, language: str) -> tuple[bytes, bytes]:
    """The masthead's and the footer's part, the token still a gap."""
    told = {"person": person, "is_signed_in": person.is_signed_in, "csrf_token": _TOKEN}
    with translation.override(language):
        parts = [render_to_string(f"components/{name}.html", told).encode() for name in ("own", "leave")]
    return parts[0], parts[1]


def language_asked(query: str) -> tuple[str | None, str]:
    """A language that the address names, for search engines and for who chooses it, and the rest of the query."""
    named = _LANGUAGE.match(query)
    return (named[1], query[named.end() :]) if named else (None, query)


def remember_language(response: HttpResponse, named: str | None) -> None:
    """Who came by an address in a language goes on in it."""
    if named:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, named, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
