"""A customer's own design: every alloy on one page, changed and asked again, wanted against advice, told once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pricing.models import Alloy, Measurement, Quote
from pricing.states import QuoteStatus
from shop.errors import ConsentMissing
from shop.models import BasketLine, QuoteRequest
from shop.selectors import my_designs, quote_page
from shop.selectors.scale import scale_of
from shop.services.baskets import add_quote_to_basket
from shop.services.quotes import ask_again, consent
from tests.factories.mes import make_workshop
from tests.factories.pricing import RING, make_rates
from tests.factories.shop import make_customer
from tests.pricing.engine import jewels
from tests.pricing.engine.shapes import binary_stl

pytestmark = pytest.mark.django_db

CHOICES = {"kind": "ring", "alloy": "au750-yellow", "finish": "polished", "size": "17", "quantity": "1"}


@pytest.fixture
def vera(client):
    make_rates()
    make_workshop()
    customer = make_customer("vera")
    client.force_login(customer.user)
    return customer


def upload(client, content=None, **changed):
    file = SimpleUploadedFile("my ring.stl", content or RING.read_bytes())
    answer = client.post(reverse("shop:design"), CHOICES | {"model": file} | changed)
    assert answer.status_code == 302
    return answer.url


def lead():
    return QuoteRequest.objects.filter(is_lead=True).latest("pk").quote


def thin_ring():
    return binary_stl(jewels.plain_ring(thick=0.7).triangles())


def test_the_page_shows_the_price_in_every_alloy_and_leads_to_each(client, vera, run_tasks):
    url = upload(client)
    run_tasks()

    page = client.get(url)

    offers = page.context["quote"].offers
    assert [offer.alloy for offer in offers] == [alloy.name for alloy in Alloy.objects.filter(is_offered=True)]
    assert [offer.alloy for offer in offers if offer.is_chosen] == [Alloy.objects.get(code="au750-yellow").name]
    for offer in offers:
        other = client.get(reverse("shop:quote", args=[offer.reference]))
        assert other.context["quote"].price.gross == offer.gross
        assert f'data-price="{offer.gross}"' in other.content.decode()
    assert Measurement.objects.count() == 1


def test_the_page_waits_until_the_last_alloy_is_priced(client, vera, run_tasks):
    url = upload(client)
    run_tasks()
    last = QuoteRequest.objects.latest("pk").quote
    Quote.objects.filter(pk=last.pk).update(status="requested")

    assert client.get(f"{url}state/").status_code == 200
    Quote.objects.filter(pk=last.pk).update(status="priced")
    assert client.get(f"{url}state/").status_code == 286


def test_a_design_is_one_row_of_my_designs_whatever_the_number_of_alloys(client, vera, run_tasks):
    upload(client)
    run_tasks()

    assert [row.title for row in my_designs(vera)] == ["my ring"]


def test_one_message_tells_every_price_when_all_alloys_are_settled(client, vera, run_tasks, mailoutbox):
    upload(client)
    run_tasks()

    [message] = mailoutbox
    assert [f"€{one.gross:,}" in message.body for one in Quote.objects.all()] == [True] * Quote.objects.count()


def test_a_design_that_a_jeweller_looks_at_is_told_when_he_has_decided(client, vera, run_tasks, mailoutbox):
    from pricing.services.quotes import settle_review

    whole = jewels.torus()
    upload(client, binary_stl(whole.part(whole.triangles().mean(axis=1)[:, 0] < 8).triangles()))
    run_tasks()
    assert mailoutbox == []

    settle_review(quote_id=lead().pk, volume_mm3="180", actor=None)
    run_tasks()

    assert set(Quote.objects.values_list("status", flat=True)) == {QuoteStatus.PRICED}
    assert len(mailoutbox) == 1


def test_every_choice_reaches_the_price_and_a_change_asks_again_for_the_same_file(client, vera, run_tasks):
    url = upload(client)
    run_tasks()
    plain = lead()
    changed = {"kind": "ring", "finish": "matte", "size": "18", "quantity": "3", "plating": "rhodium"}

    answer = client.post(f"{url}change/", changed | {"engraving": "Ever", "rush": "on", "unit": ""})
    run_tasks()

    quote = lead()
    assert answer.url == reverse("shop:quote", args=[quote.reference])
    assert (quote.design, quote.measurement) == (plain.design, plain.measurement)
    assert (quote.finish, quote.size, quote.quantity, quote.plating) == ("matte", "18", 3, "rhodium")
    assert (quote.engraving, quote.rush, quote.set_stones) == ("Ever", True, True)
    assert {"plating", "engraving", "rush"} <= set(quote.components.values_list("code", flat=True))
    plain.refresh_from_db()
    assert (plain.quantity, plain.status) == (1, QuoteStatus.PRICED)


def test_a_change_that_is_refused_is_shown_beside_its_field_and_asks_for_nothing(client, vera, run_tasks):
    url = upload(client)
    run_tasks()
    before = Quote.objects.count()

    page = client.post(f"{url}change/", {"kind": "ring", "finish": "polished", "quantity": "0", "engraving": "x" * 61})

    assert page.status_code == 400
    assert sorted(page.context["form"].errors) == ["engraving", "quantity"]
    assert Quote.objects.count() == before


def test_nobody_changes_somebody_elses_design(client, vera, run_tasks):
    url = upload(client)
    client.force_login(make_customer().user)

    answer = client.post(f"{url}change/", {"kind": "ring", "finish": "polished", "quantity": "2"})

    assert answer.status_code == 404
    assert QuoteRequest.objects.filter(is_lead=True).count() == 1


# --- advice, and who wants the piece all the same -----------------------------------------------------------------


def test_a_thin_piece_is_made_only_when_its_owner_says_so_and_that_is_kept(client, vera, run_tasks):
    url = upload(client, thin_ring())
    run_tasks()
    page = client.get(url)
    assert page.context["quote"].needs_consent
    assert len(page.context["quote"].thin) >= 1
    assert "in this metal we advise" in page.content.decode()

    client.post(f"{url}basket/")
    assert BasketLine.objects.count() == 0
    client.post(f"{url}basket/", {"consent": "yes"})

    asked = QuoteRequest.objects.get(quote=lead())
    assert asked.consented_at is not None
    assert BasketLine.objects.get().quote == lead()
    assert QuoteRequest.objects.filter(consented_at=None).count() == QuoteRequest.objects.count() - 1


def test_consent_is_asked_for_by_the_service_too_and_counts_once(client, vera, run_tasks):
    upload(client, thin_ring())
    run_tasks()
    with pytest.raises(ConsentMissing):
        add_quote_to_basket(customer=vera, reference=lead().reference)

    first = consent(customer=vera, reference=lead().reference).consented_at

    assert consent(customer=vera, reference=lead().reference).consented_at == first


def test_a_piece_without_advice_needs_no_consent(client, vera, run_tasks):
    url = upload(client)
    run_tasks()

    client.post(f"{url}basket/")

    assert BasketLine.objects.count() == 1


# --- what it costs, how large it is -------------------------------------------------------------------------------


def test_a_page_costs_the_same_queries_however_often_a_design_was_asked_for(
    vera, client, run_tasks, assert_flat_queries
):
    upload(client)
    run_tasks()
    reference = lead().reference

    def ask_more():
        for _ in range(3):
            ask_again(customer=vera, reference=reference)
        run_tasks()

    assert_flat_queries(lambda: quote_page(vera, reference), ask_more)


def test_the_drawing_is_to_scale():
    drawn = scale_of((21.0, 6.0, 23.25))

    assert (drawn.piece_width, drawn.piece_height) == (21.0, 23.25)
    assert 2 * drawn.coin_r == 23.25
    assert drawn.piece_y + drawn.piece_height == drawn.floor == drawn.coin_y + drawn.coin_r
    assert drawn.piece_x + drawn.piece_width < drawn.coin_x - drawn.coin_r < drawn.finger_x


def test_what_is_a_metre_long_is_not_drawn():
    assert scale_of((1000.0, 600.0, 20.0)) is None
