from mes.admin import dashboard, resources, work_orders

__all__ = ["dashboard", "resources", "work_orders"]
