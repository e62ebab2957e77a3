from crm.admin import dashboard, delivery, orders, payments, rules, tables

__all__ = ["dashboard", "delivery", "orders", "payments", "rules", "tables"]
