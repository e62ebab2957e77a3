from crm.admin import customers, dashboard, delivery, orders, rules

__all__ = ["customers", "dashboard", "delivery", "orders", "rules"]
