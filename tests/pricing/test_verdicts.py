"""What becomes of a quote when the engine has something to say about its design."""

from decimal import Decimal

import numpy as np
import pytest

from config.kernel.errors import IllegalTransition, ReasonMissing
from pricing.errors import BadVolume, UnitInDoubt
from pricing.models import Alloy, Measurement, Quote
from pricing.selectors import saying, sayings
from pricing.services import quotes
from pricing.states import QuoteStatus
from tests.factories.pricing import make_design_of, make_quote, make_rates
from tests.pricing.engine import jewels
from tests.pricing.engine.shapes import binary_stl, torus

pytestmark = pytest.mark.django_db


def quote_of(mesh, **asked) -> Quote:
    triangles = mesh if isinstance(mesh, np.ndarray) else mesh.triangles()
    return make_quote(design=make_design_of(binary_stl(triangles)), **asked)


@pytest.fixture
def doubted() -> Quote:
    """A torus with a large part of it missing: its volume can't be known."""
    whole = torus()
    return quote_of(whole[whole.mean(axis=1)[:, 0] < 8.0])


def test_a_sound_piece_is_priced_and_drawn_without_a_word():
    quote = quote_of(jewels.plain_ring())

    assert (quote.status, quote.verdict, quote.reasons) == (QuoteStatus.PRICED, "ok", [])
    assert quote.measurement.picture_url
    assert quote.measurement.web_model_url


def test_a_wall_that_cant_be_cast_refuses_the_piece_in_this_alloy():
    quote = quote_of(jewels.hollow_ring(wall=0.3))

    assert (quote.status, quote.verdict) == (QuoteStatus.NOT_MANUFACTURABLE, "refuse")
    assert quote.refusal_code == "wall_too_thin"
    assert "0.5 mm" in saying(quote.refusal_code, quote.refusal_params)
    assert quote.gross is None


def test_the_limits_are_the_alloys_own():
    make_rates()
    Alloy.objects.filter(code="ag925").update(wall_min_mm=Decimal("0.2"), wall_refuse_mm=Decimal("0.1"))
    ring = jewels.hollow_ring(wall=0.3)

    in_gold, in_silver = quote_of(ring), quote_of(ring, alloy_code="ag925")

    assert (in_gold.status, in_silver.status) == (QuoteStatus.NOT_MANUFACTURABLE, QuoteStatus.PRICED)
    assert in_gold.measurement == in_silver.measurement
    assert Measurement.objects.count() == 1


def test_a_piece_that_the_alloys_flask_doesnt_hold_is_refused():
    make_rates()
    Alloy.objects.filter(code="ag925").update(flask_diameter_mm=15)

    quote = quote_of(jewels.plain_ring(), alloy_code="ag925")

    assert (quote.status, quote.refusal_code) == (QuoteStatus.NOT_MANUFACTURABLE, "too_big_for_flask")
    assert "15.0 mm across" in saying(quote.refusal_code, quote.refusal_params)


def test_advice_is_kept_with_the_price():
    quote = quote_of(jewels.hollow_ring(wall=0.7))

    assert (quote.status, quote.verdict) == (QuoteStatus.PRICED, "advice")
    assert [reason["code"] for reason in quote.reasons] == ["wall_thin"]
    assert "0.8 mm" in sayings(quote.reasons)[0]


def test_stones_are_priced_as_stones_until_the_customer_says_that_they_are_metal():
    ring = jewels.eternity(count=6)
    set_ones, metal = quote_of(ring), quote_of(ring, stones_are_metal=True)

    assert len(set_ones.measurement.figures["stones"]) == 6
    assert set_ones.cast_mass_g < metal.cast_mass_g
    assert Measurement.objects.count() == 1


def test_centimetres_are_read_as_centimetres_when_somebody_says_so():
    ring = jewels.plain_ring()
    in_mm = quote_of(ring)
    in_cm = quote_of(jewels.moved(ring, scale=0.1), unit="cm")

    assert in_cm.measurement.figures["volume_mm3"] == pytest.approx(in_mm.measurement.figures["volume_mm3"], rel=1e-5)


def test_a_person_cant_say_the_volume_of_a_piece_whose_unit_is_in_doubt():
    asked = quote_of(jewels.moved(jewels.plain_ring(), scale=0.1))
    assert (asked.status, [reason["code"] for reason in asked.reasons]) == (QuoteStatus.IN_REVIEW, ["unit_in_doubt"])

    with pytest.raises(UnitInDoubt):
        quotes.settle_review(quote_id=asked.pk, volume_mm3="400", actor=None)

    assert Quote.objects.get(pk=asked.pk).status == QuoteStatus.IN_REVIEW


def test_a_doubtful_volume_goes_to_a_person_and_never_out_as_a_price(doubted):
    assert (doubted.status, doubted.verdict) == (QuoteStatus.IN_REVIEW, "review")
    assert (doubted.gross, doubted.receipt, doubted.components.count()) == (None, None, 0)
    assert {reason["code"] for reason in doubted.reasons} & {"volume_disagrees", "open_surface"}


def test_a_person_says_how_much_metal_it_is_and_the_price_can_be_calculated_again(doubted):
    priced = quotes.settle_review(quote_id=doubted.pk, volume_mm3=" 178,5 ", actor=None)
    priced.refresh_from_db()

    assert (priced.status, priced.verdict) in {(QuoteStatus.PRICED, "ok"), (QuoteStatus.PRICED, "advice")}
    assert priced.receipt["measurement"]["volume_mm3"] == 178.5
    assert priced.cast_mass_g == Decimal("2.428")  # 178.5 x 13.6 / 1000, half up
    assert quotes.replay_quote(quote=priced).gross == priced.gross
    assert priced.log.last().reason == "178,5 mm³"
    assert doubted.measurement.figures["volume_mm3"] != 178.5  # what was measured stays as it is


@pytest.mark.parametrize("volume", ["", "much", "0", "-4", "nan", "inf", "1000000"])
def test_a_volume_that_cant_be_is_refused_and_changes_nothing(doubted, volume):
    with pytest.raises(BadVolume):
        quotes.settle_review(quote_id=doubted.pk, volume_mm3=volume, actor=None)

    assert Quote.objects.get(pk=doubted.pk).status == QuoteStatus.IN_REVIEW


def test_a_person_says_that_it_cant_be_made_and_the_customer_reads_why(doubted):
    refused = quotes.refuse_review(quote_id=doubted.pk, reason="The back is missing.", actor=None)

    assert refused.status == QuoteStatus.NOT_MANUFACTURABLE
    assert saying(refused.refusal_code, refused.refusal_params).endswith("The back is missing.")


def test_a_review_is_refused_only_with_a_reason_and_settled_only_once(doubted):
    with pytest.raises(ReasonMissing):
        quotes.refuse_review(quote_id=doubted.pk, reason=" ", actor=None)
    quotes.settle_review(quote_id=doubted.pk, volume_mm3="178", actor=None)

    with pytest.raises(IllegalTransition):
        quotes.settle_review(quote_id=doubted.pk, volume_mm3="180", actor=None)
    with pytest.raises(IllegalTransition):
        quotes.refuse_review(quote_id=doubted.pk, reason="late", actor=None)


def test_the_light_model_is_served_under_its_random_name_only(client):
    url = quote_of(jewels.plain_ring()).measurement.web_model_url

    answer = client.get(url)

    assert (answer.status_code, answer["Content-Type"]) == (200, "model/gltf-binary")
    assert answer.content.startswith(b"glTF")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/pictures/{'0' * 32}.glb").status_code == 404
