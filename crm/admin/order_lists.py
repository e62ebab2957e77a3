"""The lists of orders for sellers: what narrows them, what finds one, and how a row looks.

Each filter is one indexed column (named where its query is) and nothing is counted past a bound: the lists cost the
same at ten thousand orders and at a million.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter
from unfold.decorators import display

from config.kernel.admin import thumbnail
from config.kernel.amounts import money
from crm.selectors import in_alloy
from crm.selectors.lists import pieces_of
from pricing.models import Alloy
from shop.models import Order, OrderLine
from shop.states import COUNTRIES, UNFINISHED, OrderStatus, PaymentStatus

# unfold shows the code instead of the words of what has no colour here; an empty one is grey.
STATUS_COLOURS = {
    "placed": "info",
    "exception": "danger",
    "approved": "info",
    "in_production": "warning",
    "ready": "success",
    "shipped": "success",
    "delivered": "",
    "cancelled": "",
}
PAYMENT_COLOURS = {"unpaid": "warning", "paid": "success", "refunded": "info"}


class StatusFilter(DropdownFilter):
    """Uses index order_by_status."""

    title = _("status")
    parameter_name = "status__exact"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(OrderStatus.choices)

    @override
    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(status=self.value()) if self.value() in OrderStatus.values else queryset


class PaymentFilter(DropdownFilter):
    """Uses index order_by_payment."""

    title = _("payment")
    parameter_name = "payment"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(PaymentStatus.choices)

    @override
    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(payment_status=self.value()) if self.value() in PaymentStatus.values else queryset


class CountryFilter(DropdownFilter):
    """Uses index order_by_country. The countries we send to, not those in the table: that would read all of it."""

    title = _("country")
    parameter_name = "country"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return sorted(COUNTRIES, key=lambda country: str(country[1]))

    @override
    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(country=self.value()) if self.value() in dict(COUNTRIES) else queryset


class AlloyFilter(DropdownFilter):
    title = _("alloy")
    parameter_name = "alloy"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(alloy.pk), str(alloy)) for alloy in Alloy.objects.order_by("rank", "pk")]

    @override
    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        known = {key for key, _name in self.lookup_choices}
        return queryset.filter(pk__in=in_alloy(int(self.value() or 0))) if self.value() in known else queryset


class DueFilter(DropdownFilter):
    """Orders that may miss their promise, the most urgent first. Uses index order_unfinished."""

    title = _("promise")
    parameter_name = "due"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("late", _("late")), ("at_risk", _("at risk: promised in two days or sooner"))]

    @override
    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        today = timezone.localdate()
        until = {"late": today - timedelta(days=1), "at_risk": None}
        if self.value() not in until:
            return queryset
        risky = queryset.at_risk(today)
        return risky.filter(promised_on__lt=today) if self.value() == "late" else risky


class PlacedFilter(RangeDateFilter):
    """Whole days, both included, in the reader's way of writing a date. Uses index order_newest."""

    @override
    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        since, until = (self._day(end) for end in ("from", "to"))
        if since:
            queryset = queryset.filter(placed_at__gte=_midnight(since))
        if until:
            queryset = queryset.filter(placed_at__lt=_midnight(until + timedelta(days=1)))
        return queryset

    def _day(self, end: str) -> date | None:
        try:
            day = forms.DateField(required=False).clean(self.used_parameters.get(f"{self.parameter_name}_{end}") or "")
        except ValidationError:
            return None
        return day if day and 1900 < day.year < 2200 else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class OrderList:
    """All orders, newest first."""

    list_display = ["pictures", "number", "status_label", "who", "country", "total", "payment_label", "promise"]
    list_display_links = ["number"]
    list_filter = [StatusFilter, DueFilter, PaymentFilter, CountryFilter, AlloyFilter, ("placed_at", PlacedFilter)]
    list_filter_submit = True
    search_fields = ["reference"]  # what `searched` looks at is told by search_help_text
    search_help_text = _("Reference, e-mail, phone or name")

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """The newest first; of those at risk the most urgent."""
        return ["promised_on", "pk"] if request.GET.get("due") else ["-placed_at", "-pk"]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By the index that the shape of what was typed asks for (shop.finding)."""
        return (queryset.searched(search_term) if search_term.strip() else queryset), False

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)  # type: ignore[misc]
        return rows.prefetch_related(pieces_of("lines"))

    @display(description=_("pieces"))
    def pictures(self, order: Any) -> str:
        return pictures_of(order.pieces)

    @display(description=_("reference"))
    def number(self, order: Order) -> str:
        """With the moment it was placed: a column of its own doesn't fit a laptop."""
        placed = moment_words(order.placed_at)
        return format_html('{}<div class="text-xs font-normal">{}</div>', on_a_line(order.reference), placed)

    @display(description=_("customer"))
    def who(self, order: Order) -> str:
        return format_html("{}<br>{}", order.name or "–", order.email)

    @display(description=_("total"))
    def total(self, order: Order) -> str:
        return on_a_line(money(order.gross, order.currency))

    @display(description=_("status"), label=STATUS_COLOURS)
    def status_label(self, order: Order) -> tuple[str, str]:
        return order.status, order.get_status_display()

    @display(description=_("payment"), label=PAYMENT_COLOURS)
    def payment_label(self, order: Order) -> tuple[str, str]:
        return order.payment_status, order.get_payment_status_display()

    @display(description=_("promised"), label={"late": "danger", "kept": ""})
    def promise(self, order: Order) -> tuple[str, str]:
        is_late = order.status in UNFINISHED and order.promised_on < timezone.localdate()
        return "late" if is_late else "kept", date_words(order.promised_on)


def on_a_line(text: str) -> str:
    """What isn't broken at its hyphens and spaces."""
    return format_html('<span class="whitespace-nowrap">{}</span>', text)


def date_words(day: date) -> str:
    return f"{day:%d.%m.%y}"


def moment_words(at: datetime) -> str:
    return on_a_line(f"{timezone.localtime(at):%d.%m.%y %H:%M}")


def pictures_of(lines: list[OrderLine]) -> str:
    """Small pictures of the first pieces."""
    urls = [line.quote.measurement.picture_url for line in lines[:2] if line.quote.measurement]
    return on_a_line(format_html_join("", "{}", ((thumbnail(url),) for url in urls)))
