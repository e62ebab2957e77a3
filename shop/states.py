"""The life of a customer's order."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrderStatus(TextChoices):
    PLACED = "placed", _("placed")
    EXCEPTION = "exception", _("being checked")
    APPROVED = "approved", _("approved")
    IN_PRODUCTION = "in_production", _("in production")
    READY = "ready", _("ready")
    SHIPPED = "shipped", _("shipped")
    DELIVERED = "delivered", _("delivered")
    CANCELLED = "cancelled", _("cancelled")


class PaymentStatus(TextChoices):
    UNPAID = "unpaid", _("not paid yet")
    PAID = "paid", _("paid")
    REFUNDED = "refunded", _("refunded")


class PaymentWay(TextChoices):
    """How a customer pays; also the name of django-payments' variant."""

    CARD = "card", _("by card")
    TRANSFER = "transfer", _("by bank transfer")


class PaymentProblem(TextChoices):
    """Why money that came marks no order as paid."""

    NONE = "", _("none")
    AMOUNT = "amount", _("another amount than the order's")
    CURRENCY = "currency", _("another currency than the order's")
    TWICE = "twice", _("the order was paid already")
    CANCELLED = "cancelled", _("the order was cancelled")


PAYMENT_MOVES: dict[str, set[str]] = {
    PaymentStatus.UNPAID: {PaymentStatus.PAID},
    PaymentStatus.PAID: {PaymentStatus.REFUNDED},
    PaymentStatus.REFUNDED: set(),
}


class LetterKind(TextChoices):
    """What a customer is told by e-mail. The first six are the statuses that he is told of."""

    PLACED = "placed", _("order placed")
    APPROVED = "approved", _("order approved")
    READY = "ready", _("order ready")
    SHIPPED = "shipped", _("order shipped")
    DELIVERED = "delivered", _("order delivered")
    CANCELLED = "cancelled", _("order cancelled")
    PROMISE = "promise", _("promised date changed")
    MESSAGE = "message", _("message from us")
    QUESTION = "question", _("question from us")
    PAID = "paid", _("payment received")
    REFUNDED = "refunded", _("money sent back")


# The statuses that a customer reads of; the others are pauses and steps inside the workshop.
TOLD = {
    OrderStatus.PLACED,
    OrderStatus.APPROVED,
    OrderStatus.READY,
    OrderStatus.SHIPPED,
    OrderStatus.DELIVERED,
    OrderStatus.CANCELLED,
}


class CustomerAct(TextChoices):
    """What the log of a customer tells."""

    STANDING = "standing", _("standing changed")
    MERGED = "merged", _("merged")
    EXPORTED = "exported", _("personal data exported")
    ERASED = "erased", _("personal data erased")


TRANSITIONS: dict[str, set[str]] = {
    OrderStatus.PLACED: {OrderStatus.APPROVED, OrderStatus.EXCEPTION, OrderStatus.CANCELLED},
    OrderStatus.EXCEPTION: {OrderStatus.APPROVED, OrderStatus.CANCELLED},
    OrderStatus.APPROVED: {OrderStatus.IN_PRODUCTION, OrderStatus.CANCELLED},
    OrderStatus.IN_PRODUCTION: {OrderStatus.READY, OrderStatus.CANCELLED},
    OrderStatus.READY: {OrderStatus.SHIPPED},
    OrderStatus.SHIPPED: {OrderStatus.DELIVERED},
    OrderStatus.DELIVERED: set(),
    OrderStatus.CANCELLED: set(),
}

# A customer may cancel: until the metal is cast, which only the workshop knows of an order in work.
CANCELLABLE = {OrderStatus.PLACED, OrderStatus.EXCEPTION, OrderStatus.APPROVED, OrderStatus.IN_PRODUCTION}

# What is still to be made or decided: late if it isn't ready by its promised date.
UNFINISHED = [OrderStatus.PLACED, OrderStatus.EXCEPTION, OrderStatus.APPROVED, OrderStatus.IN_PRODUCTION]

# The stages a customer sees, in their order; `exception` is a pause within the first.
STAGES = [
    OrderStatus.PLACED,
    OrderStatus.APPROVED,
    OrderStatus.IN_PRODUCTION,
    OrderStatus.READY,
    OrderStatus.SHIPPED,
    OrderStatus.DELIVERED,
]

MOST_ADDRESSES = 12  # in a customer's address book
ADDRESS_FIELDS = ("name", "phone", "address", "postal_code", "city", "country")

# Where we send to.
COUNTRIES = [
    ("AT", _("Austria")),
    ("BE", _("Belgium")),
    ("BG", _("Bulgaria")),
    ("CH", _("Switzerland")),
    ("CZ", _("Czechia")),
    ("DE", _("Germany")),
    ("DK", _("Denmark")),
    ("EE", _("Estonia")),
    ("ES", _("Spain")),
    ("FI", _("Finland")),
    ("FR", _("France")),
    ("GB", _("United Kingdom")),
    ("GR", _("Greece")),
    ("IE", _("Ireland")),
    ("IT", _("Italy")),
    ("KZ", _("Kazakhstan")),
    ("LT", _("Lithuania")),
    ("LV", _("Latvia")),
    ("NL", _("Netherlands")),
    ("NO", _("Norway")),
    ("PL", _("Poland")),
    ("PT", _("Portugal")),
    ("RS", _("Serbia")),
    ("RU", _("Russia")),
    ("SE", _("Sweden")),
    ("TR", _("Türkiye")),
]
