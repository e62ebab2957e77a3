"""What the shop's pages show: one frozen dataclass a page, its queries the same at any number of rows."""

from shop.selectors.addresses import addresses_of
from shop.selectors.baskets import basket_page, delivery_choices
from shop.selectors.catalogue import alloys_offered, catalogue, catalogue_page, home_page, wish_of
from shop.selectors.orders import my_orders, order_page
from shop.selectors.pages import PersonalPart, personal_part
from shop.selectors.payments import bank_account, own_payment, payment_page, payment_ways
from shop.selectors.products import product_page
from shop.selectors.quotes import my_designs, quote_page

__all__ = [
    "PersonalPart",
    "addresses_of",
    "alloys_offered",
    "bank_account",
    "basket_page",
    "catalogue",
    "catalogue_page",
    "delivery_choices",
    "home_page",
    "my_designs",
    "my_orders",
    "order_page",
    "own_payment",
    "payment_page",
    "payment_ways",
    "personal_part",
    "product_page",
    "quote_page",
    "wish_of",
]
