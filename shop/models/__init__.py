from shop.models.catalogue import Category, Collection, Product, Variant
from shop.models.customers import Address, Customer, CustomerLog, QuoteRequest
from shop.models.letters import OrderLetter
from shop.models.orders import BasketLine, DeliveryWay, Order, OrderLine, OrderLog, OrderMessage
from shop.models.payments import Payment

__all__ = [
    "Address",
    "BasketLine",
    "Category",
    "Collection",
    "Customer",
    "CustomerLog",
    "DeliveryWay",
    "Order",
    "OrderLetter",
    "OrderLine",
    "OrderLog",
    "OrderMessage",
    "Payment",
    "Product",
    "QuoteRequest",
    "Variant",
]
