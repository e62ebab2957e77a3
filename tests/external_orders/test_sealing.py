"""A copy of the database doesn't tell the secrets of webhooks."""

import pytest
from cryptography.fernet import InvalidToken
from django.core.management import call_command

from external_orders.models import WebhookEndpoint
from external_orders.sealing import seal, unseal
from external_orders.services.endpoints import rotate_secret
from tests.factories.external_orders import make_endpoint


def test_what_was_sealed_is_opened_again_and_never_looks_the_same() -> None:
    assert unseal(seal("whsec_a")) == "whsec_a"
    assert seal("whsec_a") != seal("whsec_a")
    assert "whsec" not in seal("whsec_a")


def test_another_key_doesnt_open_it_and_a_key_behind_the_first_does(settings) -> None:
    settings.WEBHOOK_KEYS = ["old" * 20]
    sealed = seal("whsec_a")
    settings.WEBHOOK_KEYS = ["new" * 20]
    with pytest.raises(InvalidToken):
        unseal(sealed)

    settings.WEBHOOK_KEYS = ["new" * 20, "old" * 20]
    assert unseal(sealed) == "whsec_a"


@pytest.mark.django_db
def test_secrets_are_sealed_anew_so_that_the_old_key_can_go(partner, settings) -> None:
    settings.WEBHOOK_KEYS = ["old" * 20]
    endpoint = make_endpoint(partner, "http://127.0.0.1:9/")
    rotate_secret(partner=partner, livemode=True, endpoint_id=endpoint.public_id, overlap_hours=24)
    before = WebhookEndpoint.objects.get()
    secrets = before.signing_secrets(at=before.created_at)
    settings.WEBHOOK_KEYS = ["new" * 20, "old" * 20]

    call_command("reseal_webhook_secrets")

    settings.WEBHOOK_KEYS = ["new" * 20]
    assert WebhookEndpoint.objects.get().signing_secrets(at=before.created_at) == secrets
    assert len(set(secrets)) == 2


@pytest.mark.django_db
def test_no_row_has_a_secret_in_plain(api) -> None:
    made = api.post("webhook_endpoints", {"url": "http://127.0.0.1:9/hooks"}).json()
    api.post(f"webhook_endpoints/{made['id']}/rotate_secret")

    assert made["secret"][6:] not in str(WebhookEndpoint.objects.values().get())
    assert "whsec" not in str(WebhookEndpoint.objects.values().get())
