"""Approval: by the rules within seconds of the order, by a seller for the exceptions."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop

from config.kernel.errors import DomainError, IllegalTransition, ReasonMissing
from config.kernel.locking import lock_one
from config.kernel.queue import enqueue
from config.kernel.transitions import person
from crm.errors import LineChangeOpen, NotUnderReview
from crm.models import LineChange, Review
from crm.rules import NOT_PAID, WORKSHOP, Reason, Rule, evaluate, stops
from crm.selectors.facts import current_rule_set, facts_of, rules_of
from crm.services import production
from crm.states import Verdict
from mes.errors import AlreadyCast
from shop.models import Order
from shop.services.corrections import write_down
from shop.services.orders import BY_THE_CUSTOMER, answer_message, move_order
from shop.states import CANCELLABLE, OrderStatus, PaymentStatus

TOO_LATE = gettext_noop(
    "You asked us to cancel this order. Its metal is cast already, so it can't be cancelled any more."
)

_LOST = timedelta(minutes=2)
UNDECIDED: set[str] = {OrderStatus.PLACED, OrderStatus.EXCEPTION}
IN_WORK: set[str] = {OrderStatus.APPROVED, OrderStatus.IN_PRODUCTION}
_CAN_BE_HELD = UNDECIDED | IN_WORK


@transaction.atomic
def review_order(*, order_id: int) -> Review | None:
    """Apply the rules to a placed order: approve it and send it to production, or make it an exception.

    One transaction per order. Safe to run twice: an order that was decided stays as it is (None). Locks the order.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status != OrderStatus.PLACED:
        return None
    return _by_rules(order)


