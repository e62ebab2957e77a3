"""The sellers' pages, asked for one at a time: `bench.cases.crm_lists` compares what they cost."""

from functools import partial
from urllib.parse import quote

from bench.answering import Cases, answer, seen, signed_in


def _cases() -> Cases:
    seller = signed_in("seller@karat.example")
    return {name: partial(seen, seller, page) for name, page in _pages().items()}


def _pages() -> dict[str, str]:
    """Looked for are an order from the middle of the past, and a surname that more than a page of people have."""
    from shop.models import Order

    orders, customers = "/crm/shop/order/", "/crm/shop/customer/"
    keys = Order.objects.exclude(phone="").order_by("pk").values_list("pk", flat=True)
    order = Order.objects.get(pk=keys[keys.count() // 2])
    surname = quote(order.name.split()[-1])
    alloy = order.lines.values_list("alloy", flat=True)[0]
    return {
        "dashboard": "/crm/",
        "exceptions": "/crm/crm/orderexception/",
        "orders": orders,
        "orders: page 20": f"{orders}?p=20",
        "orders: by reference": f"{orders}?q={order.reference}",
        "orders: by e-mail": f"{orders}?q={quote(order.email)}",
        "orders: by phone": f"{orders}?q={quote(order.phone)}",
        "orders: by a surname": f"{orders}?q={surname}",
        "orders: by a name nobody has": f"{orders}?q=Zubrowska",
        "orders: at risk": f"{orders}?due=at_risk",
        "orders: of a country": f"{orders}?country=CH",
        "orders: not paid": f"{orders}?payment=unpaid",
        "orders: in an alloy": f"{orders}?alloy={alloy}",
        "orders: ready": f"{orders}?status__exact=ready",
        "customers": customers,
        "customers: by e-mail": f"{customers}?q={quote(order.email)}",
        "customers: by a surname": f"{customers}?q={surname}",
        "a customer": f"{customers}{order.customer_id}/change/",
    }


if __name__ == "__main__":
    answer(_cases)
