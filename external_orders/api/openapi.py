"""The schema of the API (OpenAPI 3.1), told by the views themselves; docs/openapi.yaml is its printout."""

from functools import cache
from typing import Any

from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from typing_extensions import override

from external_orders.api.outputs import ProblemOut
from external_orders.api.serializers import In

PROBLEM = "application/problem+json"
_IDS = {
    "public_id": r"^[a-z]{3}_[A-Za-z0-9_-]{22}$",
    "message_id": r"^msg_[A-Za-z0-9_-]{22}$",
    "sku": r"^[-a-zA-Z0-9_]+$",
}
_ONCE = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="1 to 255 visible ASCII characters; the same for a repetition of the same request.",
    pattern="^[!-~]{1,255}$",
)
_OPTIONS = {
    "If-None-Match": "An ETag; an unchanged answer is 304.",
    "If-Match": "An ETag; another version of the order is refused with 412.",
    "Prefer": "`wait=10`: wait up to so many seconds until there is something to say.",
}
_OF_EVERY_ANSWER = {
    "X-Request-Id": "Name it when you ask about this request.",
    "Api-Version": "The dated version in which this was answered.",
    "RateLimit": "What is left of the limit.",
    "RateLimit-Policy": "The limit.",
}


def operation(
    name: str,
    summary: str,
    *,
    answers: dict[int, Any],
    takes: Any = None,
    query: type[In] | None = None,
    options: tuple[str, ...] = (),
    is_once: bool = False,
) -> Any:
    """What a view's method is called, takes and answers; every other answer is a problem document."""
    parameters: list[Any] = [query] if query else []
    parameters += [_ONCE] if is_once else []
    parameters += [
        OpenApiParameter(one, OpenApiTypes.STR, OpenApiParameter.HEADER, description=_OPTIONS[one]) for one in options
    ]
    responses: dict[Any, Any] = {**answers, ("default", PROBLEM): ProblemOut}
    return extend_schema(
        operation_id=name, summary=summary, request=takes, parameters=parameters, responses=responses, tags=["v1"]
    )


class KeyScheme(OpenApiAuthenticationExtension):
    """Partners' keys as the schema names them."""

    target_class = "external_orders.api.authentication.KeyAuthentication"
    name = "key"

    @override
    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "jwl_live_… or jwl_test_…"}


def finish(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """What spectacular can't know: the form of ids, the headers of every answer."""
    headers = {name: {"description": text, "schema": {"type": "string"}} for name, text in _OF_EVERY_ANSWER.items()}
    for methods in result["paths"].values():
        for method in methods.values():
            for parameter in method.get("parameters", []):
                if parameter["name"] in _IDS and parameter["in"] == "path":
                    parameter["schema"] = {"type": "string", "pattern": _IDS[parameter["name"]]}
            for answer in method["responses"].values():
                answer["headers"] = headers | answer.get("headers", {})
    return result


@cache
def schema() -> dict[str, Any]:
    """The schema in English, made once."""
    with translation.override("en"):
        made: dict[str, Any] = SchemaGenerator(patterns=None).get_schema(request=None, public=True)
    return made
