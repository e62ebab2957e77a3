"""A file in two steps: announced with a key, sent without one."""

import hashlib
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from external_orders.models import PartnerModel, Upload
from external_orders.services.uploads import forget_old_uploads
from pricing.models import Design
from tests.factories.pricing import RING

pytestmark = pytest.mark.django_db

CONTENT = RING.read_bytes()


def _announced(content: bytes = CONTENT, **changes) -> dict:
    told = {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content), "filename": "ring.stl"}
    return told | changes


def _send(url: str, content: bytes = CONTENT):
    return Client().put(url, content, content_type="application/octet-stream")


@pytest.fixture
def ticket(api) -> dict:
    answer = api.post("uploads", _announced())
    assert answer.status_code == 201
    return answer.json()


def test_an_announced_file_is_sent_without_a_key_and_made_a_model_of(api, ticket) -> None:
    arrived = _send(ticket["upload_url"])
    assert (arrived.status_code, arrived.json()["has_arrived"]) == (200, True)
    assert "upload_url" not in arrived.json()
    assert not PartnerModel.objects.exists()

    model = api.post("models", {"upload_id": ticket["id"]})

    assert (model.status_code, model.json()["sha256"], model.json()["filename"]) == (202, ticket["sha256"], "ring.stl")
    again = api.post("models", {"upload_id": ticket["id"]})
    assert (again.status_code, again.json()["id"]) == (200, model.json()["id"])


@pytest.mark.parametrize("spoilt", [CONTENT[:-1], CONTENT + b"x", b"", CONTENT[:-1] + b"x"])
def test_a_file_that_isnt_the_announced_one_is_refused_and_may_be_sent_again(ticket, spoilt: bytes) -> None:
    refused = _send(ticket["upload_url"], spoilt)
    assert (refused.status_code, refused.json()["code"]) == (409, "upload_mismatch")
    assert not Design.objects.exists()

    assert _send(ticket["upload_url"]).status_code == 200


def test_an_address_takes_one_file_and_only_for_an_hour(api, ticket) -> None:
    _send(ticket["upload_url"])
    used = _send(ticket["upload_url"])
    assert (used.status_code, used.json()["code"]) == (409, "upload_used")
    late = api.post("uploads", _announced()).json()
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert _send(late["upload_url"]).status_code == 404
    assert _send("/api/v1/uploads/" + "A" * 43).status_code == 404


def test_nothing_is_made_of_what_hasnt_arrived(api, ticket) -> None:
    assert api.post("models", {"upload_id": ticket["id"]}).json()["code"] == "not_found"


def test_what_is_too_large_is_refused_when_it_is_announced(api, settings) -> None:
    answer = api.post("uploads", _announced(size_bytes=settings.MAX_UPLOAD_BYTES + 1))

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_the_address_is_kept_as_a_hash_only_and_old_tickets_are_forgotten(ticket) -> None:
    secret = ticket["upload_url"].rsplit("/", 1)[1]
    assert not any(secret in str(value) for value in Upload.objects.values().get().values())
    forget_old_uploads()
    assert Upload.objects.exists()

    forget_old_uploads(at=timezone.now() + timedelta(days=2))

    assert not Upload.objects.exists()
