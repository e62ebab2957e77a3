"""A test client that comes in by the door of kept pages, as every visitor does under gunicorn."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler

from shop.kept_door import KeptPagesDoor


class _Entrance(ClientHandler):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.passing: list[str] = []

    def __call__(self, environ: dict[str, Any]) -> HttpResponse:
        whole: list[HttpResponse] = []
        begun: list[Any] = []

        def django(environ: dict[str, Any], _start_response: Any) -> list[bytes]:
            whole.append(ClientHandler.__call__(self, environ))
            return []

        door = KeptPagesDoor(django, passing=self.passing)
        body = b"".join(door(environ, lambda *told: begun.extend(told)))
        response = whole[0] if whole else _response(begun[0], begun[1], body)
        response.was_kept = not whole
        response.wsgi_request = WSGIRequest(environ)
        return response


def _response(status: str, headers: list[tuple[str, str]], body: bytes) -> HttpResponse:
    response = HttpResponse(body, status=int(status.partition(" ")[0]))
    del response["Content-Type"]
    for name, value in headers:
        if name == "Set-Cookie":
            response.cookies.load(value)
        else:
            response[name] = value
    return response


class Visitor(Client):
    """`response.was_kept` says whether the door answered by itself."""

    def __init__(self, *, enforce_csrf_checks: bool = False, **defaults: Any) -> None:
        super().__init__(enforce_csrf_checks=enforce_csrf_checks, **defaults)
        self.handler = _Entrance(enforce_csrf_checks)
