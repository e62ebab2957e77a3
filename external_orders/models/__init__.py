from external_orders.models.inquiries import Inquiry
from external_orders.models.orders import (
    ExternalOrder,
    ExternalOrderItem,
    ExternalOrderLog,
    IdempotencyRecord,
    WaitingExternalOrder,
)
from external_orders.models.partners import Partner, PartnerKey
from external_orders.models.quotes import ExternalQuote, ExternalQuoteItem, PartnerModel
from external_orders.models.uploads import Upload
from external_orders.models.webhooks import Event, WebhookDelivery, WebhookEndpoint

__all__ = [
    "Event",
    "ExternalOrder",
    "ExternalOrderItem",
    "ExternalOrderLog",
    "ExternalQuote",
    "ExternalQuoteItem",
    "IdempotencyRecord",
    "Inquiry",
    "Partner",
    "PartnerKey",
    "PartnerModel",
    "Upload",
    "WaitingExternalOrder",
    "WebhookDelivery",
    "WebhookEndpoint",
]
