"""Sending events to partners: taken by one conditional write, signed, tried again by the clock, in order per order.

The row says when it is due (`next_at`); `external_orders.sender` looks. Delivery is at least once: every attempt
carries the same message id, and a receiver drops an order's sequence it has seen.
"""

import json
import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from config.kernel.errors import DomainError
from config.kernel.locking import lock_all, lock_one, take_all
from external_orders import outgoing
from external_orders.errors import CursorInvalid, EndpointDisabled, NotFound, NotReplayable, ReplayTooOld
from external_orders.models import Event, Partner, WebhookDelivery, WebhookEndpoint
from external_orders.querysets import MAX_ATTEMPTS, EventQuerySet, OwnedQuerySet, WebhookEndpointQuerySet
from external_orders.services.endpoints import disable_endpoint, lane_of, note_health
from external_orders.states import DeliveryStatus, DisabledReason

_S, _M, _H = 1, 60, 3600
# After the first attempt, the second, … : twelve attempts over about 71 hours, each pause ±20 % so that a receiver
# that comes back isn't met by everything at once.
RETRY_SECONDS = [
    5 * _S, 30 * _S, 2 * _M, 10 * _M, 30 * _M, 1 * _H, 3 * _H, 6 * _H, 12 * _H, 24 * _H, 24 * _H
]  # fmt: skip
# In test mode three attempts in an hour: whoever develops a receiver doesn't wait for days.
TEST_RETRY_SECONDS = [5 * _M, 55 * _M]
_JITTER = 0.2
_LONGEST_RETRY_AFTER = 24 * _H
_LEASE = timedelta(seconds=3 * outgoing.TOTAL_SECONDS)
_GONE = 410
_ASKS_FOR_PATIENCE = {429, 503}

