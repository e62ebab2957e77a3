"""How much of a partner's may be open at once."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from external_orders.errors import TooManyModels
from external_orders.models import ExternalQuote, PartnerModel
from external_orders.services import models, quotes
from tests.factories.external_orders import make_partner, make_quote, make_requested_quote, make_variant
from tests.factories.mes import make_workshop

pytestmark = pytest.mark.django_db


def _send(partner, text: str):
    return models.register_model(partner=partner, livemode=True, upload=ContentFile(text.encode(), name="ring.stl"))


def test_a_partner_has_so_many_models_unmeasured_and_may_send_known_ones_again(partner, monkeypatch) -> None:
    monkeypatch.setattr(models, "MOST_UNFINISHED", 2)
    for text in ("one", "two"):
        _send(partner, text)
    with pytest.raises(TooManyModels):
        _send(partner, "three")
    assert _send(partner, "two")[1] is False
    assert _send(make_partner(), "three")[1] is True
    PartnerModel.objects.filter(partner=partner).update(settled_at=timezone.now())

    assert _send(partner, "three")[1] is True


def test_a_partner_has_so_many_quotes_open_and_those_that_are_over_dont_count(api, partner, monkeypatch) -> None:
    monkeypatch.setattr(quotes, "MOST_OPEN_QUOTES", 2)
    make_workshop()
    body = {"items": [{"sku": make_variant().sku}]}
    make_quote(partner)
    make_requested_quote(partner)

    refused = api.post("quotes", body, key="q")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_open_quotes")
    assert refused["Retry-After"] == "60"
    ExternalQuote.objects.filter(settled_at=None).update(settled_at=timezone.now())  # it can't be made

    assert api.post("quotes", body, key="q").status_code in {201, 202}
