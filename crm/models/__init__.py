from crm.models.corrections import LineChange, RefundNote
from crm.models.customers import CustomerStanding
from crm.models.reviews import OrderException, ProductionRequest, Review
from crm.models.rules import ApprovalRule, RuleSet

__all__ = [
    "ApprovalRule",
    "CustomerStanding",
    "LineChange",
    "OrderException",
    "ProductionRequest",
    "RefundNote",
    "Review",
    "RuleSet",
]
