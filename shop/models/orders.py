"""Baskets and orders."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round  # SQLite keeps decimals as floats
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from config.kernel.fields import GramsField, MoneyField
from config.kernel.references import order_reference
from config.kernel.transitions import StatusLog
from pricing.models import Alloy, Design, Quote
from pricing.states import Finish, Kind
from shop import states
from shop.models.catalogue import Product
from shop.models.customers import Customer
from shop.querysets import BasketLineQuerySet, OrderQuerySet
from shop.states import UNFINISHED, OrderStatus, PaymentStatus, PaymentWay


class BasketLine(models.Model):
    """A priced quote that a customer wants to order."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="basket_lines", verbose_name=_("customer"))
    quote = models.OneToOneField(Quote, models.PROTECT, related_name="+", verbose_name=_("quote"))
    next_quote = models.ForeignKey(
        Quote, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("price that may replace it")
    )
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(_("title"), max_length=120)
    added_at = models.DateTimeField(auto_now_add=True)

    objects = BasketLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("basket line")
        verbose_name_plural = _("basket lines")
        ordering = ["pk"]

    @override
    def __str__(self) -> str:
        return self.title


class DeliveryWay(models.Model):
    """A way to deliver with its price. The company edits it; what an order was charged is frozen with the order."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_ru = models.CharField(_("name in Russian"), max_length=60, blank=True)
    gross = MoneyField(_("price with VAT"))
    days = models.PositiveSmallIntegerField(_("days on the way"), default=3)
    is_offered = models.BooleanField(_("offered"), default=True)
    rank = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        verbose_name = _("way of delivery")
        verbose_name_plural = _("ways of delivery")
        ordering = ["rank", "code"]
        constraints = [models.CheckConstraint(condition=Q(gross__gte=0), name="delivery_way_not_below_zero")]

    @override
    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """What a customer bought. Amounts and pieces are frozen copies of the accepted quotes, with the delivery."""

    transitions = states.TRANSITIONS

    reference = models.CharField(_("reference"), max_length=16, unique=True, default=order_reference, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="orders", verbose_name=_("customer"))
    status = models.CharField(_("status"), max_length=16, choices=OrderStatus.choices, default=OrderStatus.PLACED)
    placed_at = models.DateTimeField(_("placed at"), auto_now_add=True)
    promised_on = models.DateField(_("promised date"))
    # What the customer was told when he ordered, and with which probability, per cent. A seller moves promised_on.
    first_promised_on = models.DateField(_("promised at first"), null=True, editable=False)
    promise_probability = models.PositiveSmallIntegerField(_("promised with, %"), null=True, editable=False)
    currency = models.CharField(_("currency"), max_length=3)
    net = MoneyField(_("net"))
    tax = MoneyField(_("VAT"))
    gross = MoneyField(_("total"))
    payment_status = models.CharField(
        _("payment"), max_length=12, choices=PaymentStatus.choices, default=PaymentStatus.UNPAID, editable=False
    )
    payment_way = models.CharField(
        _("to be paid"), max_length=12, choices=PaymentWay.choices, blank=True, editable=False
    )

    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=200)
    postal_code = models.CharField(_("postal code"), max_length=16)
    city = models.CharField(_("city"), max_length=80)
    country = models.CharField(_("country"), max_length=2)
    note = models.CharField(_("note"), max_length=300, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=60, blank=True)
    delivery_way = models.ForeignKey(
        DeliveryWay, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("way of delivery")
    )
    delivery_gross = MoneyField(_("delivery"), default=0)
    terms_version = models.CharField(_("terms agreed to"), max_length=16, blank=True, editable=False)
    checkout_key = models.CharField(max_length=64, unique=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        permissions = [
            ("ship_order", _("Can hand orders to the carrier")),
            ("export_orders", _("Can take orders out as a table")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(gross=Round(F("net") + F("tax"), 2)), name="order_net_and_tax_are_gross"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["shipped", "delivered"]) | ~Q(tracking_number=""),
                name="order_shipped_has_tracking",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-placed_at", "-id"], name="order_of_customer"),
            models.Index(fields=["-placed_at", "-id"], name="order_newest"),
            models.Index(fields=["email"], name="order_of_email"),
            models.Index(
                fields=["placed_at", "id"], condition=Q(status__in=["placed", "exception"]), name="order_undecided"
            ),
            models.Index(fields=["status", "-placed_at", "-id"], name="order_by_status"),
            models.Index(fields=["id"], condition=Q(status="cancelled", payment_status="paid"), name="order_to_refund"),
            models.Index(fields=["country", "-placed_at", "-id"], name="order_by_country"),
            models.Index(fields=["payment_status", "-placed_at", "-id"], name="order_by_payment"),
            models.Index(fields=["promised_on", "id"], condition=Q(status__in=UNFINISHED), name="order_unfinished"),
        ]

    @override
    def __str__(self) -> str:
        return self.reference


class OrderMessage(models.Model):
    """What a customer and the company write to each other about an order. Never changed."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="messages", verbose_name=_("order"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )
    is_from_customer = models.BooleanField(_("from the customer"))
    text = models.TextField(_("text"), max_length=2000)
    is_question = models.BooleanField(_("asks the customer"), default=False, db_default=False, editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)

    class Meta:
        verbose_name = _("message about an order")
        verbose_name_plural = _("messages about orders")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["at"], condition=Q(is_from_customer=True, answered_at=None), name="order_message_unanswered"
            )
        ]

    @override
    def __str__(self) -> str:
        return self.text[:40]


class OrderLine(models.Model):
    """One piece of an order: its quote, frozen."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines", verbose_name=_("order"))
    quote = models.OneToOneField(Quote, models.PROTECT, related_name="+", verbose_name=_("quote"))
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind of piece"), max_length=12, choices=Kind.choices)
    design = models.ForeignKey(Design, models.PROTECT, related_name="+", verbose_name=_("design"))
    alloy = models.ForeignKey(Alloy, models.PROTECT, related_name="+", verbose_name=_("alloy"))
    finish = models.CharField(_("finish"), max_length=24, choices=Finish.choices)
    size = models.CharField(_("size"), max_length=16, blank=True)
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    mass_g = GramsField(_("estimated mass of a piece, g"))
    net = MoneyField(_("net"))
    tax = MoneyField(_("VAT"))
    gross = MoneyField(_("amount"))

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(gross=Round(F("net") + F("tax"), 2)), name="order_line_net_and_tax_are_gross"
            )
        ]
        indexes = [models.Index(fields=["alloy", "-order"], name="order_line_of_alloy")]

    @override
    def __str__(self) -> str:
        return self.title


class OrderLog(StatusLog):
    order = models.ForeignKey(Order, models.CASCADE, related_name="log")
    told_at = models.DateTimeField(_("customer told at"), null=True, editable=False)

    class Meta(StatusLog.Meta):
        verbose_name = _("step of an order")
        verbose_name_plural = _("steps of an order")

    @override
    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
