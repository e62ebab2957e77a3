"""The dated version of the API: the key's own, unless the request names another."""

from rest_framework.request import Request

from external_orders.errors import UnknownVersion
from external_orders.services.keys import API_VERSION

KNOWN = (API_VERSION,)


def version_of(request: Request) -> str:
    """The version in which a request is understood and answered. Refuses with UnknownVersion."""
    asked = request.headers.get("Api-Version", "").strip() or getattr(request.auth, "api_version", "") or API_VERSION
    if asked not in KNOWN:
        raise UnknownVersion(known=", ".join(KNOWN))
    return asked
