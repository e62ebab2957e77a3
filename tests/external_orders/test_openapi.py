"""The schema is what the views say, and what the views do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from config.env import BASE_DIR
from external_orders.api.urls import urlpatterns
from external_orders.models import ExternalOrder
from tests.factories.external_orders import make_endpoint, make_key, make_order, make_partner, make_variant

COMMITTED = BASE_DIR / "docs" / "openapi.yaml"


def test_the_committed_schema_is_that_of_the_views(tmp_path: Path) -> None:
    """Made anew by `python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml`."""
    made = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(made))

    assert made.read_text() == COMMITTED.read_text()


def test_every_route_is_in_the_schema() -> None:
    described = set(yaml.safe_load(COMMITTED.read_text())["paths"])
    routes = {str(route.pattern) for route in urlpatterns if route.name} - {"openapi.json", "docs/"}

    assert {path.removeprefix("/api/v1/").count("/") for path in described}
    assert len(described) == len(routes)


def test_every_answer_names_its_headers_and_every_operation_its_problems() -> None:
    for methods in yaml.safe_load(COMMITTED.read_text())["paths"].values():
        for method in methods.values():
            assert "application/problem+json" in method["responses"]["default"]["content"]
            assert all("X-Request-Id" in answer["headers"] for answer in method["responses"].values())


@pytest.mark.django_db
def test_the_schema_is_served_and_shown_without_anything_from_elsewhere(client) -> None:
    served = client.get("/api/v1/openapi.json").json()
    page = client.get("/api/v1/docs/").content.decode()

    assert served["openapi"].startswith("3.1")
    assert "/static/drf_spectacular_sidecar/" in page
    assert "//" not in page.replace("<!doctype html>", "")


@pytest.mark.system
@pytest.mark.timeout(400)
@pytest.mark.django_db(transaction=True)
def test_a_live_server_does_what_the_schema_says(live_server, migrated_rows, settings, tmp_path: Path) -> None:
    """schemathesis: what fits is taken, what doesn't is refused, nothing is a fault, every answer has its shape.

    With a test key in the pass on SQLite, with a live one in that on PostgreSQL.
    """
    livemode = settings.POSTGRESQL
    partner = make_partner()
    endpoint = make_endpoint(partner, "http://127.0.0.1:9/", livemode=livemode)
    order = make_order(partner, livemode=livemode)
    known = {
        "catalogue/{sku}": {"sku": make_variant().sku},
        "models/{public_id}": {"public_id": order.quote.items.get().model.public_id},
        "quotes/{public_id}": {"public_id": order.quote.public_id},
        **{f"{path}orders/{{public_id}}{use}": {"public_id": order.public_id} for path, use in _OF_AN_ORDER},
        **{f"webhook_endpoints/{{public_id}}{use}": {"public_id": endpoint.public_id} for use in _OF_AN_ENDPOINT},
    }
    replay = "webhook_endpoints/{public_id}/deliveries/{message_id}/replay"
    known[replay] = {"public_id": endpoint.public_id, "message_id": endpoint.deliveries.first().message_id}
    config = tmp_path / "schemathesis.toml"
    config.write_text("".join(_known(path, values) for path, values in known.items()))

    ended = _schemathesis(config, live_server.url, make_key(partner, livemode=livemode))

    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
    assert "27 passed" in ended.stdout
    assert ExternalOrder.objects.filter(pk=order.pk, sequence__gt=2).exists()


_OF_AN_ORDER = [("", ""), ("", "/events"), ("", "/cancel"), ("", "/answer"), ("test/", "/advance")]
_OF_AN_ENDPOINT = ["/rotate_secret", "/ping", "/deliveries", "/replay"]


def _known(path: str, values: dict[str, str]) -> str:
    told = ", ".join(f'"path.{name}" = "{value}"' for name, value in values.items())
    return f'[[operations]]\ninclude-path = "/api/v1/{path}"\nparameters = {{ {told} }}\n\n'


def _schemathesis(config: Path, url: str, key: str) -> "subprocess.CompletedProcess[str]":
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", str(COMMITTED)]
    command += ["--url", url, "--header", f"Authorization: Bearer {key}", "--checks", checks]
    command += ["--max-examples", "4", "--seed", "1", "--phases", "coverage,fuzzing", "--no-color"]
    environment = dict(os.environ)
    return subprocess.run(command, capture_output=True, text=True, timeout=350, cwd=config.parent, env=environment)
