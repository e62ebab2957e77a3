"""Paths of the shop."""

from django.urls import path, register_converter

from config.kernel.paths import Key, Reference
from shop.views import account, addresses, basket, catalogue, orders, payments, personal, quotes

register_converter(Reference, "reference")
register_converter(Key, "key")

app_name = "shop"

urlpatterns = [
    path("", catalogue.home, name="home"),
    path("catalogue/", catalogue.products, name="catalogue"),
    path("catalogue/<slug:shelf>/", catalogue.products, name="category"),
    path("piece/<slug:slug>/", catalogue.product, name="product"),
    path("sitemap.xml", catalogue.sitemap, name="sitemap"),
    path("design/", quotes.design, name="design"),
    path("quotes/", quotes.my_designs, name="my_designs"),
    path("quotes/<reference:reference>/", quotes.quote, name="quote"),
    path("quotes/<reference:reference>/state/", quotes.quote_state, name="quote_state"),
    path("quotes/<reference:reference>/again/", quotes.correct_quote, name="quote_again"),
    path("quotes/<reference:reference>/change/", quotes.change_quote, name="change_quote"),
    path("quotes/<reference:reference>/basket/", basket.add_quote, name="add_quote"),
    path("basket/", basket.basket, name="basket"),
    path("basket/add/", basket.add_variant, name="add_variant"),
    path("basket/<key:line_id>/remove/", basket.remove, name="remove"),
    path("basket/<key:line_id>/renew/", basket.renew, name="renew"),
    path("basket/<key:line_id>/take/", basket.take_price, name="take_price"),
    path("checkout/", orders.checkout, name="checkout"),
    path("orders/", orders.my_orders, name="my_orders"),
    path("orders/<reference:reference>/", orders.order, name="order"),
    path("orders/<reference:reference>/as-guest/<str:signature>/", orders.order_by_link, name="order_link"),
    path("orders/<reference:reference>/message/", orders.write, name="write_message"),
    path("orders/<reference:reference>/cancel/", orders.cancel, name="cancel_order"),
    path("orders/<reference:reference>/again/", orders.order_again, name="order_again"),
    path("orders/<reference:reference>/pay/", payments.pay, name="pay"),
    path("orders/<reference:reference>/pay/card/", payments.start, name="start_payment"),
    path("orders/<reference:reference>/pay/card/<uuid:token>/", payments.by_card, name="pay_by_card"),
    path("orders/<reference:reference>/paid/", payments.paid, name="paid"),
    path("orders/<reference:reference>/not-paid/", payments.failed, name="pay_failed"),
    path("payments/<uuid:token>/", payments.notice, name="payment_notice"),
    path("payments/by/<slug:variant>/", payments.notices, name="payment_notices"),
    path("addresses/", addresses.addresses, name="addresses"),
    path("addresses/<key:address_id>/", addresses.address, name="address"),
    path("addresses/<key:address_id>/remove/", addresses.remove, name="remove_address"),
    path("addresses/<key:address_id>/usual/", addresses.prefer, name="prefer_address"),
    path("my-data/", personal.my_data, name="my_data"),
    path("my-data/download/", personal.download, name="download_my_data"),
    path("my-data/erase/", personal.erase, name="erase_my_data"),
    path("terms/", orders.terms, name="terms"),
    path("sign-in/", account.SignIn.as_view(), name="sign_in"),
    path("sign-up/", account.SignUp.as_view(), name="sign_up"),
    path("sign-out/", account.sign_out, name="sign_out"),
]
