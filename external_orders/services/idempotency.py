"""A request with a key has its effect once: its answer is kept with the effect, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.kernel.locking import try_named_lock
from external_orders.errors import IdempotencyInProgress, IdempotencyKeyReused
from external_orders.models import IdempotencyRecord, Partner

_KEPT = timedelta(days=30)
_FORGET_AT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it goes over the wire."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    is_replay: bool = False


@transaction.atomic
def answer_once(
    *, partner: Partner, livemode: bool, key: str, fingerprint: str, answer: Callable[[], Answer]
) -> Answer:
    """Answer a request, or give the answer it got before; what `answer` does commits together with the record.

    Locks the key by name until the end of the transaction. When `answer` refuses, nothing is kept and the key is free
    again. Refuses with IdempotencyInProgress, IdempotencyKeyReused.
    """
    if not try_named_lock("idempotency", partner.pk, livemode, key):
        raise IdempotencyInProgress
    known = IdempotencyRecord.objects.of_partner(partner, livemode=livemode).filter(key=key).first()
    if known is None:
        return _keep(answer(), partner=partner, livemode=livemode, key=key, fingerprint=fingerprint)
    if known.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    return Answer(known.status, known.body, known.headers, is_replay=True)


def _keep(answer: Answer, **scope: object) -> Answer:
    IdempotencyRecord.objects.create(**scope, status=answer.status, headers=answer.headers, body=answer.body)
    return answer


def forget_old_answers() -> None:
    """After thirty days a key may be used anew; an order's reference still can't. Uses index idempotency_oldest."""
    old = IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - _KEPT).order_by("created_at")
    IdempotencyRecord.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:_FORGET_AT_MOST])).delete()
