"""Doors for the queue."""

from external_orders import emails
from external_orders.services import (
    endpoints,
    events,
    idempotency,
    inquiries,
    models,
    production,
    quotes,
    uploads,
    webhooks,
)


def record_production(work_order_id: int) -> None:
    production.record_production(work_order_id=work_order_id)


def record_due_date(work_order_id: int) -> None:
    production.record_due_date(work_order_id=work_order_id)


def record_quote(quote_id: int) -> None:
    quotes.record_settled(quote_id=quote_id)


def measure_model(model_id: int) -> None:
    models.measure_model(model_id=model_id)


def warn_owner(endpoint_id: int, days: int) -> None:
    emails.send_warning(endpoint_id=endpoint_id, days=days)


def sweep_external_orders() -> None:
    production.sweep_production()
    models.sweep_models()
    quotes.sweep_external_quotes()
    inquiries.sweep_inquiries()
    events.number_events()
    webhooks.sweep_deliveries()
    endpoints.watch_endpoints()
    idempotency.forget_old_answers()
    uploads.forget_old_uploads()
