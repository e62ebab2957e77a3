from crm.admin import dashboard, delivery, orders, rules

__all__ = ["dashboard", "delivery", "orders", "rules"]
