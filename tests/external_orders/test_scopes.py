"""Every method of every route asks for a scope, and a key without it can do nothing there."""

import pytest

from external_orders.api.urls import urlpatterns
from external_orders.states import Scope, all_scopes

pytestmark = pytest.mark.django_db

ID = "ord_AAAAAAAAAAAAAAAAAAAAAA"
_METHODS = ("get", "post", "put", "patch", "delete")
_FREE = {("me", "GET"), ("openapi", "GET"), ("receive_upload", "PUT")}  # everybody may know who he is and what there is


def _scopes(route) -> dict[str, str]:
    return getattr(route.callback.view_class, "scopes", {})


def _doors() -> list[tuple[str, str, str | None]]:
    """Route, method and the scope it asks for."""
    routes = [route for route in urlpatterns if route.name and hasattr(route.callback, "view_class")]
    return [
        (str(route.pattern), route.name, method.upper(), _scopes(route).get(method.upper()))
        for route in routes
        for method in _METHODS
        if hasattr(route.callback.view_class, method)
    ]


def test_every_door_asks_for_a_scope() -> None:
    without = {(name, method) for _, name, method, scope in _doors() if scope is None}

    assert without == _FREE


def test_every_scope_opens_a_door() -> None:
    assert {scope for *_, scope in _doors() if scope} == set(Scope)


@pytest.mark.parametrize(("pattern", "name", "method", "scope"), [door for door in _doors() if door[3]])
def test_a_key_without_the_scope_is_refused_before_anything_is_read(
    partner, caller_of, pattern: str, name: str, method: str, scope: str
) -> None:
    path = pattern.replace("<public_id:public_id>", ID).replace("<public_id:message_id>", ID).replace("<slug:sku>", "a")
    lacking = caller_of(partner, scopes=[one for one in all_scopes() if one != scope])
    only = caller_of(partner, scopes=[scope])

    refused = lacking.client.generic(method, f"/api/v1/{path}", b"{}", content_type="application/json")
    passed = only.client.generic(method, f"/api/v1/{path}", b"{}", content_type="application/json")

    assert (refused.status_code, refused.json()["code"], refused.json()["scope"]) == (403, "scope_missing", scope)
    assert passed.status_code < 500
    assert passed.json().get("code") != "scope_missing"


def test_a_head_request_needs_what_a_get_needs(partner, caller_of) -> None:
    assert caller_of(partner, scopes=["events:read"]).client.head("/api/v1/orders").status_code == 403
