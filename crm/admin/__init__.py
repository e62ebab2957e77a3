from crm.admin import dashboard, delivery, orders, rule_sets, rules

__all__ = ["dashboard", "delivery", "orders", "rule_sets", "rules"]
