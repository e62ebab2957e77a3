"""What a seller does to an order by hand: buttons of its page, each a small form and one service call with a reason.

A button is shown in the states in which its service doesn't refuse; the service decides all the same.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from config.kernel.admin import ReadOnlyAdmin
from config.kernel.amounts import money
from config.kernel.decisions import ask, decision
from crm.selectors.order_page import open_changes, priced_changes
from crm.services import changes, corrections, questions, reviews
from pricing.states import Finish
from shop.models import Order, OrderLine
from shop.services.orders import deliver_order, ship_order

_UNDECIDED = {"placed", "exception"}
_IN_WORK = {"approved", "in_production"}
_OPEN = _UNDECIDED | _IN_WORK
# In which states of the order which button is offered.
OFFERED: dict[str, set[str]] = {
    "approve": _UNDECIDED,
    "apply_rules_again": _UNDECIDED,
    "ask_customer": _OPEN | {"ready", "shipped", "delivered"},
    "hold": _OPEN,
    "resume": _IN_WORK,
    "change_line": _UNDECIDED,
    "take_price": _UNDECIDED,
    "drop_change": _UNDECIDED,
    "split": _UNDECIDED,
    "change_date": _OPEN,
    "expedite": _IN_WORK,
    "reject": _OPEN,
    "refund": _OPEN | {"ready", "shipped", "delivered", "cancelled"},
    "ship": {"ready"},
    "deliver": {"shipped"},
}


def _deed(title: Any, service: Any, permission: str = "crm.decide_order", **how: Any) -> Any:
    return decision(title, service, thing="order_id", permission=permission, **how)


def _choice(label: Any, choices: list[tuple[Any, Any]]) -> forms.Field:
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int, widget=UnfoldAdminSelectWidget())


def _lines(order: Order) -> list[tuple[int, str]]:
    lines = OrderLine.objects.filter(order=order).select_related("alloy")
    return [(line.pk, f"{_piece(line)}: {money(line.gross, order.currency)}") for line in lines]


def _piece(line: OrderLine) -> str:
    return f"{line.title}, {line.alloy}, {line.size or '–'} × {line.quantity}"


def _new_line(order: Order) -> dict[str, forms.Field]:
    """What is left empty stays as it is."""
    finishes = [("", _("as it is")), *Finish.choices]
    text, number = UnfoldAdminTextInputWidget(), UnfoldAdminIntegerFieldWidget()
    return {
        "line_id": _choice(_("Line"), _lines(order)),
        "size": forms.CharField(label=_("New size, or empty"), max_length=16, required=False, widget=text),
        "finish": forms.ChoiceField(
            label=_("New finish"), choices=finishes, required=False, widget=UnfoldAdminSelectWidget()
        ),
        "quantity": forms.IntegerField(label=_("New quantity, or empty"), min_value=1, required=False, widget=number),
    }


def _priced(order: Order) -> dict[str, forms.Field]:
    """The price is part of what is chosen, so that no other than the one seen is taken."""
    choices = [
        (f"{change.pk} {new}", f"{change.line.title}: {money(old, order.currency)} → {money(new, order.currency)}")
        for change, old, new in priced_changes(order)
    ]
    return {"chosen": forms.ChoiceField(label=_("New price"), choices=choices, widget=UnfoldAdminSelectWidget())}


def _changes(order: Order) -> dict[str, forms.Field]:
    choices = [(one.pk, f"{one.line.title}: {one.quote.get_status_display()}") for one in open_changes(order)]
    return {"change_id": _choice(_("Change"), choices)}


def _split(order: Order) -> dict[str, forms.Field]:
    return {
        "line_ids": forms.TypedMultipleChoiceField(
            label=_("Lines for an order of their own"),
            choices=_lines(order),
            coerce=int,
            widget=forms.CheckboxSelectMultiple(),
        )
    }


def _date(order: Order) -> dict[str, forms.Field]:
    initial = max(order.promised_on, timezone.localdate())
    widget = UnfoldAdminSingleDateWidget()
    return {"promised_on": forms.DateField(label=_("Promised date"), initial=initial, widget=widget)}


def _amount(_order: Order) -> dict[str, forms.Field]:
    widget = UnfoldAdminDecimalFieldWidget()
    return {
        "amount": forms.DecimalField(
            label=_("Amount"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2, widget=widget
        )
    }


class OrderDeeds(ReadOnlyAdmin):
    """The buttons of an order's page."""

    actions_detail = [
        "approve",
        "ask_customer",
        "hold",
        "resume",
        "ship",
        "deliver",
        {
            "title": _("Correct"),
            "items": ["change_line", "take_price", "drop_change", "split", "change_date", "expedite"],
        },
        {"title": _("More"), "items": ["apply_rules_again", "refund", "reject"]},
    ]
    actions_row = ["approve", "ship"]

    approve = _deed(_("Approve"), reviews.approve_order, icon="check")
    apply_rules_again = _deed(_("Apply the rules again"), reviews.apply_rules_again, icon="rule")
    hold = _deed(_("Hold"), reviews.hold_order, icon="pause")
    resume = _deed(_("Resume"), reviews.resume_order, icon="play_arrow")
    reject = _deed(_("Reject or cancel"), reviews.reject_order, icon="close")
    ask_customer = _deed(
        _("Ask the customer"), questions.ask_customer, icon="contact_support", text="text", label=_("Question")
    )
    change_line = _deed(_("Change a line"), changes.request_line_change, icon="edit", fields=_new_line)
    drop_change = _deed(_("Drop the change"), changes.drop_line_change, icon="undo", fields=_changes)
    split = _deed(_("Split the order"), changes.split_order, icon="call_split", fields=_split)
    change_date = _deed(_("Change the promised date"), corrections.change_promised_date, icon="event", fields=_date)
    expedite = _deed(_("Expedite"), corrections.expedite_order, icon="bolt")
    refund = _deed(_("Note a refund"), corrections.note_refund, "crm.note_refund", icon="payments", fields=_amount)
    ship = _deed(
        _("Ship"), ship_order, "shop.ship_order", icon="local_shipping", text="tracking_number",
        label=_("Tracking number"),
    )  # fmt: skip
    deliver = _deed(_("Delivered"), deliver_order, "shop.ship_order", icon="done_all", label=_("How do we know?"))

    @action(description=_("Take the new price"), permissions=["crm.decide_order"], icon="price_check")
    def take_price(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def call(order: Order, reason: str, chosen: str) -> Model:
            change, shown = chosen.split(" ")
            seen: dict[str, Any] = {"change_id": int(change), "shown": Decimal(shown), "actor": request.user}
            return changes.take_line_change(order_id=order.pk, reason=reason, **seen)

        return ask(self, request, object_id, title=_("Take the new price"), call=call, fields=_priced)

    @override
    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Those that the user may use and that the order's state allows."""
        allowed = super().get_actions_detail(request, object_id)
        status = Order.objects.filter(pk=object_id).values_list("status", flat=True).first() or ""
        prefix = "shop_order_"
        return [one for one in allowed if status in OFFERED[one.action_name.removeprefix(prefix)]]
