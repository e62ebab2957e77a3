"""The `Idempotency-Key` header: read, compared by the request's fingerprint, answered once."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from external_orders.api.versions import version_of
from external_orders.errors import IdempotencyKeyInvalid, IdempotencyKeyMissing
from external_orders.services.idempotency import Answer, answer_once

_VISIBLE_ASCII = re.compile(r"[!-~]{1,255}")


def once(request: Request, answer: Callable[[], Answer]) -> HttpResponse:
    """Answer a request once per key and partner; a repetition gets the same bytes."""
    key: Any = request.auth
    given = answer_once(
        partner=key.partner,
        livemode=key.livemode,
        key=_key_of(request),
        fingerprint=_fingerprint(request),
        answer=answer,
    )
    replayed = {"Idempotent-Replayed": "true" if given.is_replay else "false"}
    return HttpResponse(
        given.body, status=given.status, headers=given.headers | replayed, content_type="application/json"
    )


def answer_of(status: int, data: object, **headers: str) -> Answer:
    """An answer as the bytes that will be kept and repeated."""
    return Answer(status, JSONRenderer().render(data).decode(), headers)


def _key_of(request: Request) -> str:
    given = request.headers.get("Idempotency-Key", "").strip()
    if not given:
        raise IdempotencyKeyMissing
    bare = given[1:-1] if len(given) > 2 and given[0] == given[-1] == '"' else given
    if not _VISIBLE_ASCII.fullmatch(bare):
        raise IdempotencyKeyInvalid
    return bare


def _fingerprint(request: Request) -> str:
    """The same for requests that mean the same: method, path, version, and the body however its JSON was written."""
    canonical = json.dumps(request.data, sort_keys=True, separators=(",", ":"))
    asked = f"{request.method} {request.path} {version_of(request)}\n{canonical}"
    return hashlib.sha256(asked.encode()).hexdigest()
