"""One view per use-case: read the request, call one service or selector, answer. No rule of the domain lives here."""

import hashlib
import re
from collections.abc import Callable
from functools import cached_property
from typing import IO, Any, ClassVar, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from config.kernel.references import public_id
from external_orders import selectors
from external_orders.api import outputs, serializers, throttles
from external_orders.api.authentication import KeyAuthentication
from external_orders.api.errors import PayloadTooLarge, problem_of
from external_orders.api.idempotency import answer_of, once
from external_orders.api.openapi import operation, schema
from external_orders.api.pagination import opened_cursor, sealed_cursor
from external_orders.api.parsers import PlainJSONParser
from external_orders.api.throttles import Allowance, require
from external_orders.api.versions import retirement_headers, version_of
from external_orders.api.waiting import waited_for
from external_orders.errors import HttpsNeeded, NotFound, ScopeMissing, TestKeyNeeded
from external_orders.models import ExternalOrder, Partner, PartnerKey, PartnerModel
from external_orders.services import acceptance, endpoints, inquiries, models, orders, quotes, uploads, webhooks
from external_orders.services.idempotency import Answer
from external_orders.services.keys import API_VERSION
from external_orders.services.test_mode import advance_test_order
from external_orders.services.webhooks import told_of
from external_orders.states import ModelState, QuoteState, Scope, StatusDetail

_MOST_JSON_BYTES = 64 * 1024
_MULTIPART_OVERHEAD = 16 * 1024
_BYTES = {"application/octet-stream": OpenApiTypes.BINARY}


class OnlyJson(BaseContentNegotiation):
    """Answers are JSON whatever `Accept` says."""

    @override
    def select_parser(self, request: Request, parsers: Any) -> Any:
        return next((one for one in parsers if one.media_type == (request.content_type or "").split(";")[0]), None)

    @override
    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class PublicView(APIView):
    """What all answers have in common: a request id, nothing cached, every error a problem document."""

    content_negotiation_class = OnlyJson
    metadata_class = None
    most_bytes: ClassVar[int] = _MOST_JSON_BYTES

    @cached_property
    def request_id(self) -> str:
        return public_id("req")

    @override
    def get_exception_handler(self) -> Any:
        return problem_of

    @override
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            self.perform_content_negotiation(request, force=True)
            raise HttpsNeeded
        super().initial(request, *args, **kwargs)
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.most_bytes:
            raise PayloadTooLarge

    @override
    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["X-Request-Id"] = self.request_id
        answer["Api-Version"] = getattr(self, "version", API_VERSION)
        answer["Cache-Control"] = "no-store"
        for name, value in retirement_headers(answer["Api-Version"]).items():
            answer[name] = value
        return answer


class UnknownPath(PublicView):
    """Whatever else is asked for below /api/v1/."""

    schema = None

    @override
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.perform_content_negotiation(request, force=True)
        raise NotFound


class PartnerView(PublicView):
    """A view for a partner with his key; `scopes` says what the key must be good for, by method."""

    authentication_classes = [KeyAuthentication]
    scopes: ClassVar[dict[str, Scope]] = {}
    allowance: Allowance | None = None

    @override
    def check_permissions(self, request: Request) -> None:
        """Refuses with UnknownVersion, ScopeMissing."""
        self.version = version_of(request)
        needed = self.scopes.get("GET" if request.method == "HEAD" else request.method or "")
        if needed is not None and needed not in self.key.scopes:
            raise ScopeMissing(scope=str(needed))

    @override
    def check_throttles(self, request: Request) -> None:
        """Refuses with RateLimited."""
        self.allowance = require(throttles.requests(), self.key.pk)

    @override
    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self.allowance.headers if self.allowance else {}).items():
            answer.setdefault(name, value)
        return answer

    @property
    def key(self) -> PartnerKey:
        return cast(PartnerKey, self.request.auth)

    @property
    def owner(self) -> dict[str, Any]:
        """Where every query starts: the key's partner, live or test."""
        partner: Partner = self.key.partner
        return {"partner": partner, "livemode": self.key.livemode}

    def read(self, shape: type[serializers.In], data: Any = None) -> dict[str, Any]:
        """The request's body as its serializer takes it. Refuses with a validation problem."""
        asked = shape(data=self.request.data if data is None else data)
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)

    def page(self, rows: Any, cursor: str | None) -> Response:
        """A page of a list: no totals, for they would cost what the list has."""
        return Response({"data": rows, "next_cursor": cursor})


