"""Checkout and what became of an order."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kernel.errors import DomainError
from config.kernel.references import secret_key
from pricing.errors import QuoteExpired
from shop import selectors
from shop.forms import DeliveryForm, MessageForm
from shop.models import Customer, Order
from shop.selectors.addresses import AddressRow
from shop.services.baskets import reorder
from shop.services.checkout import TERMS_VERSION, Delivery, check_out
from shop.services.guests import guest_of_link
from shop.services.orders import cancel_own_order, write_message
from shop.states import MOST_ADDRESSES, OrderStatus
from shop.views.people import VISITOR_KEY, customer_of, known_customer, page


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def checkout(request: HttpRequest) -> HttpResponse:
    """For everybody: a guest gives his name and e-mail with the address."""
    customer = known_customer(request)
    book, place = _book_of(request, customer)
    form = DeliveryForm(request.POST or None, initial=_known_delivery(customer, place))
    if customer is not None and form.is_valid():
        try:
            placed = _order(request, form.cleaned_data)
            return redirect("shop:pay" if placed.payment_way else "shop:order", placed.reference)
        except QuoteExpired as refusal:
            messages.error(request, str(refusal))
            return redirect("shop:basket")
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    found = selectors.basket_page(customer)
    if not found.can_be_ordered:
        return redirect("shop:basket")
    ways = selectors.delivery_choices(found.total)
    chosen = next((way for way in ways if way.code == form["way"].value()), next(iter(ways), None))
    total = chosen.total if chosen else found.total
    values = {"form": form, "basket": found, "ways": ways, "chosen": chosen, "total": total}
    values |= {"book": book, "chosen_address": place, "may_keep": _may_keep(request, book)}
    values |= {"payments": selectors.payment_ways(), "paid_by": form["payment_way"].value()}
    return page(request, "shop/checkout.html", customer=customer, **values)


def _order(request: HttpRequest, sent: dict[str, Any]) -> Order:
    key, shown = sent.pop("checkout_key"), sent.pop("shown")
    sent.pop("terms")
    keep = sent.pop("keep") and request.user.is_authenticated
    offered = dict(selectors.payment_ways())
    payment_way = sent.pop("payment_way")
    return check_out(
        customer=customer_of(request),
        delivery=Delivery(**sent),
        checkout_key=key,
        actor=request.user,
        shown=shown,
        terms_version=TERMS_VERSION,
        payment_way=payment_way if payment_way in offered else "",
        keeps_address=keep,
    )


def _book_of(request: HttpRequest, customer: Customer | None) -> tuple[tuple[AddressRow, ...], AddressRow | None]:
    """The address book of an account, and of it what `?to=` names, else the usual one."""
    if not request.user.is_authenticated:
        return (), None
    book = selectors.addresses_of(customer)
    wanted = request.GET.get("to")
    if not wanted:
        return book, next((row for row in book if row.is_usual), None)
    named = next((row for row in book if str(row.id) == wanted), None)
    if named is None:
        raise Http404
    return book, named


def _may_keep(request: HttpRequest, book: tuple[AddressRow, ...]) -> bool:
    return request.user.is_authenticated and len(book) < MOST_ADDRESSES


def _known_delivery(customer: Customer | None, place: AddressRow | None) -> dict[str, Any]:
    """The chosen address, else where the last order went; and a key: the same form sent twice is one order."""
    known: dict[str, Any] = {"checkout_key": secret_key()}
    if customer is None:
        return known
    last = Order.objects.of_customer(customer).newest_first()
    fields = ("name", "email", "phone", "address", "postal_code", "city", "country")
    told = (last.values(*fields).first() or {}) | (place.told() if place else {})
    return {"name": customer.name, "email": customer.email, **told, **known}


@require_safe
@never_cache
def my_orders(request: HttpRequest) -> HttpResponse:
    customer = known_customer(request)
    orders = selectors.my_orders(customer)
    if not orders and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return page(request, "shop/my_orders.html", customer=customer, orders=orders)


@require_safe
@never_cache
def order(request: HttpRequest, reference: str) -> HttpResponse:
    """An order of one's own; a stranger may be its owner and is asked to sign in."""
    customer = known_customer(request)
    found = selectors.order_page(customer, reference)
    if found is None and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if found is None:
        raise Http404
    return page(request, "shop/order.html", customer=customer, order=found, form=MessageForm())


@require_safe
@never_cache
def order_by_link(request: HttpRequest, reference: str, signature: str) -> HttpResponse:
    """The link in a guest's messages: he is known again, also on another device."""
    guest = guest_of_link(reference, signature)
    if guest is not None and not request.user.is_authenticated:
        request.session[VISITOR_KEY] = guest.key
    return redirect("shop:order", reference)


@require_POST
def write(request: HttpRequest, reference: str) -> HttpResponse:
    form = MessageForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    write_message(customer=customer_of(request), reference=reference, text=text, actor=request.user)
    messages.success(request, _("Your message is with us. The answer comes here."))
    return redirect("shop:order", reference)


@require_POST
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    own = cancel_own_order(customer=customer_of(request), reference=reference, actor=request.user)
    if own.status == OrderStatus.CANCELLED:
        messages.success(request, _("Your order is cancelled."))
    else:
        messages.success(
            request, _("We cancel your order if its metal isn't cast yet. You read here what became of it.")
        )
    return redirect("shop:order", reference)


@require_POST
def order_again(request: HttpRequest, reference: str) -> HttpResponse:
    """The same pieces at today's prices, in the basket."""
    reorder(customer=customer_of(request), reference=reference, actor=request.user)
    return redirect("shop:basket")


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return page(request, "shop/terms.html", version=TERMS_VERSION)
