"""A customer's own designs: how far each is, what was found, what it costs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.kernel.languages import local
from mes.selectors import Promise
from pricing.models import Choices, Quote
from pricing.selectors import Progress, metal_price_at, quote_progress, saying, sayings, thin_places
from pricing.states import UNSETTLED, QuoteStatus, Verdict
from shop.models import BasketLine, Customer, OrderLine, QuoteRequest
from shop.selectors.pages import PriceTag, picture_name, price_json, price_tag, promise_to
from shop.selectors.scale import Scale, scale_of
from shop.words import CUTS, REPAIRS

DESIGNS_SHOWN = 50

_STEPS = {
    "queued": _("In line"),
    "reading": _("Reading the file"),
    "measuring": _("Measuring"),
    "walls": _("Checking the walls"),
    "drawing": _("Drawing the picture"),
    "pricing": _("Pricing"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way to a price: done, now or later."""

    name: str
    state: str


_ABOUT_SIZE = {"unit_in_doubt", "size_unlikely", "too_big_for_flask"}  # the unit may be another than was taken
_THIN_SHOWN = 12


@dataclass(frozen=True, slots=True)
class AlloyOffer:
    """The same piece in one alloy: its price, or in words why there is none (yet)."""

    reference: str
    alloy: str
    fineness: int
    colour: str
    state: str
    mass_g: Decimal | None
    gross: Decimal | None
    currency: str
    verdict: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ThinSpot:
    """A place where the metal is thin, numbered as in the 3D view: where it is, in mm, and how thick."""

    number: int
    at_mm: tuple[float, float, float]
    wall_mm: float


@dataclass(frozen=True, slots=True)
class QuotePage:
    """A quote while it is calculated and after, beside the same piece in the other alloys.

    `state` is its status, or "expired" as soon as its time is over; the page waits until no alloy is being priced.
    `needs_consent`: there is advice against it, and its owner hasn't said yet that he wants it all the same.
    """

    reference: str
    title: str
    state: str
    is_settled: bool
    progress: Progress | None
    steps: tuple[Step, ...]
    choices: Choices
    kind: str
    alloy: str
    colour: str
    finish: str
    size: str
    quantity: int
    plating: str
    engraving: str
    rush: bool
    set_stones: bool
    picture: str
    model_url: str
    scale: Scale | None
    box_mm: tuple[float, ...]
    mass_g: Decimal | None
    price: PriceTag | None
    piece_gross: Decimal | None
    metal_price_at: datetime | None
    valid_until: datetime | None
    promise: Promise | None
    refusal: str
    advice: tuple[str, ...]
    thin: tuple[ThinSpot, ...]
    repairs: tuple[str, ...]
    stones: tuple[str, ...]
    stones_are_metal: bool
    asks_unit: bool
    unit_in_doubt: bool
    needs_consent: bool
    consented_at: datetime | None
    is_in_basket: bool
    order_reference: str
    offers: tuple[AlloyOffer, ...]

    @property
    def price_elsewhere(self) -> bool:
        """Whether another alloy has a price."""
        return any(offer.gross for offer in self.offers)


def quote_page(customer: Customer | None, reference: str) -> QuotePage | None:
    """A customer's own quote; None when he asked for no such one."""
    if customer is None:
        return None
    asked = (
        QuoteRequest.objects.filter(customer=customer, quote__reference=reference)
        .select_related("quote__alloy", "quote__measurement")
        .prefetch_related("quote__components")
        .annotate(
            order_reference=Subquery(OrderLine.objects.filter(quote=OuterRef("quote")).values("order__reference")[:1]),
            basket_line=Subquery(BasketLine.objects.filter(quote=OuterRef("quote")).values("pk")[:1]),
        )
        .first()
    )
    return _quote_page(asked) if asked else None