class OrderWritingView(PartnerView):
    """Answers with the order as it is after the change."""

    def answer_with(self, status: int, order: ExternalOrder, **headers: str) -> Answer:
        page = selectors.order_page(**self.owner, public_id=order.public_id)
        return answer_of(status, outputs.OrderOut(page).data, ETag=etag_of(page), **headers)


class OpenApi(PublicView):
    """The schema, for programs; the page for people is /docs."""

    schema = None

    def get(self, request: Request) -> Response:
        return Response(schema())


class Me(PartnerView):
    @operation("me", "Whose key this is", answers={200: outputs.PartnerOut})
    def get(self, request: Request) -> Response:
        return Response(outputs.PartnerOut(self.key).data)


class Catalogue(PartnerView):
    scopes = {"GET": Scope.CATALOGUE_READ}

    @operation(
        "list_catalogue",
        "The catalogue",
        query=serializers.PageIn,
        options=("If-None-Match",),
        answers={200: outputs.page_of(outputs.CatalogueOut), 304: None},
    )
    def get(self, request: Request) -> Response:
        asked = self.read(serializers.PageIn, request.query_params.dict())
        after = opened_cursor("catalogue", self.owner, asked.get("cursor", ""))
        rows, last = selectors.catalogue_page(after=after, limit=asked["limit"])
        cursor = sealed_cursor("catalogue", self.owner, last)
        body = {"data": outputs.CatalogueOut(rows, many=True).data, "next_cursor": cursor}
        return unless_known(request, _digest(body), lambda: body)


class CatalogueEntry(PartnerView):
    scopes = {"GET": Scope.CATALOGUE_READ}

    @operation(
        "read_catalogue_entry",
        "A piece of the catalogue",
        options=("If-None-Match",),
        answers={200: outputs.CatalogueOut, 304: None},
    )
    def get(self, request: Request, sku: str) -> Response:
        body = outputs.CatalogueOut(selectors.catalogue_entry(sku=sku)).data
        return unless_known(request, _digest(body), lambda: body)


def _digest(body: Any) -> str:
    """An ETag of what an answer says."""
    return f'"{hashlib.sha256(JSONRenderer().render(body)).hexdigest()[:32]}"'


class Uploads(PartnerView):
    scopes = {"POST": Scope.MODELS_WRITE}

    @operation("announce_upload", "Announce a file", takes=serializers.UploadIn, answers={201: outputs.TicketOut})
    def post(self, request: Request) -> Response:
        ticket = uploads.announce_upload(**self.owner, **self.read(serializers.UploadIn))
        address = request.build_absolute_uri(reverse("external_orders:receive_upload", args=[ticket.secret]))
        return Response(outputs.UploadOut(ticket.upload).data | {"upload_url": address}, status=201)


class ReceiveUpload(PublicView):
    """Without a key: the address is the secret."""

    most_bytes = settings.MAX_UPLOAD_BYTES

    @operation("receive_upload", "Send an announced file", takes=_BYTES, answers={200: outputs.UploadOut})
    def put(self, request: Request, secret: str) -> Response:
        upload = uploads.receive_upload(secret=secret, stream=cast(IO[bytes], request._request))
        return Response(outputs.UploadOut(upload).data)


class Models(PartnerView):
    scopes = {"POST": Scope.MODELS_WRITE}
    parser_classes = [MultiPartParser, PlainJSONParser]
    most_bytes = settings.MAX_UPLOAD_BYTES + _MULTIPART_OVERHEAD

    @operation(
        "register_model",
        "Send a model",
        takes={"multipart/form-data": serializers.ModelIn, "application/json": serializers.UploadedModelIn},
        answers={200: outputs.ModelOut, 202: outputs.ModelOut},
    )
    def post(self, request: Request) -> Response:
        model, is_new = self._register(request)
        page = selectors.model_page(**self.owner, public_id=model.public_id)
        location = {"Location": reverse("external_orders:model", args=[model.public_id])}
        return Response(outputs.ModelOut(page).data, status=202 if is_new else 200, headers=location)

    def _register(self, request: Request) -> tuple[PartnerModel, bool]:
        if (request.content_type or "").startswith(PlainJSONParser.media_type):
            return uploads.register_uploaded(**self.owner, **self.read(serializers.UploadedModelIn))
        return models.register_model(**self.owner, upload=self.read(serializers.ModelIn, request.data)["file"])


