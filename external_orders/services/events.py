"""What partners are told: written with what happened, numbered for the feed after it was committed."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from config.kernel.locking import wait_for_named_lock
from external_orders.models import Event, ExternalOrder, Partner, WebhookDelivery, WebhookEndpoint
from external_orders.states import EventType

_NUMBERED_AT_ONCE = 500


def record_order_event(order: ExternalOrder, kind: EventType, **told: Any) -> None:
    """Write an event of an order at its present sequence, and have it sent to those who want to hear of it."""
    record_order_events(order, kind, [told])


def record_order_events(order: ExternalOrder, kind: EventType, tellings: Sequence[dict[str, Any]]) -> None:
    """Write the last events of an order, up to its present sequence, in as many statements as one."""
    about = {"id": order.public_id, "reference": order.reference}
    first = order.sequence - len(tellings) + 1
    events = [
        Event(
            partner_id=order.partner_id,
            livemode=order.livemode,
            type=kind,
            order=order,
            sequence=sequence,
            data={**about, **told, "sequence": sequence},
        )
        for sequence, told in enumerate(tellings, start=first)
    ]
    Event.objects.bulk_create(events)
    _send(events, listeners(events[0]))


def record_event(
    *, partner: Partner, livemode: bool, kind: EventType, to: Iterable[WebhookEndpoint] | None = None, **told: Any
) -> Event:
    """Write an event of something else than an order; `to` names its only listeners."""
    event = Event.objects.create(partner=partner, livemode=livemode, type=kind, data=told)
    _send([event], listeners(event) if to is None else to)
    return event


def listeners(event: Event) -> list[WebhookEndpoint]:
    """The active endpoints of the event's partner that want its type: at most a handful."""
    active = WebhookEndpoint.objects.of_partner(event.partner_id, livemode=event.livemode).active()
    return [one for one in active if not one.event_types or event.type in one.event_types]


def _send(events: Sequence[Event], to: Iterable[WebhookEndpoint]) -> None:
    """The sender finds them by themselves once they are committed."""
    deliveries = [
        WebhookDelivery(event=event, endpoint=one, order_id=event.order_id, sequence=event.sequence)
        for one in to
        for event in events
    ]
    if deliveries:
        WebhookDelivery.objects.bulk_create(deliveries)


def number_events() -> None:
    """Give committed events their numbers in the feed, until none is left."""
    if not Event.objects.unnumbered().exists():  # asked several times a second: no transaction for nothing
        return
    while _number_some() == _NUMBERED_AT_ONCE:
        pass


@transaction.atomic
def _number_some() -> int:
    """One relay at a time, so that whoever reads a number has been able to read all before it."""
    wait_for_named_lock("external_orders", "feed")
    events = list(Event.objects.unnumbered()[:_NUMBERED_AT_ONCE])
    if events:
        last = Event.objects.aggregate(last=Max("feed_number"))["last"] or 0
        for number, event in enumerate(events, start=last + 1):
            event.feed_number = number
        Event.objects.bulk_update(events, ["feed_number"])
    return len(events)
