"""The shapes of requests; those of answers are in outputs.py, and none is both."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from typing_extensions import override

from external_orders.states import DeliveryStatus, EventType, ExternalOrderStatus
from pricing.states import Finish, Kind

_UNKNOWN = ErrorDetail("Unknown field.", code="unknown_field")
_EITHER = ErrorDetail("Either model_id or sku.", code="model_or_sku")
_SAID_BY_SKU = ErrorDetail("The SKU says this.", code="said_by_sku")
_REQUIRED = ErrorDetail("This field is required.", code="required")


class In(serializers.Serializer[Any]):
    """A request; a field it doesn't know is refused, for it would be a misspelt one."""

    @override
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = [_writable(name) for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError({name: [_UNKNOWN] for name in unknown})
        return super().to_internal_value(data)


def _writable(name: object) -> str:
    """A stranger's name of a field as it can be written down: lone surrogates escaped."""
    return str(name).encode(errors="backslashreplace").decode()


class ModelIn(In):
    file = serializers.FileField(allow_empty_file=True)


class UploadedModelIn(In):
    """A file that arrived at an address of its own."""

    upload_id = serializers.CharField(max_length=32)


class UploadIn(In):
    """What will be sent; the hash in lower-case hexadecimal digits."""

    sha256 = serializers.RegexField(r"\A[0-9a-f]{64}\Z")
    size_bytes = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    filename = serializers.CharField(max_length=120)


_OF_A_MODEL = {"kind", "alloy", "finish", "size"}


class QuoteItemIn(In):
    """A line: a model with all that is to be made of it, or a SKU, which says all that itself."""

    model_id = serializers.CharField(max_length=32, required=False)
    sku = serializers.CharField(max_length=50, required=False)
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    alloy = serializers.CharField(max_length=50, required=False)
    finish = serializers.ChoiceField(choices=Finish.choices, required=False)
    size = serializers.CharField(max_length=16, allow_blank=True, required=False)
    quantity = serializers.IntegerField(min_value=1, max_value=1000, default=1)
    engraving = serializers.CharField(max_length=60, allow_blank=True, required=False)

    @override
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("model_id" in attrs) == ("sku" in attrs):
            raise serializers.ValidationError({"model_id": [_EITHER]})
        if "sku" in attrs:
            _refuse(_OF_A_MODEL & attrs.keys(), _SAID_BY_SKU)
        else:
            _refuse({"kind", "alloy"} - attrs.keys(), _REQUIRED)
        return attrs


def _refuse(names: set[str], error: ErrorDetail) -> None:
    if names:
        raise serializers.ValidationError({name: [error] for name in sorted(names)})


class QuoteIn(In):
    items = serializers.ListField(child=QuoteItemIn(), allow_empty=False, max_length=50)


class ShipToIn(In):
    name = serializers.CharField(max_length=120)
    line1 = serializers.CharField(max_length=200)
    city = serializers.CharField(max_length=80)
    postal_code = serializers.CharField(max_length=16)
    country = serializers.RegexField(r"\A[A-Z]{2}\Z")


class OrderIn(In):
    quote_id = serializers.CharField(max_length=32)
    reference = serializers.CharField(max_length=64)
    ship_to = ShipToIn()
    note = serializers.CharField(max_length=300, default="", allow_blank=True)


class PageIn(In):
    """Which page of a list."""

    limit = serializers.IntegerField(min_value=1, max_value=100, default=20)
    cursor = serializers.CharField(max_length=200, required=False)


class OrdersIn(PageIn):
    status = serializers.ChoiceField(choices=ExternalOrderStatus.choices, required=False)
    reference = serializers.CharField(max_length=64, required=False)
    updated_since = serializers.DateTimeField(required=False)


class AdvanceIn(In):
    """Where a test order goes next; by itself, along the way of an order that all goes well with."""

    to = serializers.ChoiceField(choices=ExternalOrderStatus.choices, required=False)


class CancelIn(In):
    """Why, in the partner's words: a planner who decides reads it."""

    reason = serializers.CharField(max_length=300, default="", allow_blank=True)


class AnswerIn(In):
    text = serializers.CharField(max_length=300)


class NothingIn(In):
    """A request without a body."""


class EventsIn(In):
    after = serializers.CharField(max_length=32, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=100, default=20)


class DeliveriesIn(PageIn):
    status = serializers.ChoiceField(choices=DeliveryStatus.choices, required=False)


class ReplayIn(In):
    """Which while; `after` goes on where the answer before stopped."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField(required=False)
    after = serializers.CharField(max_length=32, required=False)
    only_failed = serializers.BooleanField(default=True)


_EVENT_TYPES = [kind for kind in EventType.choices if kind[0] != EventType.PING]


class EndpointIn(In):
    url = serializers.CharField(max_length=500)
    description = serializers.CharField(max_length=100, default="", allow_blank=True)
    event_types = serializers.ListField(
        child=serializers.ChoiceField(choices=_EVENT_TYPES), max_length=len(_EVENT_TYPES), default=list
    )


class EndpointChangeIn(In):
    """What isn't named stays as it is."""

    url = serializers.CharField(max_length=500, required=False)
    description = serializers.CharField(max_length=100, allow_blank=True, required=False)
    event_types = serializers.ListField(
        child=serializers.ChoiceField(choices=_EVENT_TYPES), max_length=len(_EVENT_TYPES), required=False
    )
    is_active = serializers.BooleanField(required=False)


class RotationIn(In):
    overlap_hours = serializers.IntegerField(min_value=0, max_value=168, default=24)