class Model(PartnerView):
    scopes = {"GET": Scope.MODELS_READ}

    @operation("read_model", "A model", options=("Prefer",), answers={200: outputs.ModelOut})
    def get(self, request: Request, public_id: str) -> Response:
        page, waited = waited_for(
            request,
            lambda: selectors.model_page(**self.owner, public_id=public_id),
            lambda page: page.state != ModelState.PROCESSING,
        )
        return Response(outputs.ModelOut(page).data, headers=waited)


class Quotes(PartnerView):
    scopes = {"POST": Scope.QUOTES_WRITE}

    @operation(
        "request_quote",
        "Ask for a price",
        takes=serializers.QuoteIn,
        is_once=True,
        answers={201: outputs.QuoteOut, 202: outputs.QuoteOut},
    )
    def post(self, request: Request) -> HttpResponse:
        return once(request, self._answer)

    def _answer(self) -> Answer:
        items = [quotes.AskedItem(**item) for item in self.read(serializers.QuoteIn)["items"]]
        for item in items:
            if item.model_id:
                require(throttles.models_to_price(), self.key.pk)
        asked = quotes.request_external_quote(**self.owner, items=items)
        page = selectors.quote_page(**self.owner, public_id=asked.public_id)
        location = reverse("external_orders:quote", args=[asked.public_id])
        status = 202 if page.state == QuoteState.PRICING else 201
        return answer_of(status, outputs.QuoteOut(page).data, Location=location)


class Quote(PartnerView):
    scopes = {"GET": Scope.QUOTES_READ}

    @operation("read_quote", "A quote", options=("Prefer",), answers={200: outputs.QuoteOut})
    def get(self, request: Request, public_id: str) -> Response:
        page, waited = waited_for(
            request,
            lambda: selectors.quote_page(**self.owner, public_id=public_id),
            lambda page: page.state != QuoteState.PRICING,
        )
        return Response(outputs.QuoteOut(page).data, headers=waited)


class Orders(OrderWritingView):
    scopes = {"GET": Scope.ORDERS_READ, "POST": Scope.ORDERS_WRITE}

    @operation(
        "list_orders",
        "Orders, newest first",
        query=serializers.OrdersIn,
        answers={200: outputs.page_of(outputs.OrderOut)},
    )
    def get(self, request: Request) -> Response:
        asked = self.read(serializers.OrdersIn, request.query_params.dict())
        after = opened_cursor("orders", self.owner, asked.pop("cursor", ""))
        rows, last = selectors.orders_page(**self.owner, **asked, after=after)
        return self.page(outputs.OrderOut(rows, many=True).data, sealed_cursor("orders", self.owner, last))

    @operation(
        "order", "Order what was quoted", takes=serializers.OrderIn, is_once=True, answers={201: outputs.OrderOut}
    )
    def post(self, request: Request) -> HttpResponse:
        return once(request, self._answer)

    def _answer(self) -> Answer:
        asked = self.read(serializers.OrderIn)
        ship_to = acceptance.ShipTo(**asked.pop("ship_to"))
        order = acceptance.accept_external_order(**self.owner, **asked, ship_to=ship_to, via=f"key {self.key.prefix}")
        location = reverse("external_orders:order", args=[order.public_id])
        return answer_of(201, outputs.OrderOut(order).data, ETag=etag_of(order), Location=location)


class Order(PartnerView):
    scopes = {"GET": Scope.ORDERS_READ}

    @operation("read_order", "An order", options=("If-None-Match",), answers={200: outputs.OrderOut, 304: None})
    def get(self, request: Request, public_id: str) -> Response:
        order = selectors.order_page(**self.owner, public_id=public_id)
        return unless_known(request, etag_of(order), lambda: outputs.OrderOut(order).data)


def etag_of(order: ExternalOrder) -> str:
    """Changes with each change of the order's status or promise and with nothing else."""
    return f'"s{order.sequence}"'


def unless_known(request: Request, etag: str, body: Callable[[], Any]) -> Response:
    """304 when the caller has this version, else its body."""
    if etag in _etags(request.headers.get("If-None-Match", "")):
        return Response(status=304, headers={"ETag": etag})
    return Response(body(), headers={"ETag": etag})


def _etags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


