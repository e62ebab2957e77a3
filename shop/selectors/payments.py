"""What a customer sees of paying an order."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from payments import PaymentStatus as ProviderStatus

from shop.models import Customer, Order, Payment
from shop.states import OrderStatus, PaymentStatus, PaymentWay


@dataclass(frozen=True, slots=True)
class BankAccount:
    holder: str
    iban: str
    bic: str


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """problem: money came for the order, but not as it should have; a person looks at it."""

    reference: str
    gross: Decimal
    currency: str
    status: str
    way: str
    may_be_paid: bool
    takes_cards: bool
    bank: BankAccount | None
    problem: str = ""

    @property
    def is_paid(self) -> bool:
        return self.status == PaymentStatus.PAID

    @property
    def is_refunded(self) -> bool:
        return self.status == PaymentStatus.REFUNDED


def payment_ways() -> list[tuple[str, str]]:
    """How an order may be paid, as the settings offer it."""
    offered = {
        PaymentWay.CARD: PaymentWay.CARD in settings.PAYMENT_VARIANTS,
        PaymentWay.TRANSFER: bool(settings.BANK_ACCOUNT),
    }
    return [(way.value, str(way.label)) for way, is_offered in offered.items() if is_offered]


def payment_page(customer: Customer | None, reference: str) -> PaymentPage | None:
    """How a customer's own order stands with its payment; None when he has no such one."""
    order = Order.objects.of_customer(customer).filter(reference=reference).first() if customer else None
    return payment_of(order) if order is not None else None


def payment_of(order: Order) -> PaymentPage:
    is_unpaid = order.payment_status == PaymentStatus.UNPAID
    return PaymentPage(
        reference=order.reference,
        gross=order.gross,
        currency=order.currency,
        status=order.payment_status,
        way=order.payment_way,
        may_be_paid=is_unpaid and order.status != OrderStatus.CANCELLED,
        takes_cards=PaymentWay.CARD in settings.PAYMENT_VARIANTS,
        bank=bank_account(),
        problem=_problem(order) if is_unpaid else "",
    )


def bank_account() -> BankAccount | None:
    return BankAccount(**settings.BANK_ACCOUNT) if settings.BANK_ACCOUNT else None


def own_payment(customer: Customer | None, reference: str, token: str) -> Payment | None:
    """A payment that its customer may go on with."""
    if customer is None:
        return None
    own = Payment.objects.filter(order__in=Order.objects.of_customer(customer), order__reference=reference)
    return own.filter(token=token, status__in=[ProviderStatus.WAITING, ProviderStatus.INPUT]).first()


def _problem(order: Order) -> str:
    waiting = order.payments.filter(status=ProviderStatus.CONFIRMED).exclude(problem="")
    return waiting.values_list("problem", flat=True).first() or ""
