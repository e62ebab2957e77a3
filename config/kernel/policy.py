"""What a page of the shop may load and run: our own files only, nothing inline, nothing from elsewhere."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

# data: for the tiny pictures that style sheets draw; blob: is what three.js makes of the model it fetched from us.
POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self' blob:; "
    "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# The admin's framework evaluates expressions of its templates; its pages are for signed-in staff only.
_WITHOUT: Final = ("/crm/", "/mes/", "/silk/", "/api/")
_BENCH: Final = "/mes/bench/"


class PolicyMiddleware:
    """A strict Content-Security-Policy, unless a view has set a stricter one of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(_BENCH) or not request.path.startswith(_WITHOUT):
            response.headers.setdefault("Content-Security-Policy", POLICY)
        return response
