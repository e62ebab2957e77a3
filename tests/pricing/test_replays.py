"""Old quotes calculated again, and what a quote's options do to its price."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from pricing.errors import BadEngraving, UnknownPlating
from pricing.models import PriceList, Quote, QuoteComponent
from pricing.services import attempts, quotes, rates
from pricing.services.designs import measurement_of
from pricing.states import QuoteStatus
from tests.factories.pricing import make_quote, make_requested_quote

pytestmark = pytest.mark.django_db


def test_unchanged_quotes_are_all_right(capsys):
    make_quote()
    make_quote(quantity=12, plating="rhodium", engraving="V & N", rush=True)

    call_command("replay_quotes")

    assert capsys.readouterr().out == "2 quotes calculated again, 0 differ.\n"


def test_a_component_that_is_a_cent_off_ends_with_1_and_its_name(capsys):
    quote = make_quote()
    metal = quote.components.get(code="metal")
    QuoteComponent.objects.filter(pk=metal.pk).update(amount=metal.amount + Decimal("0.01"))

    with pytest.raises(SystemExit) as ended:
        call_command("replay_quotes")

    assert ended.value.code == 1
    told = f"{quote.reference}: metal {metal.amount + Decimal('0.01')}, now {metal.amount}"
    assert capsys.readouterr().out == f"{told}\n1 quotes calculated again, 1 differ.\n"


def test_a_receipt_that_cannot_be_read_is_named_and_does_not_stop_the_others(capsys):
    broken = make_quote()
    make_quote()
    Quote.objects.filter(pk=broken.pk).update(receipt={"piece": {}})

    with pytest.raises(SystemExit):
        call_command("replay_quotes")

    assert f"{broken.reference}: can't be calculated" in capsys.readouterr().out


def test_the_newest_or_those_since_a_day_can_be_chosen(capsys):
    old = make_quote()
    make_quote()
    Quote.objects.filter(pk=old.pk).update(settled_at=timezone.now() - timedelta(days=40), receipt={})

    call_command("replay_quotes", "--limit", "1")
    call_command("replay_quotes", "--since", (timezone.now() - timedelta(days=30)).date().isoformat())

    assert capsys.readouterr().out == "1 quotes calculated again, 0 differ.\n" * 2
    with pytest.raises(CommandError, match="not a day"):
        call_command("replay_quotes", "--since", "yesterday")


def test_a_quote_without_options_is_replayed_like_one_from_before_there_were_any():
    quote = make_quote()
    first = {name: quote.receipt[name] for name in ("measurement", "piece", "price_list", "metal_prices")}

    Quote.objects.filter(pk=quote.pk).update(receipt=first)

    assert quotes.replay_quote(quote=Quote.objects.get(pk=quote.pk)).gross == quote.gross


def test_options_are_components_of_the_price_and_a_reissued_quote_keeps_them():
    plain, full = make_quote(), make_quote(plating="rhodium", engraving=" V & N ", rush=True)

    codes = set(full.components.values_list("code", flat=True))
    copy = quotes.reissue_quote(quote_id=full.pk)

    assert codes - set(plain.components.values_list("code", flat=True)) == {"plating", "engraving", "rush"}
    assert full.receipt["piece"]["engraved_characters"] == 3
    assert (full.engraving, full.cast_mass_g) == ("V & N", plain.cast_mass_g)
    assert (copy.plating, copy.engraving, copy.rush, copy.cast_mass_g) == (
        "rhodium", "V & N", True, full.cast_mass_g,
    )  # fmt: skip


def test_the_receipt_says_where_the_metal_price_came_from():
    origin = make_quote().receipt["metal_prices_from"]["gold"]

    assert origin["source"] == "demo, not a market price"
    assert origin["valid_from"].endswith("+00:00")


def test_impossible_options_are_refused_and_nothing_is_asked():
    with pytest.raises(UnknownPlating):
        make_requested_quote(plating="mud")
    with pytest.raises(BadEngraving):
        make_requested_quote(engraving="x" * 61)
    with pytest.raises(BadEngraving):
        make_requested_quote(engraving="two\nlines")
    assert Quote.objects.count() == 0


def test_a_plating_that_the_price_list_lost_fails_by_name_at_once_and_can_be_tried_again():
    quote = make_requested_quote(plating="gold")
    draft = rates.copy_price_list(price_list_id=PriceList.objects.get().pk)
    draft.plating_rates.filter(kind="gold").delete()
    rates.publish_price_list(price_list_id=draft.pk)
    attempt = attempts.start_attempt(quote_id=quote.pk)

    settled = quotes.settle_quote(attempt=attempt, measurement=measurement_of(quote.design, unit="mm"))

    assert (settled.status, settled.refusal_code) == (QuoteStatus.FAILED, "rate_missing")
    assert quotes.retry_quote(quote_id=quote.pk, actor=None).status == QuoteStatus.REQUESTED
