"""Where partners want to hear of their orders: registered by themselves, switched off when nobody answers."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.kernel.locking import lock_all, lock_one
from config.kernel.queue import enqueue
from external_orders.errors import EndpointDisabled, NotFound, TooManyEndpoints
from external_orders.models import Partner, WebhookDelivery, WebhookEndpoint
from external_orders.outgoing import Answer, require_callable
from external_orders.sealing import reseal, seal
from external_orders.services.events import record_event
from external_orders.states import DeliveryStatus, DisabledReason, EventType

MOST_ENDPOINTS = 5
LANE = 4
BREAKER_OPENS_AT = 10
_BREAKER_SECONDS = 60
_LONGEST_PAUSE_SECONDS = 3600
_WARNED_AT_DAYS = (1, 3)
_DISABLED_AT_DAYS = 5
_WATCHED_AT_MOST = 200


def create_endpoint(
    *, partner: Partner, livemode: bool, url: str, description: str = "", event_types: Sequence[str] = ()
) -> WebhookEndpoint:
    """Register an address; its secret is told with the answer.

    The address is resolved before the transaction. Locks the partner. Refuses with WebhookUrlRefused, TooManyEndpoints.
    """
    require_callable(url)
    with transaction.atomic():
        _require_room(partner, livemode=livemode)
        return WebhookEndpoint.objects.create(
            partner=partner,
            livemode=livemode,
            url=url,
            description=description,
            event_types=list(event_types),
            sealed_secret=seal(_new_secret()),
        )


def _require_room(partner: Partner, *, livemode: bool) -> None:
    lock_one(Partner.objects.filter(pk=partner.pk))
    if WebhookEndpoint.objects.of_partner(partner, livemode=livemode).active().count() >= MOST_ENDPOINTS:
        raise TooManyEndpoints(most=MOST_ENDPOINTS)


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _locked(partner: Partner, endpoint_id: str, *, livemode: bool) -> WebhookEndpoint:
    """A partner's endpoint, locked. Refuses with NotFound."""
    own = WebhookEndpoint.objects.of_partner(partner, livemode=livemode).listed().filter(public_id=endpoint_id)
    if not own.exists():
        raise NotFound
    return lock_one(own)


def change_endpoint(*, partner: Partner, livemode: bool, endpoint_id: str, **changes: Any) -> WebhookEndpoint:
    """Change an endpoint's address, description, types or whether it is active.

    Switched on again it starts afresh, whatever switched it off. Locks the partner, then the endpoint. Refuses with
    NotFound, WebhookUrlRefused, TooManyEndpoints.
    """
    if "url" in changes:
        require_callable(changes["url"])
    is_active = changes.pop("is_active", None)
    with transaction.atomic():
        lock_one(Partner.objects.filter(pk=partner.pk))
        endpoint = _locked(partner, endpoint_id, livemode=livemode)
        for name, value in changes.items():
            setattr(endpoint, name, value)
        endpoint.save(update_fields=[*changes])
        if is_active is not None and is_active != endpoint.is_active:
            _switch(endpoint, is_active=is_active)
        return endpoint


def _switch(endpoint: WebhookEndpoint, *, is_active: bool) -> None:
    if not is_active:
        disable_endpoint(endpoint, reason=DisabledReason.PAUSED)
        return
    _require_room(endpoint.partner, livemode=endpoint.livemode)
    endpoint.is_active, endpoint.disabled_reason = True, ""
    _forget_failures(endpoint)
    endpoint.save()


@transaction.atomic
def delete_endpoint(*, partner: Partner, livemode: bool, endpoint_id: str) -> None:
    """Stop sending to an address; what was sent there stays on the record.

    Locks the endpoint. Refuses with NotFound.
    """
    disable_endpoint(_locked(partner, endpoint_id, livemode=livemode), reason=DisabledReason.DELETED)


def disable_endpoint(endpoint: WebhookEndpoint, *, reason: DisabledReason) -> None:
    """Nothing more goes to a locked endpoint, and nothing waits for it in vain. What it wasn't asked for is told.

    Records an event, except when the partner did it.
    """
    endpoint.is_active = False
    endpoint.disabled_reason = reason
    endpoint.save(update_fields=["is_active", "disabled_reason"])
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, status=DeliveryStatus.PENDING)
    waiting.update(status=DeliveryStatus.FAILED, lease_until=None, last_error="endpoint disabled")
    if reason in {DisabledReason.GONE, DisabledReason.FAILING}:
        owner: dict[str, Any] = {"partner": endpoint.partner, "livemode": endpoint.livemode}
        record_event(**owner, kind=EventType.ENDPOINT_DISABLED, id=endpoint.public_id, reason=str(reason))


