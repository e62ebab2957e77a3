"""/api/v1/: what a partner can ask for. Ids that can't be ids end at the last line, without a query."""

from django.urls import path, re_path, register_converter

from external_orders.api import views


class _PublicId:
    """An id as `config.kernel.references.public_id` makes it."""

    regex = r"[a-z]{3}_[A-Za-z0-9_-]{22}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(_PublicId, "public_id")

app_name = "external_orders"
urlpatterns = [
    path("openapi.json", views.OpenApi.as_view(), name="openapi"),
    path("docs/", views.docs, name="docs"),
    path("me", views.Me.as_view(), name="me"),
    path("catalogue", views.Catalogue.as_view(), name="catalogue"),
    path("catalogue/<slug:sku>", views.CatalogueEntry.as_view(), name="catalogue_entry"),
    path("uploads", views.Uploads.as_view(), name="uploads"),
    path("uploads/<slug:secret>", views.ReceiveUpload.as_view(), name="receive_upload"),
    path("models", views.Models.as_view(), name="models"),
    path("models/<public_id:public_id>", views.Model.as_view(), name="model"),
    path("quotes", views.Quotes.as_view(), name="quotes"),
    path("quotes/<public_id:public_id>", views.Quote.as_view(), name="quote"),
    path("orders", views.Orders.as_view(), name="orders"),
    path("orders/<public_id:public_id>", views.Order.as_view(), name="order"),
    path("orders/<public_id:public_id>/cancel", views.CancelOrder.as_view(), name="cancel_order"),
    path("orders/<public_id:public_id>/answer", views.AnswerQuestion.as_view(), name="answer_question"),
    path("orders/<public_id:public_id>/events", views.OrderEvents.as_view(), name="order_events"),
    path("test/orders/<public_id:public_id>/advance", views.AdvanceTestOrder.as_view(), name="advance_test_order"),
    path("events", views.Events.as_view(), name="events"),
    path("webhook_endpoints", views.Endpoints.as_view(), name="endpoints"),
    path("webhook_endpoints/<public_id:public_id>", views.Endpoint.as_view(), name="endpoint"),
    path("webhook_endpoints/<public_id:public_id>/rotate_secret", views.RotateSecret.as_view(), name="rotate_secret"),
    path("webhook_endpoints/<public_id:public_id>/ping", views.PingEndpoint.as_view(), name="ping"),
    path("webhook_endpoints/<public_id:public_id>/deliveries", views.Deliveries.as_view(), name="deliveries"),
    path("webhook_endpoints/<public_id:public_id>/replay", views.ReplayRange.as_view(), name="replay_range"),
    path(
        "webhook_endpoints/<public_id:public_id>/deliveries/<public_id:message_id>/replay",
        views.ReplayDelivery.as_view(),
        name="replay",
    ),
    re_path(r"", views.UnknownPath.as_view()),
]
