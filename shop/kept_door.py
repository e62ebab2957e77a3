"""The door before Django: answers a kept page of the catalogue from this process's memory, and hands on all else.

What Django says of every request alike, its own code is asked once for each way in (host, scheme): the headers of
`SecurityMiddleware` and `PolicyMiddleware`, or that such a request is refused or led to HTTPS, which Django then does
itself. Nothing here looks a person up: who needs that is handed on, and so is every page that isn't kept.
"""

import io
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest, get_str_from_wsgi
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.middleware.security import SecurityMiddleware
from django.utils.translation import get_language_from_request

from config.kernel.policy import PolicyMiddleware
from shop.cache import peek
from shop.kept_pages import Answer, KeptPage, Reader, answer_for, language_asked, name_of, remember_language
from shop.visiting import person_told

Environ = dict[str, Any]
Headers = tuple[tuple[str, str], ...]

_PATHS: Final = re.compile(r"/(|catalogue/|catalogue/[-\w]+/|piece/[-\w]+/)\Z", re.ASCII)
_MOST_BYTES: Final = 2000  # of an address
_LINES: Final = {200: "200 OK", 304: "304 Not Modified"}
_ENTRANCE: Final = ("wsgi.url_scheme", "SERVER_NAME", "SERVER_PORT", "HTTP_HOST")
_FORWARDED: Final = ("HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT")


class KeptPagesDoor:
    """A WSGI application around Django's. passing: cookies whose bearers always go the whole way."""

    def __init__(self, application: Callable[..., Iterable[bytes]], *, passing: Iterable[str] = ()) -> None:
        self._application = application
        self._passing = {"messages", *passing}  # a message is shown once, by the view
        proxy = settings.SECURE_PROXY_SSL_HEADER
        self._entrance = (*_ENTRANCE, *_FORWARDED, *([proxy[0]] if proxy else []))
        self._standing = lru_cache(maxsize=256)(self._ask_standing)
        self._csrf = CsrfViewMiddleware(_empty)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = self.answer(environ)
        if found is None:
            return self._application(environ, start_response)
        start_response(_LINES[found.status], list(found.headers))
        return [found.body] if environ["REQUEST_METHOD"] == "GET" else []

    def answer(self, environ: Environ) -> Answer | None:
        """The whole answer with all its headers; None when Django must be asked."""
        if not _may_be_kept(environ):
            return None
        cookies = parse_cookie(get_str_from_wsgi(environ, "HTTP_COOKIE", ""))
        person = person_told(cookies) if self._passing.isdisjoint(cookies) else None
        standing = self._standing(*[environ.get(name) for name in self._entrance])
        if person is None or standing is None:
            return None
        named, query = language_asked(environ.get("QUERY_STRING", ""))
        language = named or _language(
            cookies.get(settings.LANGUAGE_COOKIE_NAME), environ.get("HTTP_ACCEPT_LANGUAGE", "")
        )
        page = peek(name_of(environ["PATH_INFO"], query), language, KeptPage.of)
        if page is None:
            return None
        reader = Reader(person, language, environ.get("HTTP_IF_NONE_MATCH", ""))
        if not named and not page.has_form(person):
            return _with_headers(answer_for(page, reader), standing)
        carried = HttpResponse()
        if page.has_form(person):
            reader = self._with_token(reader, cookies, carried)
        remember_language(carried, named)
        return _with_headers(answer_for(page, reader), (*standing, *_cookies(carried)))

    def _with_token(self, reader: Reader, cookies: Mapping[str, str], carried: HttpResponse) -> Reader:
        """The reader with the token of his CSRF cookie, or of a new one, which the response then carries."""
        request = HttpRequest()
        request.COOKIES = dict(cookies)
        self._csrf.process_request(request)
        is_new = "CSRF_COOKIE" not in request.META or "CSRF_COOKIE_NEEDS_UPDATE" in request.META
        token = get_token(request)
        if is_new:
            self._csrf.process_response(request, carried)
        return reader._replace(secret=request.META["CSRF_COOKIE"], token=token)

    def _ask_standing(self, *values: str | None) -> Headers | None:
        """The headers that every answer to who comes in this way has; None when he is refused or led elsewhere."""
        given = {name: value for name, value in zip(self._entrance, values, strict=True) if value is not None}
        request = WSGIRequest(
            {**given, "REQUEST_METHOD": "GET", "PATH_INFO": "/catalogue/", "wsgi.input": io.BytesIO()}
        )
        try:
            request.get_host()
        except DisallowedHost:
            return None
        response = SecurityMiddleware(PolicyMiddleware(_empty))(request)
        if not isinstance(response, HttpResponse) or response.status_code != 200:
            return None
        return tuple((name, value) for name, value in response.items() if name != "Content-Type")


def _may_be_kept(environ: Environ) -> bool:
    return (
        environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        and _PATHS.match(environ["PATH_INFO"]) is not None
        and not environ.get("SCRIPT_NAME")  # a page holds the addresses of the place where it was rendered
        and len(environ.get("QUERY_STRING", "")) <= _MOST_BYTES
    )


@lru_cache(maxsize=256)
def _language(cookie: str | None, accepted: str) -> str:
    """The language that LocaleMiddleware would choose."""
    request = HttpRequest()
    request.COOKIES = {} if cookie is None else {settings.LANGUAGE_COOKIE_NAME: cookie}
    request.META = {"HTTP_ACCEPT_LANGUAGE": accepted}
    return get_language_from_request(request)


def _with_headers(answer: Answer, headers: Headers) -> Answer:
    return answer._replace(headers=answer.headers + headers)


def _cookies(response: HttpResponse) -> Headers:
    return tuple(("Set-Cookie", morsel.OutputString()) for morsel in response.cookies.values())


def _empty(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()