@transaction.atomic
def rotate_secret(*, partner: Partner, livemode: bool, endpoint_id: str, overlap_hours: int) -> WebhookEndpoint:
    """Give an endpoint a new secret; until the overlap ends, both sign. Locks the endpoint. Refuses with NotFound."""
    endpoint = _locked(partner, endpoint_id, livemode=livemode)
    endpoint.sealed_previous_secret = endpoint.sealed_secret
    endpoint.previous_secret_until = timezone.now() + timedelta(hours=overlap_hours)
    endpoint.sealed_secret = seal(_new_secret())
    endpoint.save(update_fields=["sealed_secret", "sealed_previous_secret", "previous_secret_until"])
    return endpoint


@transaction.atomic
def reseal_secrets() -> int:
    """Seal all secrets with the first key; how many endpoints there are. Locks the endpoints."""
    endpoints = lock_all(WebhookEndpoint.objects.all())
    for endpoint in endpoints:
        endpoint.sealed_secret = reseal(endpoint.sealed_secret)
        if endpoint.sealed_previous_secret:
            endpoint.sealed_previous_secret = reseal(endpoint.sealed_previous_secret)
        endpoint.save(update_fields=["sealed_secret", "sealed_previous_secret"])
    return len(endpoints)


@transaction.atomic
def ping_endpoint(*, partner: Partner, livemode: bool, endpoint_id: str) -> WebhookDelivery:
    """Send an endpoint a message that means nothing, as any other is sent.

    Locks the endpoint. Records an event. Refuses with NotFound, EndpointDisabled.
    """
    endpoint = _locked(partner, endpoint_id, livemode=livemode)
    if not endpoint.is_active:
        raise EndpointDisabled
    event = record_event(partner=partner, livemode=livemode, kind=EventType.PING, to=[endpoint], id=endpoint.public_id)
    return event.deliveries.get()


def lane_of(endpoint: WebhookEndpoint, *, at: datetime) -> int:
    """How many messages may be on their way to an endpoint: none while it is paused, one at a time while it fails."""
    if endpoint.paused_until and endpoint.paused_until > at:
        return 0
    return 1 if endpoint.failures else LANE


def note_health(endpoint: WebhookEndpoint, answer: Answer, *, at: datetime) -> None:
    """What an answer says about a locked endpoint; ten failures in a row pause it, for longer with each further one."""
    if answer.is_success and not endpoint.failures:
        return
    if answer.is_success:
        _forget_failures(endpoint)
    else:
        endpoint.failures += 1
        endpoint.failing_since = endpoint.failing_since or at
        endpoint.paused_until = _paused_until(endpoint.failures, at)
    endpoint.save(update_fields=["failures", "failing_since", "paused_until", "warned_days"])


def _forget_failures(endpoint: WebhookEndpoint) -> None:
    endpoint.failures, endpoint.warned_days = 0, 0
    endpoint.failing_since = endpoint.paused_until = None


def _paused_until(failures: int, at: datetime) -> datetime | None:
    if failures < BREAKER_OPENS_AT:
        return None
    doubled = _BREAKER_SECONDS * 2 ** min(failures - BREAKER_OPENS_AT, 10)
    return at + timedelta(seconds=min(doubled, _LONGEST_PAUSE_SECONDS))


def watch_endpoints() -> None:
    """Warn the owners of endpoints that have failed for a day and for three; after five the endpoint is disabled."""
    since = timezone.now() - timedelta(days=_WARNED_AT_DAYS[0])
    for endpoint_id in WebhookEndpoint.objects.failing(since=since).values_list("pk", flat=True)[:_WATCHED_AT_MOST]:
        _watch(endpoint_id)


@transaction.atomic
def _watch(endpoint_id: int) -> None:
    endpoint = lock_one(WebhookEndpoint.objects.filter(pk=endpoint_id))
    if not endpoint.is_active or endpoint.failing_since is None:
        return
    days = (timezone.now() - endpoint.failing_since).days
    if days >= _DISABLED_AT_DAYS:
        disable_endpoint(endpoint, reason=DisabledReason.FAILING)
        _mail(endpoint, days=_DISABLED_AT_DAYS)
        return
    warned = max((day for day in _WARNED_AT_DAYS if day <= days), default=0)
    if warned > endpoint.warned_days:
        endpoint.warned_days = warned
        endpoint.save(update_fields=["warned_days"])
        _mail(endpoint, days=warned)


def _mail(endpoint: WebhookEndpoint, *, days: int) -> None:
    enqueue("external_orders.tasks.warn_owner", endpoint_id=endpoint.pk, days=days)
