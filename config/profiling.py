"""Who may use the profiler at /silk/, and whose requests it records (config/settings/profiling.py)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

COOKIE = "silk"
_TWO_HOURS = 7_200


def may_profile(user: Any) -> bool:
    """Developers only: recordings hold addresses and parameters of other people's requests."""
    return bool(user.is_active and user.is_staff and user.groups.filter(name="developer").exists())


def is_recorded(request: HttpRequest) -> bool:
    """Only requests of a developer's browser that asked for it: recording slows every request it sees."""
    return COOKIE in request.COOKIES and may_profile(request.user)


@require_safe
def switch(request: HttpRequest, wanted: str) -> HttpResponse:
    """/silk/on and /silk/off: begin or end the recording of this browser's requests."""
    if not may_profile(request.user):
        raise PermissionDenied
    response = HttpResponseRedirect("/silk/")
    if wanted == "on":
        response.set_cookie(COOKIE, "1", max_age=_TWO_HOURS, httponly=True, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(COOKIE)
    return response