REPLAYED_FOR = timedelta(days=30)
_RANGE_AT_ONCE = 1_000
# A delivery that is sent again has a full set of attempts before it.
_AFRESH: dict[str, Any] = {"status": DeliveryStatus.PENDING, "delivered_at": None, "attempts": 0, "lease_until": None}
_SWEEP_AT_MOST = 200
# What an answer changes of a delivery.
_ANSWERED = ["status", "delivered_at", "next_at", "lease_until", "last_status", "last_error", "duration_ms"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """The right to send a delivery once, as long as its lease runs and nobody took it over."""

    delivery_id: int
    number: int
    lease_until: datetime
    message_id: str
    event: Event
    endpoint: WebhookEndpoint

    @property
    def is_doubtful(self) -> bool:
        """Whether the last message to this endpoint failed, so that this one may take its whole ten seconds."""
        return self.endpoint.failures > 0


@transaction.atomic
def take_due(*, endpoint_ids: Collection[int], most: int, most_doubtful: int) -> list[Attempt]:
    """Take what is due at these endpoints, of each as much as its lane has room for; counted before it is sent.

    No more than `most` in all, and `most_doubtful` to endpoints that fail: what hangs never takes every place. Locks
    the endpoints that nobody else is at, so that a lane is exact and of several senders one takes a message.
    """
    now = timezone.now()
    endpoints = take_all(WebhookEndpoint.objects.open(at=now).filter(pk__in=endpoint_ids))
    random.shuffle(endpoints)  # each gets its turn, whatever waits for the others
    chosen = _choose(endpoints, _Places(most, most_doubtful), at=now)
    lease_until = now + _LEASE
    WebhookDelivery.objects.filter(pk__in=[one.pk for one, _ in chosen]).update(
        attempts=F("attempts") + 1, lease_until=lease_until
    )
    return [Attempt(one.pk, one.attempts + 1, lease_until, one.message_id, one.event, to) for one, to in chosen]


@dataclass(slots=True)
class _Places:
    """How many messages may still be taken: in all, and to endpoints that fail."""

    free: int
    doubtful: int

    def left_for(self, endpoint: WebhookEndpoint) -> int:
        return min(self.free, self.doubtful) if endpoint.failures else self.free

    def fill(self, endpoint: WebhookEndpoint, count: int) -> None:
        self.free -= count
        self.doubtful -= count if endpoint.failures else 0


def _choose(
    endpoints: Sequence[WebhookEndpoint], places: _Places, *, at: datetime
) -> list[tuple[WebhookDelivery, WebhookEndpoint]]:
    busy = list(WebhookDelivery.objects.in_flight(at=at).filter(endpoint__in=endpoints))
    share = max(1, places.free // max(1, len(endpoints)))
    chosen: list[tuple[WebhookDelivery, WebhookEndpoint]] = []
    for endpoint in endpoints:
        on_their_way = [one for one in busy if one.endpoint_id == endpoint.pk]
        room = min(lane_of(endpoint, at=at) - len(on_their_way), share, places.left_for(endpoint))
        if room > 0:
            found = _first_due(endpoint, on_their_way, at=at)[:room]
            chosen += [(one, endpoint) for one in found]
            places.fill(endpoint, len(found))
    return chosen


def _first_due(
    endpoint: WebhookEndpoint, on_their_way: Sequence[WebhookDelivery], *, at: datetime
) -> QuerySet[WebhookDelivery]:
    """What may be sent next. A message that is sent again may be earlier than one of its order that is on its way."""
    orders = [one.order_id for one in on_their_way if one.order_id]
    due = endpoint.deliveries.due(at=at).exclude(order__in=orders)
    return due.select_related("event").order_by("next_at", "pk")


def send(attempt: Attempt) -> outgoing.Answer:
    """Sign a message and send it; reads and writes no row, so that it may hang without holding one."""
    body = payload_of(attempt.event)
    headers = _signed(body, message_id=attempt.message_id, endpoint=attempt.endpoint)
    return outgoing.post(attempt.endpoint.url, body=body, headers=headers)


def payload_of(event: Event) -> str:
    """What a partner receives: thin, without prices and addresses, the same bytes at every attempt."""
    return json.dumps(told_of(event), separators=(",", ":"))


def told_of(event: Event) -> dict[str, object]:
    """An event as the feed and the webhooks tell it."""
    return {
        "id": event.public_id,
        "type": event.type,
        "timestamp": event.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "livemode": event.livemode,
        "data": event.data,
    }


def _signed(body: str, *, message_id: str, endpoint: WebhookEndpoint) -> dict[str, str]:
    """Headers after Standard Webhooks 1.0.0; while a secret is being rotated, both sign. The library takes UTC only."""
    now = datetime.now(tz=UTC)
    signatures = [Webhook(secret).sign(message_id, now, body) for secret in endpoint.signing_secrets(at=now)]
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


@transaction.atomic
def record_answers(answered: Iterable[tuple[Attempt, outgoing.Answer]]) -> list[WebhookDelivery]:
    """Write how attempts went: delivered, due again later, or failed for good; and what it says of the endpoints.

    Locks the endpoints, then the deliveries, as whoever disables an endpoint by hand does. An attempt that another one
    took over writes nothing. The deliveries that were written.
    """
    given = {attempt.delivery_id: (attempt, answer) for attempt, answer in answered}
    ids = {attempt.endpoint.pk for attempt, _ in given.values()}
    endpoints = {one.pk: one for one in lock_all(WebhookEndpoint.objects.filter(pk__in=ids))}
    pending = WebhookDelivery.objects.filter(pk__in=given.keys(), status=DeliveryStatus.PENDING)
    now = timezone.now()
    written = []
    for delivery in lock_all(pending):
        attempt, answer = given[delivery.pk]
        if (delivery.attempts, delivery.lease_until) == (attempt.number, attempt.lease_until):
            _settle(delivery, answer, _retries(attempt.endpoint), at=now)
            written.append(delivery)
    WebhookDelivery.objects.bulk_update(written, _ANSWERED)
    for delivery in written:
        _note(endpoints[delivery.endpoint_id], given[delivery.pk][1], at=now)
    return written


def _note(endpoint: WebhookEndpoint, answer: outgoing.Answer, *, at: datetime) -> None:
    note_health(endpoint, answer, at=at)
    if answer.status == _GONE and endpoint.is_active:
        disable_endpoint(endpoint, reason=DisabledReason.GONE)


def _retries(endpoint: WebhookEndpoint) -> list[int]:
    return RETRY_SECONDS if endpoint.livemode else TEST_RETRY_SECONDS


def _settle(delivery: WebhookDelivery, answer: outgoing.Answer, retries: list[int], *, at: datetime) -> None:
    delivery.lease_until = None
    delivery.last_status, delivery.last_error = answer.status, answer.error[:1000]
    delivery.duration_ms = answer.duration_ms
    if answer.is_success:
        delivery.status, delivery.delivered_at = DeliveryStatus.DELIVERED, at
    elif answer.status == _GONE or delivery.attempts > len(retries):
        delivery.status = DeliveryStatus.FAILED
    else:
        delivery.next_at = at + timedelta(seconds=_pause(retries[delivery.attempts - 1], answer))


def _pause(planned_s: int, answer: outgoing.Answer) -> float:
    spread = planned_s * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 (spreads load)
    if answer.status not in _ASKS_FOR_PATIENCE or answer.retry_after_s is None:
        return spread
    return max(spread, min(answer.retry_after_s, _LONGEST_RETRY_AFTER))


def replay_own_delivery(*, partner: Partner, livemode: bool, endpoint_id: str, message_id: str) -> WebhookDelivery:
    """A partner has one of his messages sent again. Refuses as `replay_delivery`, and with NotFound."""
    endpoints: OwnedQuerySet = WebhookEndpoint.objects.of_partner(partner, livemode=livemode).listed()
    own = WebhookDelivery.objects.filter(endpoint__in=endpoints.filter(public_id=endpoint_id), message_id=message_id)
    delivery_id = own.values_list("pk", flat=True).first()
    if delivery_id is None:
        raise NotFound
    return replay_delivery(delivery_id=delivery_id)


@transaction.atomic
def replay_delivery(*, delivery_id: int) -> WebhookDelivery:
    """Send a settled delivery again, with the same message id and a full set of attempts.

    Locks the delivery. Refuses with NotReplayable, EndpointDisabled, ReplayTooOld.
    """
    rows = WebhookDelivery.objects.filter(pk=delivery_id).select_related("endpoint", "event")
    delivery: WebhookDelivery = lock_one(rows)
    if delivery.status == DeliveryStatus.PENDING:
        raise NotReplayable
    if not delivery.endpoint.is_active:
        raise EndpointDisabled
    if delivery.event.at < timezone.now() - REPLAYED_FOR:
        raise ReplayTooOld
    for name, value in {**_AFRESH, "next_at": timezone.now()}.items():
        setattr(delivery, name, value)
    delivery.save()
    return delivery


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many messages go out again, and the event to go on after when the range has more."""

    count: int
    next_after: str | None


@transaction.atomic
def replay_range(
    *,
    partner: Partner,
    livemode: bool,
    endpoint_id: str,
    since: datetime,
    until: datetime | None = None,
    after: str = "",
    only_failed: bool = True,
) -> Replayed:
    """Send again what an endpoint was sent of the events of a while: what failed, or everything that is settled.

    Looks at the next thousand events and says where to go on, so that no call takes long. Locks the endpoint. Refuses
    with NotFound, EndpointDisabled, CursorInvalid (no such event of his), ReplayTooOld.
    """
    now = timezone.now()
    endpoints: WebhookEndpointQuerySet = WebhookEndpoint.objects.of_partner(partner, livemode=livemode).listed()
    endpoint = lock_one(_require_any(endpoints.filter(public_id=endpoint_id), NotFound))
    if not endpoint.is_active:
        raise EndpointDisabled
    if since < now - REPLAYED_FOR:
        raise ReplayTooOld
    events: EventQuerySet = Event.objects.of_partner(partner, livemode=livemode)
    last = _require_any(events.filter(public_id=after), CursorInvalid).get() if after else None
    found = list(events.by_time(since=since, until=until or now, after=last)[: _RANGE_AT_ONCE + 1])
    looked_at = found[:_RANGE_AT_ONCE]
    settled = [DeliveryStatus.FAILED] if only_failed else [DeliveryStatus.FAILED, DeliveryStatus.DELIVERED]
    sent = WebhookDelivery.objects.filter(endpoint=endpoint, event__in=looked_at, status__in=settled)
    return Replayed(
        sent.update(**_AFRESH, next_at=now), looked_at[-1].public_id if len(found) > len(looked_at) else None
    )


def _require_any(rows: Any, refusal: type[DomainError]) -> Any:
    if not rows.exists():
        raise refusal
    return rows


@transaction.atomic
def sweep_deliveries() -> None:
    """Fail what a dying sender used up; what is due is found by the sender itself."""
    exhausted = WebhookDelivery.objects.exhausted(at=timezone.now())
    used_up = list(exhausted.values_list("pk", flat=True)[:_SWEEP_AT_MOST])
    for delivery in lock_all(exhausted.filter(pk__in=used_up)):
        delivery.status, delivery.last_error = DeliveryStatus.FAILED, f"{MAX_ATTEMPTS} attempts"
        delivery.save(update_fields=["status", "last_error"])
