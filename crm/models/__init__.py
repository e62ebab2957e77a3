from crm.models.corrections import LineChange, RefundNote
from crm.models.customers import CustomerStanding
from crm.models.notes import CustomerNote
from crm.models.reviews import OrderException, ProductionRequest, Review
from crm.models.rules import ApprovalRule, RuleSet
from crm.models.tallies import CountedOrder, OrderTally

__all__ = [
    "ApprovalRule",
    "CountedOrder",
    "CustomerNote",
    "CustomerStanding",
    "LineChange",
    "OrderException",
    "OrderTally",
    "ProductionRequest",
    "RefundNote",
    "Review",
    "RuleSet",
]
