"""The life of a quote: asked for, calculated by a worker, accepted by an order or expired."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.kernel.errors import IllegalTransition, ReasonMissing
from config.kernel.events import publish
from config.kernel.locking import lock_all, lock_one
from config.kernel.transitions import Actor, move, move_all, write_log
from pricing.engine.castability import SEVERITY, judge
from pricing.engine.errors import RateMissing
from pricing.engine.measurement import Measurement as Figures
from pricing.engine.money import Price
from pricing.engine.receipts import explain_receipt, price_of_receipt
from pricing.engine.version import ENGINE_VERSION
from pricing.errors import (
    BadEngraving,
    BadQuantity,
    BadVolume,
    QuoteExpired,
    QuoteNotPriced,
    QuoteUsed,
    UnitInDoubt,
    UnknownAlloy,
    UnknownFinish,
    UnknownPlating,
)
from pricing.models import Alloy, Choices, Design, Measurement, PriceList, Quote, QuoteComponent
from pricing.selectors.rates import (
    alloy_spec,
    current_metal_rows,
    current_price_list,
    engine_metal_prices,
    engine_price_list,
    metal_price_origins,
    piece_of,
)
from pricing.services.attempts import Attempt, give_up, line_up, lock_for
from pricing.states import BY_A_PERSON, MOST_ENGRAVED, Finish, Plating, QuoteStatus, Verdict

MOST_PIECES = 1000
MOST_MM3 = 1_000_000  # a litre
RATE_MISSING = "rate_missing"


@transaction.atomic
def request_quote(*, design: Design, alloy_code: str, actor: Actor = None, **choices: Any) -> Quote:
    """Ask for a price. A worker calculates it; this returns at once with a quote that is `requested`.

    `choices`: the fields of Choices. A design that was measured before goes to the short queue, so that it never waits
    behind a large model. Refuses with UnknownAlloy, UnknownFinish, BadQuantity, UnknownPlating, BadEngraving.
    """
    asked = Choices(**choices)
    quote = _requested(design, require_orderable(alloy_code=alloy_code, choices=asked), asked, actor)
    line_up(quote)
    return quote


@transaction.atomic
def request_quotes(*, design: Design, alloy_code: str, choices: Choices, actor: Actor = None) -> list[Quote]:
    """Ask for the price of the same piece in every alloy that is offered: measured once, priced in each.

    The first is in the alloy that is named. All have one turn, and one wake-up. Refuses like `request_quote`.
    """
    require_orderable(alloy_code=alloy_code, choices=choices)
    offered = sorted(Alloy.objects.filter(is_offered=True), key=lambda alloy: alloy.code != alloy_code)
    first, *others = (_requested(design, alloy, choices, actor) for alloy in offered)
    line_up(first, *others)
    return [first, *others]


def _requested(design: Design, alloy: Alloy, choices: Choices, actor: Actor) -> Quote:
    wanted = asdict(choices) | {"engraving": choices.engraving.strip()}
    quote = Quote.objects.create(design=design, alloy=alloy, **wanted)
    write_log(quote, QuoteStatus.REQUESTED, actor=actor)
    return quote


def require_orderable(*, alloy_code: str, choices: Choices) -> Alloy:
    """The alloy, when such a piece can be asked for.

    Refuses with UnknownAlloy, UnknownFinish, BadQuantity, UnknownPlating, BadEngraving.
    """
    alloy = Alloy.objects.filter(code=alloy_code, is_offered=True).first()
    if alloy is None:
        raise UnknownAlloy(alloy=alloy_code)
    if choices.finish not in Finish.values:
        raise UnknownFinish(finish=choices.finish)
    most = MOST_PIECES // choices.pieces_in_one
    if not 1 <= choices.quantity <= most:
        raise BadQuantity(most=most)
    _require_extras(choices.plating, choices.engraving.strip())
    return alloy


def _require_extras(plating: str, engraving: str) -> None:
    if plating and plating not in Plating.values:
        raise UnknownPlating(plating=plating)
    if len(engraving) > MOST_ENGRAVED or not engraving.isprintable():
        raise BadEngraving(most=MOST_ENGRAVED)


@transaction.atomic
def settle_quote(*, attempt: Attempt, measurement: Measurement) -> Quote | None:
    """Price a measured design, or refuse it for what the measurement says, or pass it to a person who looks.

    Publishes pricing.quote_settled. Takes milliseconds: measuring was done before. None when a later attempt took over.
    """
    quote = lock_for(attempt)
    if quote is None:
        return None
    if measurement.refusal_code:
        return _refuse(quote, measurement.refusal_code, measurement.refusal_params)
    verdict = judge(Figures.from_json(measurement.figures or {}).facts(), alloy_spec(quote.alloy).casting_limits())
    quote.verdict, quote.reasons, quote.measurement = verdict.code, verdict.to_json()["reasons"], measurement
    if verdict.code == Verdict.REFUSE:
        worst = verdict.reasons[0]
        return _refuse(quote, worst.code, worst.params)
    if verdict.code == Verdict.REVIEW:
        move(quote, QuoteStatus.IN_REVIEW, reason=verdict.reasons[0].code, **_judged(quote))
        publish("pricing.quote_settled", quote_id=quote.pk)
        return quote
    try:
        return _price(quote, measurement.figures or {})
    except RateMissing as missing:  # the company mends its price list and tries again; the next attempt would fail too
        return give_up(quote, RATE_MISSING, {"what": str(missing)})


def _judged(quote: Quote) -> dict[str, Any]:
    return {"verdict": quote.verdict, "reasons": quote.reasons, "measurement": quote.measurement}


def _price(quote: Quote, figures: dict[str, Any], *, actor: Actor = None, reason: str = "") -> Quote:
    """Price a locked quote from figures, and freeze all that went in. Publishes pricing.quote_settled."""
    price_list = current_price_list()
    receipt = _receipt(quote, figures, price_list)
    price, now = price_of_receipt(receipt), timezone.now()
    move(
        quote,
        QuoteStatus.PRICED,
        actor=actor,
        reason=reason,
        **amounts(price),
        **_judged(quote),
        cast_mass_g=explain_receipt(receipt).masses.cast_g,
        receipt=receipt,
        price_list=price_list,
        settled_at=now,
        valid_until=now + timedelta(hours=price_list.quote_valid_hours),
    )
    _write_components(quote, price)
    publish("pricing.quote_settled", quote_id=quote.pk)
    return quote


@transaction.atomic
def settle_review(*, quote_id: int, volume_mm3: str, actor: Actor) -> Quote:
    """A person says how much metal a piece has, and the quote is priced with that; so are its twins in other alloys.

    What the engine doubted is answered; its advice stays. Locks the quotes. Publishes pricing.quote_settled for each.
    Refuses with BadVolume, UnitInDoubt, IllegalTransition, RatesMissing.
    """
    volume = _volume(volume_mm3)
    decided = {"volume_mm3": volume, "volume_with_stones_mm3": volume}
    in_review = _in_review(quote_id, wanted=QuoteStatus.PRICED)
    if any(reason["code"] == UnitInDoubt.code for quote in in_review for reason in quote.reasons):
        raise UnitInDoubt  # area and height are priced too, and a person says the volume only
    for quote in in_review:
        quote.reasons = [reason for reason in quote.reasons if SEVERITY[reason["code"]] == Verdict.ADVICE]
        quote.verdict = Verdict.ADVICE if quote.reasons else Verdict.OK
        found = (quote.measurement.figures if quote.measurement else None) or {}
        _price(quote, found | decided, actor=actor, reason=f"{volume_mm3.strip()} mm³")
    return next(quote for quote in in_review if quote.pk == quote_id)


def _in_review(quote_id: int, *, wanted: str) -> list[Quote]:
    """A quote that waits for a person, and those that wait for the same answer: the same piece, in other alloys."""
    asked = Quote.objects.get(pk=quote_id)
    if asked.status != QuoteStatus.IN_REVIEW or asked.measurement_id is None:
        raise IllegalTransition(thing=str(asked), current=asked.status, wanted=wanted)
    twins = Quote.objects.filter(
        status=QuoteStatus.IN_REVIEW, measurement=asked.measurement_id, **asdict(asked.choices)
    )
    found = lock_all(twins.select_related("alloy", "measurement"))
    if quote_id not in {quote.pk for quote in found}:
        raise IllegalTransition(thing=str(asked), current=asked.status, wanted=wanted)
    return found


def _volume(text: str) -> float:
    try:
        volume = float(text.strip().replace(",", "."))
    except ValueError:
        raise BadVolume from None
    if not 0 < volume < MOST_MM3:
        raise BadVolume
    return volume


@transaction.atomic
def refuse_review(*, quote_id: int, reason: str, actor: Actor) -> Quote:
    """A person says that a piece can't be made, and why; the customer reads it. The same goes for its twins.

    Locks the quotes. Publishes pricing.quote_settled for each. Refuses with ReasonMissing, IllegalTransition.
    """
    if not reason.strip():
        raise ReasonMissing
    in_review = _in_review(quote_id, wanted=QuoteStatus.NOT_MANUFACTURABLE)
    for quote in in_review:
        _refuse(quote, BY_A_PERSON, {"reason": reason.strip()}, actor=actor)
    return next(quote for quote in in_review if quote.pk == quote_id)


def _receipt(quote: Quote, figures: dict[str, Any], price_list: PriceList) -> dict[str, Any]:
    """Everything that the price is calculated from, frozen, and where the metal prices came from."""
    metals = current_metal_rows(price_list.currency)
    return {
        "engine_version": ENGINE_VERSION,
        "measurement": figures,
        "piece": piece_of(quote).to_json(),
        "price_list": engine_price_list(price_list).to_json(),
        "metal_prices": engine_metal_prices(price_list.currency, metals).to_json(),
        "metal_prices_from": metal_price_origins(metals),
    }


def amounts(price: Price) -> dict[str, Any]:
    """A price as the columns of a quote."""
    return {
        "mass_g": price.mass_g,
        "currency": price.currency,
        "net": price.net,
        "tax": price.tax,
        "gross": price.gross,
    }


def _write_components(quote: Quote, price: Price) -> None:
    QuoteComponent.objects.bulk_create(
        QuoteComponent(quote=quote, rank=rank, code=component.code, amount=component.amount)
        for rank, component in enumerate(price.components)
    )


def _refuse(quote: Quote, code: str, params: Mapping[str, Any], *, actor: Actor = None) -> Quote:
    move(
        quote,
        QuoteStatus.NOT_MANUFACTURABLE,
        actor=actor,
        reason=code,
        refusal_code=code,
        refusal_params=dict(params),
        settled_at=timezone.now(),
        **_judged(quote),
    )
    publish("pricing.quote_settled", quote_id=quote.pk)
    return quote


def accept_quote(*, quote_id: int, actor: Actor) -> Quote:
    """Bind a quote to the order that is being written, as `accept_quotes` does."""
    [quote] = accept_quotes(quote_ids=[quote_id], actor=actor)
    return quote


@transaction.atomic
def accept_quotes(*, quote_ids: Collection[int], actor: Actor) -> list[Quote]:
    """Bind quotes to the order that is being written; the caller's transaction writes the order.

    Locks the quotes, by primary key. Refuses with QuoteUsed, QuoteExpired, QuoteNotPriced.
    """
    quotes = lock_all(Quote.objects.filter(pk__in=quote_ids).select_related("alloy"))
    for quote in quotes:
        _require_acceptable(quote)
    move_all(quotes, QuoteStatus.ACCEPTED, actor=actor)
    return quotes


def _require_acceptable(quote: Quote) -> None:
    if quote.status == QuoteStatus.ACCEPTED:
        raise QuoteUsed
    if quote.status == QuoteStatus.EXPIRED or (quote.valid_until and quote.valid_until <= timezone.now()):
        raise QuoteExpired
    if quote.status != QuoteStatus.PRICED:
        raise QuoteNotPriced


@transaction.atomic
def reissue_quote(*, quote_id: int, actor: Actor = None) -> Quote:
    """A quote of one's own with the price of a catalogue variant's quote: rows are copied, nothing is calculated.

    Refuses with QuoteNotPriced, QuoteExpired.
    """
    original = Quote.objects.select_related("design", "alloy").get(pk=quote_id)
    if original.status != QuoteStatus.PRICED:
        raise QuoteNotPriced
    if original.valid_until is None or original.valid_until <= timezone.now():
        raise QuoteExpired
    columns = ["design", "unit", "kind", "alloy", "finish", "size", "quantity", "pieces_in_one", "status"]
    columns += ["price_list", "measurement", "verdict", "reasons", "plating", "engraving", "rush"]
    columns += [
        "set_stones",
        "stones_are_metal",
        "cast_mass_g",
        "mass_g",
        "currency",
        "net",
        "tax",
        "gross",
        "receipt",
        "settled_at",
        "valid_until",
    ]
    copy = Quote.objects.create(**{name: getattr(original, name) for name in columns})
    QuoteComponent.objects.bulk_create(
        QuoteComponent(quote=copy, rank=one.rank, code=one.code, amount=one.amount) for one in original.components.all()
    )
    write_log(copy, QuoteStatus.PRICED, actor=actor, reason=f"price of {original.reference}")
    return copy


@transaction.atomic
def retry_quote(*, quote_id: int, actor: Actor) -> Quote:
    """A person has a failed quote tried again. Locks the quote. Refuses with IllegalTransition."""
    quote = lock_one(Quote.objects.filter(pk=quote_id))
    fresh: dict[str, Any] = {
        "attempts": 0,
        "lease_until": None,
        "settled_at": None,
        "verdict": "",
        "reasons": [],
        "refusal_code": "",
        "refusal_params": {},
    }
    move(quote, QuoteStatus.REQUESTED, actor=actor, **fresh)
    line_up(quote)
    return quote


def replay_quote(*, quote: Quote) -> Price:
    """Calculate a priced quote again from its receipt alone. Refuses with QuoteNotPriced."""
    if quote.receipt is None:
        raise QuoteNotPriced
    return price_of_receipt(quote.receipt)