class CancelOrder(OrderWritingView):
    scopes = {"POST": Scope.ORDERS_WRITE}

    @operation(
        "cancel_order",
        "Cancel an order",
        takes=serializers.CancelIn,
        options=("If-Match",),
        is_once=True,
        answers={200: outputs.OrderOut, 202: outputs.OrderOut},
    )
    def post(self, request: Request, public_id: str) -> HttpResponse:
        return once(request, lambda: self._cancel(public_id))

    def _cancel(self, public_id: str) -> Answer:
        asked = self.read(serializers.CancelIn)
        order = selectors.order_page(**self.owner, public_id=public_id)
        cancelled = orders.cancel_for_partner(
            order_id=order.pk,
            wish=asked["reason"],
            via=f"by the partner, key {self.key.prefix}",
            expected_sequence=_expected(self.request.headers.get("If-Match")),
        )
        is_asked = cancelled.status_detail == StatusDetail.CANCEL_REQUESTED
        return self.answer_with(202 if is_asked else 200, cancelled)


class AnswerQuestion(OrderWritingView):
    scopes = {"POST": Scope.ORDERS_WRITE}

    @operation(
        "answer_question",
        "Answer what the workshop asks",
        takes=serializers.AnswerIn,
        options=("If-Match",),
        is_once=True,
        answers={200: outputs.OrderOut},
    )
    def post(self, request: Request, public_id: str) -> HttpResponse:
        return once(request, lambda: self._answer(public_id))

    def _answer(self, public_id: str) -> Answer:
        asked = self.read(serializers.AnswerIn)
        order = selectors.order_page(**self.owner, public_id=public_id)
        expected = _expected(self.request.headers.get("If-Match"))
        answered = inquiries.answer_question(order_id=order.pk, text=asked["text"], expected_sequence=expected)
        return self.answer_with(200, answered)


def _expected(if_match: str | None) -> int | None:
    """The sequence that If-Match names; none that exists when it names no version of ours."""
    if if_match is None or if_match.strip() == "*":
        return None
    tag = re.fullmatch(r'"s([0-9]{1,9})"', if_match.strip())
    return int(tag[1]) if tag else 0


class AdvanceTestOrder(OrderWritingView):
    scopes = {"POST": Scope.ORDERS_WRITE}

    @operation(
        "advance_test_order", "Drive a test order on", takes=serializers.AdvanceIn, answers={200: outputs.OrderOut}
    )
    def post(self, request: Request, public_id: str) -> Response:
        asked = self.read(serializers.AdvanceIn)
        if self.key.livemode:
            raise TestKeyNeeded
        order = selectors.order_page(**self.owner, public_id=public_id)
        advance_test_order(order_id=order.pk, **asked)
        moved = selectors.order_page(**self.owner, public_id=public_id)
        return Response(outputs.OrderOut(moved).data, headers={"ETag": etag_of(moved)})


class OrderEvents(PartnerView):
    scopes = {"GET": Scope.ORDERS_READ}

    @operation("list_order_events", "The events of an order", answers={200: outputs.page_of(outputs.EventOut)})
    def get(self, request: Request, public_id: str) -> Response:
        events = selectors.events_of_order(**self.owner, public_id=public_id)
        return self.page([told_of(event) for event in events], None)


class Events(PartnerView):
    scopes = {"GET": Scope.EVENTS_READ}

    @operation(
        "list_events",
        "The feed of events",
        query=serializers.EventsIn,
        answers={200: outputs.page_of(outputs.EventOut)},
    )
    def get(self, request: Request) -> Response:
        asked = self.read(serializers.EventsIn, request.query_params.dict())
        events, last = selectors.events_page(**self.owner, **asked)
        return self.page([told_of(event) for event in events], last)


class Endpoints(PartnerView):
    scopes = {"GET": Scope.WEBHOOKS_MANAGE, "POST": Scope.WEBHOOKS_MANAGE}

    @operation("list_endpoints", "Webhook endpoints", answers={200: outputs.page_of(outputs.EndpointOut)})
    def get(self, request: Request) -> Response:
        rows = selectors.endpoints_of(**self.owner)
        return self.page(outputs.EndpointOut(rows, many=True).data, None)

    @operation(
        "create_endpoint",
        "Register a webhook endpoint",
        takes=serializers.EndpointIn,
        answers={201: outputs.NewSecretOut},
    )
    def post(self, request: Request) -> Response:
        endpoint = endpoints.create_endpoint(**self.owner, **self.read(serializers.EndpointIn))
        location = reverse("external_orders:endpoint", args=[endpoint.public_id])
        return Response(outputs.NewSecretOut(endpoint).data, status=201, headers={"Location": location})


