from crm.admin import customers, dashboard, delivery, orders, payments, rules, tables

__all__ = ["customers", "dashboard", "delivery", "orders", "payments", "rules", "tables"]
