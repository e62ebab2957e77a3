from crm.selectors.dashboard import MOST, SellerDashboard, seller_dashboard
from crm.selectors.lists import in_alloy

__all__ = ["MOST", "SellerDashboard", "in_alloy", "seller_dashboard"]