class Endpoint(PartnerView):
    scopes = {"GET": Scope.WEBHOOKS_MANAGE, "PATCH": Scope.WEBHOOKS_MANAGE, "DELETE": Scope.WEBHOOKS_MANAGE}

    @operation("read_endpoint", "A webhook endpoint", answers={200: outputs.EndpointOut})
    def get(self, request: Request, public_id: str) -> Response:
        return Response(outputs.EndpointOut(selectors.endpoint_page(**self.owner, public_id=public_id)).data)

    @operation(
        "change_endpoint",
        "Change a webhook endpoint",
        takes=serializers.EndpointChangeIn,
        answers={200: outputs.EndpointOut},
    )
    def patch(self, request: Request, public_id: str) -> Response:
        changes = self.read(serializers.EndpointChangeIn)
        endpoint = endpoints.change_endpoint(**self.owner, endpoint_id=public_id, **changes)
        return Response(outputs.EndpointOut(endpoint).data)

    @operation("delete_endpoint", "Delete a webhook endpoint", answers={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        endpoints.delete_endpoint(**self.owner, endpoint_id=public_id)
        return Response(status=204)


class RotateSecret(PartnerView):
    scopes = {"POST": Scope.WEBHOOKS_MANAGE}

    @operation(
        "rotate_secret",
        "Give an endpoint a new secret",
        takes=serializers.RotationIn,
        answers={200: outputs.NewSecretOut},
    )
    def post(self, request: Request, public_id: str) -> Response:
        asked = self.read(serializers.RotationIn)
        endpoint = endpoints.rotate_secret(**self.owner, endpoint_id=public_id, **asked)
        return Response(outputs.NewSecretOut(endpoint).data)


class PingEndpoint(PartnerView):
    scopes = {"POST": Scope.WEBHOOKS_MANAGE}

    @operation(
        "ping_endpoint", "Send an endpoint a ping", takes=serializers.NothingIn, answers={202: outputs.DeliveryOut}
    )
    def post(self, request: Request, public_id: str) -> Response:
        self.read(serializers.NothingIn)
        delivery = endpoints.ping_endpoint(**self.owner, endpoint_id=public_id)
        return Response(outputs.DeliveryOut(delivery).data, status=202)


class Deliveries(PartnerView):
    scopes = {"GET": Scope.WEBHOOKS_MANAGE}

    @operation(
        "list_deliveries",
        "What was sent to an endpoint",
        query=serializers.DeliveriesIn,
        answers={200: outputs.page_of(outputs.DeliveryOut)},
    )
    def get(self, request: Request, public_id: str) -> Response:
        asked = self.read(serializers.DeliveriesIn, request.query_params.dict())
        endpoint = selectors.endpoint_page(**self.owner, public_id=public_id)
        after = opened_cursor(f"deliveries.{public_id}", self.owner, asked.pop("cursor", ""))
        rows, last = selectors.deliveries_page(endpoint=endpoint, **asked, after=after)
        cursor = sealed_cursor(f"deliveries.{public_id}", self.owner, last)
        return self.page(outputs.DeliveryOut(rows, many=True).data, cursor)


class ReplayDelivery(PartnerView):
    scopes = {"POST": Scope.WEBHOOKS_MANAGE}

    @operation(
        "replay_delivery", "Send a message again", takes=serializers.NothingIn, answers={202: outputs.DeliveryOut}
    )
    def post(self, request: Request, public_id: str, message_id: str) -> Response:
        self.read(serializers.NothingIn)
        delivery = webhooks.replay_own_delivery(**self.owner, endpoint_id=public_id, message_id=message_id)
        return Response(outputs.DeliveryOut(delivery).data, status=202)


class ReplayRange(PartnerView):
    scopes = {"POST": Scope.WEBHOOKS_MANAGE}

    @operation(
        "replay_range",
        "Send the messages of a while again",
        takes=serializers.ReplayIn,
        answers={202: outputs.ReplayedOut},
    )
    def post(self, request: Request, public_id: str) -> Response:
        replayed = webhooks.replay_range(**self.owner, endpoint_id=public_id, **self.read(serializers.ReplayIn))
        return Response(outputs.ReplayedOut(replayed).data, status=202)


def docs(request: HttpRequest) -> HttpResponse:
    """The schema as a page, from files of our own."""
    return render(request, "external_orders/api_docs.html")
