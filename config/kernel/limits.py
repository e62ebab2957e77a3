"""A body that is too large is refused by what its header says, before a byte of it is read or written to disk."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

_FORM_AROUND_A_FILE = 64 * 1024
_MB = 1024 * 1024


class BodyLimitMiddleware:
    """413 with a page that says the limit. The API has limits and words of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/") or not self._is_too_large(request):
            return self.get_response(request)
        limit_mb = settings.MAX_UPLOAD_BYTES // _MB
        message = _("The file is too large: at most %(limit_mb)s MB can be taken. Export it with fewer triangles.")
        context = {"message": message % {"limit_mb": limit_mb}, "code": "too_large"}
        return render(request, "refusal.html", context, status=413)

    @staticmethod
    def _is_too_large(request: HttpRequest) -> bool:
        length = request.META.get("CONTENT_LENGTH") or "0"
        return length.isdigit() and int(length) > settings.MAX_UPLOAD_BYTES + _FORM_AROUND_A_FILE
