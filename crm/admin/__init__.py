from crm.admin import customers, dashboard, delivery, orders, payments, rule_sets, rules, tables

__all__ = ["customers", "dashboard", "delivery", "orders", "payments", "rule_sets", "rules", "tables"]
