"""The life of an external order and of a webhook's delivery, and the closed lists around them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ExternalOrderStatus(TextChoices):
    RECEIVED = "received", _("received")
    PRICING = "pricing", _("being priced")
    QUOTED = "quoted", _("quoted")
    CONFIRMED = "confirmed", _("confirmed")
    IN_PRODUCTION = "in_production", _("in production")
    READY = "ready", _("ready")
    SHIPPED = "shipped", _("shipped")
    DELIVERED = "delivered", _("delivered")
    REJECTED = "rejected", _("rejected")
    EXPIRED = "expired", _("expired")
    CANCELLED = "cancelled", _("cancelled")


# An order over a live quote goes from `received` straight to `confirmed`; `pricing` and `quoted` are the way of an
# order that came without one.
TRANSITIONS: dict[str, set[str]] = {
    ExternalOrderStatus.RECEIVED: {
        ExternalOrderStatus.PRICING,
        ExternalOrderStatus.CONFIRMED,
        ExternalOrderStatus.REJECTED,
        ExternalOrderStatus.CANCELLED,
    },
    ExternalOrderStatus.PRICING: {
        ExternalOrderStatus.QUOTED,
        ExternalOrderStatus.REJECTED,
        ExternalOrderStatus.CANCELLED,
    },
    ExternalOrderStatus.QUOTED: {
        ExternalOrderStatus.CONFIRMED,
        ExternalOrderStatus.EXPIRED,
        ExternalOrderStatus.CANCELLED,
    },
    ExternalOrderStatus.CONFIRMED: {ExternalOrderStatus.IN_PRODUCTION, ExternalOrderStatus.CANCELLED},
    ExternalOrderStatus.IN_PRODUCTION: {ExternalOrderStatus.READY, ExternalOrderStatus.CANCELLED},
    ExternalOrderStatus.READY: {ExternalOrderStatus.SHIPPED},
    ExternalOrderStatus.SHIPPED: {ExternalOrderStatus.DELIVERED},
    ExternalOrderStatus.DELIVERED: set(),
    ExternalOrderStatus.REJECTED: set(),
    ExternalOrderStatus.EXPIRED: set(),
    ExternalOrderStatus.CANCELLED: set(),
}


class StatusDetail(TextChoices):
    """What an order waits for besides its status; the work on it rests meanwhile. New ones may come."""

    WAITS_FOR_ANSWER = "waits_for_answer", _("waits for the partner's answer")
    ANSWERED = "answered", _("the partner answered")
    CANCEL_REQUESTED = "cancel_requested", _("the partner wants to cancel")


class InquiryKind(TextChoices):
    QUESTION = "question", _("question to the partner")
    CANCELLATION = "cancellation", _("wish to cancel")


class InquiryOutcome(TextChoices):
    RESUMED = "resumed", _("went on")
    ACCEPTED = "accepted", _("cancelled")
    REFUSED = "refused", _("not cancelled")
    OVERTAKEN = "overtaken", _("overtaken")


class DeliveryStatus(TextChoices):
    PENDING = "pending", _("pending")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")


class DisabledReason(TextChoices):
    GONE = "gone", _("the receiver answered 410 Gone")
    FAILING = "failing", _("five days without a success")
    PAUSED = "paused", _("switched off by the partner")
    DELETED = "deleted", _("deleted by the partner")


class EventType(TextChoices):
    """What a partner can be told of. New types may come; none is renamed."""

    ORDER_STATUS_CHANGED = "order.status_changed", _("an order's status changed")
    ORDER_DETAIL_CHANGED = "order.detail_changed", _("what an order waits for changed")
    ORDER_PROMISE_CHANGED = "order.promise_changed", _("an order's promised date changed")
    QUOTE_PRICED = "quote.priced", _("a quote was priced")
    QUOTE_REFUSED = "quote.refused", _("what was asked can't be made")
    QUOTE_EXPIRED = "quote.expired", _("a quote expired")
    MODEL_READY = "model.ready", _("a model was measured")
    MODEL_REJECTED = "model.rejected", _("a model can't be made")
    ENDPOINT_DISABLED = "endpoint.disabled", _("an endpoint was disabled")
    PING = "ping", _("a test of an endpoint")


class QuoteState(TextChoices):
    """A quote as its partner sees it: derived from pricing's row, never stored."""

    PRICING = "pricing", _("being priced")
    IN_REVIEW = "in_review", _("with a jeweller")
    PRICED = "priced", _("priced")
    NOT_MANUFACTURABLE = "not_manufacturable", _("can't be made")
    FAILED = "failed", _("failed")
    EXPIRED = "expired", _("expired")
    USED = "used", _("used")


class ModelState(TextChoices):
    """A model as its partner sees it: derived from what the engine found, never stored."""

    PROCESSING = "processing", _("not measured yet")
    READY = "ready", _("measured")
    REJECTED = "rejected", _("can't be made")


class Scope(TextChoices):
    """What a key may be used for."""

    CATALOGUE_READ = "catalogue:read", _("read the catalogue")
    MODELS_READ = "models:read", _("read models")
    MODELS_WRITE = "models:write", _("send models")
    QUOTES_READ = "quotes:read", _("read quotes")
    QUOTES_WRITE = "quotes:write", _("ask for quotes")
    ORDERS_READ = "orders:read", _("read orders")
    ORDERS_WRITE = "orders:write", _("order and cancel")
    EVENTS_READ = "events:read", _("read events")
    WEBHOOKS_MANAGE = "webhooks:manage", _("manage webhook endpoints")


def all_scopes() -> list[str]:
    return [str(scope) for scope in Scope]