def _quote_page(asked: Any) -> QuotePage:
    quote: Quote = asked.quote
    state, price = state_of(quote), price_tag(price_json(quote))
    offers = _offers(asked)
    progress = quote_progress(quote) if quote.status in UNSETTLED else None
    found = quote.measurement
    figures = (found.figures if found else None) or {}
    return QuotePage(
        reference=quote.reference,
        title=asked.title,
        state=state,
        is_settled=not any(offer.state in UNSETTLED for offer in offers),
        progress=progress,
        steps=_steps(progress.stage) if progress else (),
        choices=quote.choices,
        kind=quote.get_kind_display(),
        alloy=local(quote.alloy, "name"),
        colour=quote.alloy.colour,
        finish=quote.get_finish_display(),
        size=quote.size,
        quantity=quote.quantity,
        plating=quote.get_plating_display() if quote.plating else "",
        engraving=quote.engraving,
        rush=quote.rush,
        set_stones=quote.set_stones,
        picture=picture_name(found.preview.name) if found else "",
        model_url=found.web_model_url if found else "",
        scale=scale_of(figures["box_mm"]) if figures else None,
        box_mm=tuple(figures.get("box_mm", ())),
        mass_g=quote.mass_g,
        price=price,
        piece_gross=price.gross / quote.quantity if price else None,
        metal_price_at=metal_price_at(quote),
        valid_until=quote.valid_until,
        promise=promise_to([quote]) if state == QuoteStatus.PRICED else None,
        refusal=saying(quote.refusal_code, quote.refusal_params) if quote.refusal_code else "",
        advice=sayings(quote.reasons) if state != QuoteStatus.NOT_MANUFACTURABLE else sayings(quote.reasons[1:]),
        thin=tuple(
            ThinSpot(number, (place.x, place.y, place.z), place.wall_mm)
            for number, place in enumerate(thin_places(quote, most=_THIN_SHOWN), start=1)
        ),
        repairs=tuple(str(REPAIRS[one["code"]]) for one in figures.get("repairs", ()) if one["code"] in REPAIRS),
        stones=_stones(figures.get("stones", ())),
        stones_are_metal=quote.stones_are_metal,
        asks_unit=any(reason["code"] in _ABOUT_SIZE for reason in quote.reasons),
        unit_in_doubt=any(reason["code"] == "unit_in_doubt" for reason in quote.reasons),
        needs_consent=quote.verdict == Verdict.ADVICE and asked.consented_at is None,
        consented_at=asked.consented_at,
        is_in_basket=asked.basket_line is not None,
        order_reference=asked.order_reference or "",
        offers=offers,
    )


def _offers(asked: Any) -> tuple[AlloyOffer, ...]:
    """The quotes that were asked for together, in the company's order of alloys. Uses index quote_request_batch."""
    together = QuoteRequest.objects.filter(batch=asked.batch).select_related("quote__alloy")
    return tuple(_offer(one.quote, asked.quote_id) for one in together.order_by("quote__alloy__rank", "pk"))


def _offer(quote: Quote, chosen_id: int) -> AlloyOffer:
    said = saying(quote.refusal_code, quote.refusal_params) if quote.refusal_code else ""
    return AlloyOffer(
        reference=quote.reference,
        alloy=local(quote.alloy, "name"),
        fineness=quote.alloy.fineness,
        colour=quote.alloy.colour,
        state=state_of(quote),
        mass_g=quote.mass_g,
        gross=quote.gross,
        currency=quote.currency,
        verdict=quote.verdict,
        words=said or next(iter(sayings(quote.reasons[:1])), ""),
        is_chosen=quote.pk == chosen_id,
    )


def _stones(found: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The stones of a design by cut and size, equal ones counted: "12 × round 1.5 mm"."""
    alike = Counter((str(stone["cut"]), round(float(stone["length_mm"]), 1)) for stone in found)
    return tuple(f"{count} × {CUTS.get(cut, cut)} {length} mm" for (cut, length), count in alike.most_common())


def state_of(quote: Quote) -> str:
    """The status; a priced quote is over at its moment, though the sweep that says so comes a little later."""
    is_over = quote.valid_until is not None and quote.valid_until <= timezone.now()
    return QuoteStatus.EXPIRED if quote.status == QuoteStatus.PRICED and is_over else quote.status


def _steps(stage: str) -> tuple[Step, ...]:
    """Every step to a price, with where it stands when this stage is the present one."""
    now = list(_STEPS).index(stage)
    states = ["done"] * now + ["now"] + ["later"] * (len(_STEPS) - now - 1)
    return tuple(Step(str(name), state) for name, state in zip(_STEPS.values(), states, strict=True))


@dataclass(frozen=True, slots=True)
class AskedQuote:
    reference: str
    title: str
    state: str
    picture: str
    alloy: str
    gross: Decimal | None
    currency: str


def my_designs(customer: Customer | None) -> list[AskedQuote]:
    """What a customer asked the price of, newest first: a row for all alloys. Uses index quote_request_leads."""
    if customer is None:
        return []
    asked = QuoteRequest.objects.filter(customer=customer, is_lead=True).order_by("-pk")[:DESIGNS_SHOWN]
    return [
        AskedQuote(
            reference=one.quote.reference,
            title=one.title,
            state=state_of(one.quote),
            picture=picture_name(one.quote.measurement.preview.name) if one.quote.measurement else "",
            alloy=local(one.quote.alloy, "name"),
            gross=one.quote.gross,
            currency=one.quote.currency,
        )
        for one in asked.select_related("quote__alloy", "quote__measurement")
    ]
