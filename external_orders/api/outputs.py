"""The shapes of answers; those of requests are in serializers.py, and none is both."""

from datetime import UTC
from functools import cache
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field, inline_serializer
from rest_framework import serializers
from typing_extensions import override

from config.kernel.languages import local
from external_orders.selectors import ModelPage, QuoteLine, QuotePage, is_cancellable, is_in_force
from external_orders.states import (
    DeliveryStatus,
    DisabledReason,
    EventType,
    ExternalOrderStatus,
    InquiryKind,
    ModelState,
    QuoteState,
    StatusDetail,
)
from pricing.states import Finish, Kind


class TimeOut(serializers.DateTimeField):
    """A moment in UTC, whatever the workshop's time zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


class MoneyOut(serializers.Serializer[Any]):
    """An amount as text, so that nobody reads it into a binary fraction."""

    amount = serializers.RegexField(r"^-?[0-9]+\.[0-9]{2}$")
    currency = serializers.RegexField(r"^[A-Z]{3}$")


class PriceOut(serializers.Serializer[Any]):
    net = MoneyOut()
    tax = MoneyOut()
    gross = MoneyOut()


class ComponentOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    amount = MoneyOut()


class LinePriceOut(PriceOut):
    components = ComponentOut(many=True)


class ReasonOut(serializers.Serializer[Any]):
    code = serializers.CharField()


def _money(amount: Any, currency: str) -> dict[str, str]:
    return {"amount": f"{amount:.2f}", "currency": currency}


def _price(amounts: Any) -> dict[str, Any]:
    return {name: _money(getattr(amounts, name), amounts.currency) for name in ("net", "tax", "gross")}


def _reasons(code: str) -> list[dict[str, str]]:
    return [{"code": code}] if code else []


@extend_schema_field(MoneyOut)
class AmountField(serializers.Field[Any, Any, Any, Any]):
    """A column of an amount, beside which the row has its currency."""

    def __init__(self, column: str) -> None:
        super().__init__(source="*", read_only=True)
        self.column = column

    @override
    def to_representation(self, value: Any) -> dict[str, str]:
        return _money(getattr(value, self.column), value.currency)


class PartnerOut(serializers.Serializer[Any]):
    """Who is calling: of the key only its prefix."""

    partner = serializers.CharField(source="partner.name")
    key = serializers.CharField(source="prefix")
    livemode = serializers.BooleanField()
    scopes = serializers.ListField(child=serializers.CharField())
    api_version = serializers.CharField()
    expires_at = TimeOut(allow_null=True)
    order_limit = serializers.SerializerMethodField()

    @extend_schema_field(MoneyOut)
    def get_order_limit(self, key: Any) -> dict[str, str]:
        return _money(key.partner.most_amount, key.partner.currency)


class UploadOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    livemode = serializers.BooleanField()
    sha256 = serializers.CharField()
    size_bytes = serializers.IntegerField()
    filename = serializers.CharField()
    has_arrived = serializers.SerializerMethodField()
    expires_at = TimeOut()

    def get_has_arrived(self, upload: Any) -> bool:
        return upload.design_id is not None


class TicketOut(UploadOut):
    """The only answer with the address; whoever has it may send the file, once."""

    upload_url = serializers.CharField()


class ModelOut(serializers.Serializer[ModelPage]):
    id = serializers.CharField(source="model.public_id")
    livemode = serializers.BooleanField(source="model.livemode")
    filename = serializers.CharField(source="model.filename")
    sha256 = serializers.CharField(source="model.design.sha256")
    size_bytes = serializers.IntegerField(source="model.design.size_bytes")
    status = serializers.ChoiceField(source="state", choices=ModelState.choices)
    box_mm = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    volume_mm3 = serializers.FloatField(allow_null=True)
    watertight = serializers.BooleanField(source="is_watertight", allow_null=True)
    reasons = serializers.SerializerMethodField()
    created_at = TimeOut(source="model.created_at")

    @extend_schema_field(ReasonOut(many=True))
    def get_reasons(self, page: ModelPage) -> list[dict[str, str]]:
        return _reasons(page.refusal_code)


class PieceOut(serializers.Serializer[Any]):
    """What is to be made, as every line of a quote and of an order tells it; the source is the quoted line."""

    model_id = serializers.SerializerMethodField()
    sku = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(source="quote.kind", choices=Kind.choices)
    alloy = serializers.CharField(source="quote.alloy.code")
    finish = serializers.ChoiceField(source="quote.finish", choices=Finish.choices)
    size = serializers.CharField(source="quote.size")
    quantity = serializers.IntegerField(source="quote.quantity")
    engraving = serializers.CharField(source="quote.engraving")
    mass_g = serializers.DecimalField(source="quote.mass_g", max_digits=10, decimal_places=3, allow_null=True)

    def get_model_id(self, line: Any) -> str | None:
        return line.model.public_id if line.model else None

    def get_sku(self, line: Any) -> str | None:
        return line.sku or None


class QuoteLineOut(PieceOut):
    status = serializers.ChoiceField(source="state", choices=QuoteState.choices)
    price = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()

    @extend_schema_field(LinePriceOut(allow_null=True))
    def get_price(self, line: QuoteLine) -> dict[str, Any] | None:
        if line.quote.gross is None:
            return None
        parts = [{"code": one.code, "amount": _money(one.amount, line.quote.currency)} for one in line.components]
        return _price(line.quote) | {"components": parts}

    @extend_schema_field(ReasonOut(many=True))
    def get_reasons(self, line: QuoteLine) -> list[dict[str, str]]:
        return _reasons(line.quote.refusal_code)


class QuoteOut(serializers.Serializer[QuotePage]):
    id = serializers.CharField(source="asked.public_id")
    livemode = serializers.BooleanField(source="asked.livemode")
    status = serializers.ChoiceField(source="state", choices=QuoteState.choices)
    items = QuoteLineOut(source="lines", many=True)
    price = serializers.SerializerMethodField()
    expires_at = TimeOut(allow_null=True)
    promised_ship_date = serializers.DateField(source="promise.day", allow_null=True, default=None)
    promise_probability = serializers.IntegerField(
        source="promise.probability", allow_null=True, default=None, help_text="per cent of such promises that are kept"
    )
    created_at = TimeOut(source="asked.created_at")

    @extend_schema_field(PriceOut(allow_null=True))
    def get_price(self, page: QuotePage) -> dict[str, Any] | None:
        return None if page.totals is None else _price(page.totals)


class CatalogueOut(serializers.Serializer[Any]):
    """A piece of the catalogue; its price is for one, and holds until the moment beside it."""

    sku = serializers.CharField()
    product = serializers.CharField(source="product.slug")
    name = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(source="product.kind", choices=Kind.choices)
    alloy = serializers.CharField(source="alloy.code")
    finish = serializers.ChoiceField(choices=Finish.choices)
    size = serializers.CharField()
    price = serializers.SerializerMethodField()
    price_basis = serializers.SerializerMethodField()
    expires_at = serializers.SerializerMethodField()

    def get_name(self, variant: Any) -> str:
        return local(variant.product, "name")

    @extend_schema_field(PriceOut(allow_null=True))
    def get_price(self, variant: Any) -> dict[str, Any] | None:
        return _price(variant.quote) if is_in_force(variant.quote, at=timezone.now()) else None

    def get_price_basis(self, variant: Any) -> str:
        return "piece"

    @extend_schema_field(TimeOut(allow_null=True))
    def get_expires_at(self, variant: Any) -> str | None:
        return TimeOut().to_representation(variant.quote.valid_until) if self.get_price(variant) else None


class ShipToOut(serializers.Serializer[Any]):
    name = serializers.CharField(source="ship_to_name")
    line1 = serializers.CharField(source="ship_to_line1")
    city = serializers.CharField(source="ship_to_city")
    postal_code = serializers.CharField(source="ship_to_postal_code")
    country = serializers.CharField(source="ship_to_country")


class OrderItemOut(PieceOut):
    """A line of an order: the piece and what it costs, as they were quoted."""

    price = serializers.SerializerMethodField()

    @extend_schema_field(PriceOut)
    def get_price(self, quoted: Any) -> dict[str, Any]:
        return _price(quoted.quote)

    @override
    def to_representation(self, instance: Any) -> dict[str, Any]:
        return super().to_representation(instance.quote_item)


class QuestionOut(serializers.Serializer[Any]):
    """What the workshop asks; the work rests until it has read the answer."""

    text = serializers.CharField()
    asked_at = TimeOut()
    answer = serializers.SerializerMethodField()
    answered_at = TimeOut(allow_null=True)

    def get_answer(self, inquiry: Any) -> str | None:
        return inquiry.answer or None


class CancellationOut(serializers.Serializer[Any]):
    """A wish to cancel what is cast already, and what was decided; `fee` is what is still owed."""

    status = serializers.SerializerMethodField()
    reason = serializers.CharField(source="text")
    requested_at = TimeOut(source="asked_at")
    decided_at = TimeOut(source="closed_at", allow_null=True)
    answer = serializers.CharField()
    fee = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=["requested", "accepted", "refused", "overtaken"]))
    def get_status(self, inquiry: Any) -> str:
        return inquiry.outcome or "requested"

    @extend_schema_field(MoneyOut(allow_null=True))
    def get_fee(self, inquiry: Any) -> dict[str, str] | None:
        return None if inquiry.fee is None else _money(inquiry.fee, inquiry.order.currency)


def _last(order: Any, kind: InquiryKind) -> Any:
    return next((one for one in reversed(order.inquiries.all()) if one.kind == kind), None)


class OrderOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    livemode = serializers.BooleanField()
    reference = serializers.CharField()
    quote_id = serializers.CharField(source="quote.public_id")
    status = serializers.ChoiceField(choices=ExternalOrderStatus.choices)
    status_detail = serializers.SerializerMethodField()
    sequence = serializers.IntegerField()
    items = OrderItemOut(many=True)
    net = AmountField("net")
    tax = AmountField("tax")
    total = AmountField("gross")
    promised_ship_date = serializers.DateField(source="promised_on")
    cancellable = serializers.SerializerMethodField()
    question = serializers.SerializerMethodField()
    cancellation = serializers.SerializerMethodField()
    tracking_number = serializers.SerializerMethodField()
    ship_to = ShipToOut(source="*")
    note = serializers.CharField()
    accepted_at = TimeOut()
    updated_at = TimeOut(source="changed_at")

    def get_cancellable(self, order: Any) -> bool:
        return is_cancellable(order)

    @extend_schema_field(serializers.ChoiceField(choices=StatusDetail.choices, allow_null=True))
    def get_status_detail(self, order: Any) -> str | None:
        return order.status_detail or None

    @extend_schema_field(QuestionOut(allow_null=True))
    def get_question(self, order: Any) -> Any:
        asked = _last(order, InquiryKind.QUESTION)
        return QuestionOut(asked).data if asked else None

    @extend_schema_field(CancellationOut(allow_null=True))
    def get_cancellation(self, order: Any) -> Any:
        asked = _last(order, InquiryKind.CANCELLATION)
        return CancellationOut(asked).data if asked else None

    def get_tracking_number(self, order: Any) -> str | None:
        return order.tracking_number or None


class EventOut(serializers.Serializer[Any]):
    """An event as the feed and the webhooks tell it; `data` depends on its type."""

    id = serializers.CharField()
    type = serializers.ChoiceField(choices=EventType.choices)
    timestamp = TimeOut()
    livemode = serializers.BooleanField()
    data = serializers.DictField()  # type: ignore[assignment]  # a field's name; DRF takes it out of the class


class EndpointOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    livemode = serializers.BooleanField()
    url = serializers.CharField()
    description = serializers.CharField()
    event_types = serializers.ListField(child=serializers.CharField())
    is_active = serializers.BooleanField()
    disabled_reason = serializers.SerializerMethodField()
    failing_since = TimeOut(allow_null=True)
    created_at = TimeOut()

    @extend_schema_field(serializers.ChoiceField(choices=DisabledReason.choices, allow_null=True))
    def get_disabled_reason(self, endpoint: Any) -> str | None:
        return endpoint.disabled_reason or None


class NewSecretOut(EndpointOut):
    """The only answers that have a secret: of a new endpoint, and of a rotation."""

    secret = serializers.CharField()


class DeliveryOut(serializers.Serializer[Any]):
    """How one message fared; of the receiver's own answer only the status, for the rest may be somebody else's."""

    id = serializers.CharField(source="message_id")
    event_id = serializers.CharField(source="event.public_id")
    type = serializers.ChoiceField(source="event.type", choices=EventType.choices)
    status = serializers.ChoiceField(choices=DeliveryStatus.choices)
    attempts = serializers.IntegerField()
    next_attempt_at = serializers.SerializerMethodField()
    delivered_at = TimeOut(allow_null=True)
    last_status = serializers.IntegerField(allow_null=True)

    @extend_schema_field(TimeOut(allow_null=True))
    def get_next_attempt_at(self, delivery: Any) -> str | None:
        return TimeOut().to_representation(delivery.next_at) if delivery.status == DeliveryStatus.PENDING else None


class ReplayedOut(serializers.Serializer[Any]):
    replayed = serializers.IntegerField(source="count")
    next_after = serializers.CharField(allow_null=True)


class FieldErrorOut(serializers.Serializer[Any]):
    pointer = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemOut(serializers.Serializer[Any]):
    """A refusal or a fault (RFC 9457): `code` is the contract."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    instance = serializers.CharField()
    errors = FieldErrorOut(many=True)  # type: ignore[assignment]  # likewise


@cache
def page_of(row: type[serializers.Serializer[Any]]) -> Any:
    """The shape of a list's page."""
    fields = {"data": row(many=True), "next_cursor": serializers.CharField(allow_null=True)}
    return inline_serializer(f"{row.__name__.removesuffix('Out')}PageOut", fields)
