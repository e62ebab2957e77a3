"""Partners and their orders, on the workshop's site: operators have no way here."""

from external_orders.admin import orders, partners, webhooks

__all__ = ["orders", "partners", "webhooks"]