@transaction.atomic
def review_again(*, order_id: int) -> Review | None:
    """An order was paid: one that waited for the payment alone is reviewed again, by the rules in force now.

    One that waits for something else too, or that a person holds or asks about, only loses that reason. Safe to run
    twice, and for an order that nobody stopped (None). Locks the order.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    review = Review.objects.filter(order=order).first()
    if order.status != OrderStatus.EXCEPTION or order.payment_status != PaymentStatus.PAID or review is None:
        return None
    others = [reason for reason in review.reasons if reason["code"] != NOT_PAID]
    if others == review.reasons:
        return None
    if not others and review.verdict == Verdict.STOPPED:
        return _by_rules(order)
    review.reasons = others
    review.save(update_fields=["reasons"])
    return review


def _by_rules(order: Order, *, actor: User | None = None, reason: str = "rules") -> Review:
    """Approve a locked, undecided order or make it an exception, as the rules say."""
    review = _look(order)
    if not review.reasons:
        _approve_or_stop(order, review, actor=actor, reason=reason)
    elif order.status == OrderStatus.PLACED:
        _make_exception(order, review)
    return review


def _make_exception(order: Order, review: Review) -> None:
    codes = ", ".join(one["code"] for one in review.reasons)
    move_order(order_id=order.pk, to=OrderStatus.EXCEPTION, reason=codes)


def _look(order: Order) -> Review:
    """Apply the rules in force to a locked order and store what they saw and found."""
    rule_set = current_rule_set()
    rules, facts = rules_of(rule_set), facts_of(order)
    found = evaluate(rules, facts)
    reasons = stops(found)
    seen = {
        "verdict": Verdict.STOPPED if reasons else Verdict.APPROVED,
        "reasons": [asdict(reason) for reason in reasons],
        "warnings": [asdict(reason) for reason in found if reason not in reasons],
        "rule_set": rule_set,
        "rules": [_stored(rule) for rule in rules],
        "facts": facts.to_json(),
    }
    return Review.objects.update_or_create(order=order, defaults=seen)[0]


def _stored(rule: Rule) -> dict[str, Any]:
    limit = None if rule.limit is None else str(rule.limit)
    return {**asdict(rule), "limit": limit, "listed": sorted(rule.listed)}


def _approve_or_stop(order: Order, review: Review, *, actor: User | None, reason: str) -> None:
    """What the workshop refuses is an exception for a person, not a task that fails for ever."""
    try:
        with transaction.atomic():
            _approve(order.pk, reason=reason, actor=actor)
    except DomainError as refusal:
        review.verdict = Verdict.STOPPED
        review.reasons = [asdict(Reason(refusal.code, WORKSHOP, str(refusal)))]
        review.save(update_fields=["verdict", "reasons"])
        if order.status == OrderStatus.PLACED:
            _make_exception(order, review)


def _approve(order_id: int, *, reason: str, actor: User | None = None) -> Order:
    order = move_order(order_id=order_id, to=OrderStatus.APPROVED, actor=actor, reason=reason)
    production.send_to_production(order=order, actor=actor)
    return order


@transaction.atomic
def approve_order(*, order_id: int, reason: str, actor: User) -> Order:
    """A seller sends an exception to production.

    Locks the order. Refuses with ReasonMissing, NotUnderReview, LineChangeOpen.
    """
    order = lock_undecided(order_id, reason)
    _require_no_change(order)
    decide(order, Verdict.APPROVED_BY_HAND, reason, actor)
    return _approve(order.pk, reason=reason, actor=actor)


@transaction.atomic
def apply_rules_again(*, order_id: int, reason: str, actor: User) -> Review:
    """A seller mended what stopped an order: the rules in force look again, and let it go on or say what is left.

    Locks the order. Refuses with ReasonMissing, NotUnderReview, LineChangeOpen.
    """
    order = lock_undecided(order_id, reason)
    _require_no_change(order)
    write_down(order_id=order.pk, what=f"rules applied again: {reason}", actor=actor)
    return _by_rules(order, actor=actor, reason=reason)


def look_again(*, order: Order, note: str, actor: User) -> Review:
    """Say anew what the rules find of a locked, undecided order that a person corrected; it still waits for him."""
    is_asked = Review.objects.filter(order=order, verdict=Verdict.ASKED).exists()
    review = _look(order)
    if is_asked or not review.reasons:
        decide(order, Verdict.ASKED if is_asked else Verdict.HELD, note, actor)
    return review


def _require_no_change(order: Order) -> None:
    if LineChange.objects.open().filter(line__order=order).exists():
        raise LineChangeOpen


@transaction.atomic
def reject_order(*, order_id: int, reason: str, actor: User) -> Order:
    """A seller turns an order down, or cancels one whose metal isn't cast yet. Locks the order.

    Refuses with ReasonMissing, IllegalTransition, mes' AlreadyCast.
    """
    if not reason.strip():
        raise ReasonMissing
    order = lock_one(Order.objects.filter(pk=order_id))
    decide(order, Verdict.REJECTED, reason, actor)
    order = move_order(order_id=order.pk, to=OrderStatus.CANCELLED, actor=actor, reason=reason)
    production.cancel_production(order=order, reason=reason, actor=actor)
    return order


def cancel_for_customer(*, order_id: int) -> None:
    """A customer asked to cancel an order in work: cancelled if no metal is cast, else he is told why not.

    A second time changes nothing. Locks the order.
    """
    if not Order.objects.filter(pk=order_id, status__in=CANCELLABLE).exists():
        return
    try:
        _cancel(order_id)
    except (AlreadyCast, IllegalTransition):
        with translation.override(Order.objects.values_list("customer__language", flat=True).get(pk=order_id)):
            answer_message(order_id=order_id, text=gettext(TOO_LATE))


@transaction.atomic
def _cancel(order_id: int) -> None:
    order = move_order(order_id=order_id, to=OrderStatus.CANCELLED, reason=BY_THE_CUSTOMER)
    production.cancel_production(order=order, reason=BY_THE_CUSTOMER, actor=None)


@transaction.atomic
def hold_order(*, order_id: int, reason: str, actor: User) -> Order:
    """A seller stops an order: an undecided one waits for him, one in production rests on its bench.

    Locks the order. Refuses with ReasonMissing, IllegalTransition (it is packed, shipped or cancelled).
    """
    if not reason.strip():
        raise ReasonMissing
    order = lock_one(Order.objects.filter(pk=order_id))
    require(order, _CAN_BE_HELD, wanted="on hold")
    if order.status == OrderStatus.PLACED:
        order = move_order(order_id=order.pk, to=OrderStatus.EXCEPTION, actor=actor, reason=reason)
    else:
        write_down(order_id=order.pk, what=f"hold: {reason}", actor=actor)
        production.hold_production(order=order, reason=reason, actor=actor)
    decide(order, Verdict.HELD, reason, actor)
    return order


@transaction.atomic
def resume_order(*, order_id: int, reason: str, actor: User) -> Order:
    """A seller lets a held order in production go on.

    Locks the order. Refuses with ReasonMissing, IllegalTransition.
    """
    if not reason.strip():
        raise ReasonMissing
    order = lock_one(Order.objects.filter(pk=order_id))
    require(order, IN_WORK, wanted="resumed")
    write_down(order_id=order.pk, what=f"resume: {reason}", actor=actor)
    production.resume_production(order=order, reason=reason, actor=actor)
    return order


def require(order: Order, statuses: set[str], *, wanted: str) -> None:
    if order.status not in statuses:
        raise IllegalTransition(thing=str(order), current=order.status, wanted=wanted)


def lock_undecided(order_id: int, reason: str) -> Order:
    if not reason.strip():
        raise ReasonMissing
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status not in UNDECIDED:
        raise NotUnderReview
    return order


def decide(order: Order, verdict: str, reason: str, actor: User) -> None:
    decision = {"verdict": verdict, "note": reason[:500], "decided_by": person(actor), "decided_at": timezone.now()}
    Review.objects.update_or_create(order=order, defaults=decision)


@transaction.atomic
def sweep_orders() -> None:
    """Hint again what the queue lost: orders nobody reviewed, and work that no order has heard of."""
    since = timezone.now() - _LOST
    lost = Order.objects.filter(status=OrderStatus.PLACED, placed_at__lt=since).oldest_first()
    for order_id in lost.values_list("pk", flat=True)[:200]:
        enqueue("crm.tasks.review_order", order_id=order_id)
    for work_order_id in production.lagging_work_orders():
        enqueue("crm.tasks.record_production", work_order_id=work_order_id)
