"""The dated version of the API: the key's own, unless the request names another."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.http import http_date
from rest_framework.request import Request

from external_orders.errors import UnknownVersion
from external_orders.services.keys import API_VERSION

KNOWN = (API_VERSION,)


@dataclass(frozen=True, slots=True)
class Retirement:
    """When a version was declared deprecated, and when it will be answered no more: a year later at the earliest."""

    deprecated_at: datetime
    ends_at: datetime


RETIRED: dict[str, Retirement] = {}


def retirement_headers(version: str) -> dict[str, str]:
    """What every answer in a deprecated version says: Deprecation (RFC 9745) and Sunset (RFC 8594)."""
    retired = RETIRED.get(version)
    if retired is None:
        return {}
    deprecated = f"@{int(retired.deprecated_at.timestamp())}"
    return {"Deprecation": deprecated, "Sunset": http_date(retired.ends_at.timestamp())}


def version_of(request: Request) -> str:
    """The version in which a request is understood and answered. Refuses with UnknownVersion."""
    asked = request.headers.get("Api-Version", "").strip() or getattr(request.auth, "api_version", "") or API_VERSION
    if asked not in KNOWN:
        raise UnknownVersion(known=", ".join(KNOWN))
    return asked
