from shop.models.catalogue import Category, Collection, Product, Variant
from shop.models.customers import Customer, CustomerLog, QuoteRequest
from shop.models.orders import BasketLine, DeliveryWay, Order, OrderLine, OrderLog, OrderMessage

__all__ = [
    "BasketLine",
    "Category",
    "Collection",
    "Customer",
    "CustomerLog",
    "DeliveryWay",
    "Order",
    "OrderLine",
    "OrderLog",
    "OrderMessage",
    "Product",
    "QuoteRequest",
    "Variant",
]
