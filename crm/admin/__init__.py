from crm.admin import dashboard, delivery, orders, payments, rules

__all__ = ["dashboard", "delivery", "orders", "payments", "rules"]
