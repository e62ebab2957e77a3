"""Every error as a problem document (RFC 9457). `code` is the contract and never changes; texts are for people."""

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import IntegrityError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from config.kernel.errors import DomainError
from external_orders.api.throttles import RateLimited
from external_orders.errors import Conflict, IdempotencyInProgress, NotFound

logger = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"
# What the domain calls a conflict has a more telling status in HTTP.
_STATUS = {"quote_expired": 410, "too_large": 413}
_SHOWN_PARAMS = {"existing_order", "current", "scope"}
_RETRY_AFTER = {
    "idempotency_in_progress": "1",
    "unavailable": "5",
    "too_many_models": "10",
    "too_many_open_quotes": "60",
}
# What two requests at the same moment run into, when both looked before either wrote. SQLite names the columns instead.
_OF_CONSTRAINT: dict[str, type[DomainError]] = {
    "partner_model_once": Conflict,
    "external_order_reference_once": Conflict,
    "idempotency_key_once": IdempotencyInProgress,
}
_CODES = {
    exceptions.ParseError: "malformed",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
}


class PayloadTooLarge(exceptions.APIException):
    status_code = 413
    default_code = "payload_too_large"


def problem_of(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: any exception as a problem document."""
    request_id = context["view"].request_id
    if isinstance(error, DomainError):
        return _of_refusal(error, request_id)
    if isinstance(error, exceptions.ValidationError):
        errors = list(_pointed(error.get_full_details()))
        return _problem(400, "validation", _("The request isn't valid."), request_id, errors=errors)
    if isinstance(error, Http404 | PermissionDenied):
        return _of_refusal(NotFound(), request_id)
    if isinstance(error, RequestDataTooBig):
        error = PayloadTooLarge()
    if isinstance(error, exceptions.APIException):
        return _of_drf(error, request_id)
    if isinstance(error, IntegrityError) and (refusal := _of_constraint(error)):
        return _of_refusal(refusal, request_id)
    if isinstance(error, OperationalError):
        logger.warning("%s: the database doesn't answer: %s", request_id, error)
        return _problem(503, "unavailable", _("Please repeat the request in a moment."), request_id)
    logger.error("%s failed", request_id, exc_info=error)
    return _problem(500, "internal", _("This is our fault. Name the request id when you ask us."), request_id)


def _of_refusal(error: DomainError, request_id: str) -> Response:
    status = _STATUS.get(error.code, error.status)
    shown = {name: value for name, value in error.params.items() if name in _SHOWN_PARAMS}
    return _problem(status, error.code, str(error), request_id, **shown)


def _of_drf(error: exceptions.APIException, request_id: str) -> Response:
    code = next((code for kind, code in _CODES.items() if isinstance(error, kind)), error.default_code)
    answer = _problem(error.status_code, code, str(error.detail), request_id)
    if isinstance(error, RateLimited):
        for name, value in {**error.allowance.headers, "Retry-After": str(error.allowance.wait_s)}.items():
            answer[name] = value
    return answer


def _of_constraint(error: IntegrityError) -> DomainError | None:
    """The refusal behind a unique constraint; None for any other broken promise, which is a fault of ours."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if name is not None:
        kind = _OF_CONSTRAINT.get(name)
        return kind() if kind else None
    return Conflict() if str(error).startswith("UNIQUE constraint failed") else None


def _problem(status: int, code: str, title: str, request_id: str, **more: Any) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if code in _RETRY_AFTER:
        headers["Retry-After"] = _RETRY_AFTER[code]
    document = {
        "type": f"urn:karat:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "instance": f"/requests/{request_id}",
        "errors": [],
    }
    return Response(document | more, status=status, headers=headers, content_type=PROBLEM_TYPE)


def _pointed(details: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested details as a flat list with JSON pointers (RFC 6901)."""
    if isinstance(details, dict) and set(details) == {"message", "code"} and isinstance(details["code"], str):
        yield {"pointer": pointer, "code": details["code"], "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            step = "" if name == "non_field_errors" else f"/{str(name).replace('~', '~0').replace('/', '~1')}"
            yield from _pointed(inner, pointer + step)
    else:
        for inner in details:
            yield from _pointed(inner, pointer)
