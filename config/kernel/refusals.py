"""The translation of a refusal into a page. (The API's translation is external_orders/api/errors.py.)"""

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from config.kernel.errors import DomainError

logger = logging.getLogger(__name__)


class RefusalMiddleware:
    """Shows a DomainError to the person who met it, on the page he came from, in his language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        logger.info("refused %s %r: %s", request.method, request.path, exception.code)
        back = _own_page(request)
        if request.method == "POST" and back:
            messages.error(request, str(exception))
            return HttpResponseRedirect(back)
        return render(
            request, "refusal.html", {"message": str(exception), "code": exception.code}, status=exception.status
        )


def _own_page(request: HttpRequest) -> str | None:
    """The page of this site that the person came from, never another site's."""
    referer = urlsplit(request.headers.get("Referer", ""))
    if referer.netloc != request.get_host():
        return None
    back = f"{referer.path}?{referer.query}" if referer.query else referer.path
    return back if url_has_allowed_host_and_scheme(back, None) else None
