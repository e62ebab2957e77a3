"""docs/api.md names every route and every code that the API can answer with."""

import ast
import re

import pytest
from babel.messages.pofile import read_po

from config.env import BASE_DIR
from external_orders import errors
from external_orders.api import errors as api_errors
from external_orders.api.urls import urlpatterns
from pricing import errors as pricing_errors

DOCS = (BASE_DIR / "docs" / "api.md").read_text()
_WRAPS = {"_", "gettext", "gettext_noop"}
_PARAMETER = re.compile(r"<\w+:(\w+)>")
SHOWN = {"public_id": "{id}", "message_id": "{message_id}", "sku": "{sku}", "secret": "{secret}"}
_ONLY_IN_THE_ADMIN = {
    "tracking_missing",
    "prefix_mistyped",
    "price_list_published",
    "price_list_unusable",
    "alloy_implausible",
    "metal_prices_refused",
    "too_few_weighings",
    "bad_volume",
    "unit_in_doubt",
    "key_revoked",
    "inquiry_open",
    "bad_network",
    "fee_over_total",
}


def _codes(module) -> set[str]:
    return {
        one.code
        for one in vars(module).values()
        if getattr(one, "__module__", "") == module.__name__ and hasattr(one, "code")
    }


def test_every_code_is_documented() -> None:
    codes = _codes(errors) | _codes(pricing_errors) | set(api_errors._CODES.values()) | {"validation", "internal"}

    missing = [code for code in sorted(codes - _ONLY_IN_THE_ADMIN) if f"`{code}`" not in DOCS]
    assert missing == []


@pytest.mark.parametrize("route", [str(route.pattern) for route in urlpatterns if route.name])
def test_every_route_is_documented(route: str) -> None:
    assert f"/{_PARAMETER.sub(lambda found: SHOWN[found[1]], route)}" in DOCS


def test_every_word_of_partners_is_translated() -> None:
    """Russian for what the code wraps; a string that was changed counts as new."""
    with (BASE_DIR / "templates/locale/ru/LC_MESSAGES/django.po").open("rb") as source:
        known = {one.id[0] if isinstance(one.id, tuple) else one.id for one in read_po(source) if one.string}
    calls = [
        node
        for path in (BASE_DIR / "external_orders").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
    ]
    wrapped = {one.args[0].value for one in calls if one.func.id in _WRAPS and isinstance(one.args[0], ast.Constant)}

    assert len(wrapped) > 150
    assert sorted(wrapped - known) == []
