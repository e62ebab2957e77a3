"""Work orders with their operations and log; a planner corrects them by hand, with a reason."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget

from config.kernel.admin import LogInline, ReadOnlyAdmin, ReadOnlyInline, thumbnail
from config.kernel.dashboards import durations
from config.kernel.decisions import decision
from config.kernel.sites import operators
from mes.models import (
    Hallmark,
    MetalMovement,
    Operation,
    OperationLog,
    Operator,
    Weighing,
    WorkCentre,
    WorkOrder,
    WorkOrderLog,
)
from mes.selectors import metal_balance, time_spent
from mes.services import corrections, metal, release, rework


class OperationInline(ReadOnlyInline):
    model = Operation
    fields = readonly_fields = [
        "sequence",
        "kind",
        "work_centre",
        "status",
        "operator",
        "pinned_to",
        "planned_minutes",
        "started_at",
        "finished_at",
        "page",
    ]

    @display(description="")
    def page(self, operation: Operation) -> str:
        """Where it is reassigned and pinned."""
        return format_html(
            '<a href="{}">{}</a>', reverse("operators:mes_operation_change", args=[operation.pk]), _("Correct")
        )

    @override
    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("work_centre", "operator", "pinned_to")


class WorkOrderLogInline(LogInline):
    model = WorkOrderLog


class MetalInline(ReadOnlyInline):
    model = MetalMovement
    fields = readonly_fields = ["at", "kind", "mass_g", "actor", "reason"]


class WeighingInline(ReadOnlyInline):
    model = Weighing
    fields = readonly_fields = ["at", "estimated_g", "weighed_g", "actor"]


class HallmarkInline(ReadOnlyInline):
    model = Hallmark
    fields = readonly_fields = ["at", "fineness", "certificate", "actor"]


class OperationLogInline(LogInline):
    model = OperationLog


def _correction(title: Any, service: Any, icon: str, *, thing: str = "work_order_id", **asked: Any) -> Any:
    return decision(title, service, thing=thing, permission="mes.correct_work_order", icon=icon, **asked)


def _due_date(work_order: WorkOrder) -> dict[str, forms.Field]:
    widget = UnfoldAdminSingleDateWidget()
    return {"due_on": forms.DateField(label=_("Due date"), initial=work_order.due_on, widget=widget)}


def _grams(_work_order: WorkOrder) -> dict[str, forms.Field]:
    kinds = forms.ChoiceField(label=_("Movement"), choices=MetalMovement.Kind.choices, widget=UnfoldAdminSelectWidget())
    widget = UnfoldAdminDecimalFieldWidget()
    mass = forms.DecimalField(label=_("Mass, g"), min_value=Decimal("0.001"), decimal_places=3, widget=widget)
    return {"kind": kinds, "mass_g": mass}


def _work_centre(operation: Operation) -> dict[str, forms.Field]:
    others = WorkCentre.objects.exclude(pk=operation.work_centre_id)
    return {"work_centre_id": _choice(_("Work centre"), [(one.pk, one.name) for one in others])}


def _operator(operation: Operation) -> dict[str, forms.Field]:
    able = Operator.objects.filter(work_centres=operation.work_centre_id).order_by("name", "pk")
    nobody = ("", _("nobody: take the pin off"))
    return {"operator_id": _choice(_("Operator"), [*((one.pk, str(one)) for one in able), nobody])}


def _choice(label: Any, choices: list[Any]) -> forms.Field:
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=int, empty_value=None, required=False, widget=UnfoldAdminSelectWidget()
    )


class DueFilter(admin.SimpleListFilter):
    """What a planner looks at first; the figures of his first page lead here."""

    title = _("due")
    parameter_name = "due"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("late", _("late")), ("at_risk", _("at risk: in two days or sooner"))]

    @override
    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = {"late": queryset.late, "at_risk": queryset.at_risk}.get(self.value() or "")
        return chosen(timezone.localdate()).order_by("due_on", "pk") if chosen else queryset


@admin.register(WorkOrder, site=operators)
class WorkOrderAdmin(ReadOnlyAdmin):
    list_display = ["picture", "reference", "status", "title", "alloy", "quantity", "is_rush", "due_on", "released_at"]
    list_filter = [DueFilter, "status"]
    list_select_related = ["alloy", "measurement"]
    list_display_links = ["reference"]
    exact_search = ["reference"]
    ordering = ["-released_at"]
    inlines = [OperationInline, MetalInline, WeighingInline, HallmarkInline, WorkOrderLogInline]
    fields = [
        ("reference", "status", "is_rush"),
        ("title", "kind", "quantity"),
        ("alloy", "finish", "size"),
        ("stones", "stone_count", "engraving"),
        ("instruction", "remake_of"),
        ("due_on", "expected_on"),
        ("promised_on", "promise_probability"),
        ("aged_from", "released_at"),
        ("started_at", "finished_at"),
        ("mass_g", "mass_factor", "unaccounted_metal"),
        "where_the_time_went",
    ]
    readonly_fields = ["unaccounted_metal", "where_the_time_went"]
    actions_detail = [
        "traveller",
        "hold",
        "resume",
        "expedite",
        "change_due_date",
        {"title": _("More"), "items": ["calm", "move_metal", "hallmark", "scrap", "cancel"]},
    ]

    hold = _correction(_("Hold"), release.hold_work_order, icon="pause")
    resume = _correction(_("Resume"), release.resume_work_order, icon="play_arrow")
    expedite = _correction(_("Expedite"), release.expedite_work_order, icon="bolt")
    calm = _correction(_("Take the rush off"), release.calm_work_order, icon="low_priority")
    change_due_date = _correction(_("Change the due date"), corrections.change_due_date, "event", fields=_due_date)
    move_metal = _correction(_("Issue or return metal"), metal.move_metal, "scale", fields=_grams)
    hallmark = _correction(
        _("Record the hallmark"), metal.record_hallmark, "verified", text="certificate", label=_("Office and number")
    )

    @action(description=_("Traveller (PDF)"), permissions=["mes.view_workorder"], icon="print")
    def traveller(self, request: HttpRequest, object_id: str) -> HttpResponse:
        from mes import traveller as paper  # the PDF library is loaded when the first card is printed
        from mes.selectors.travellers import traveller_of

        if not object_id.isdecimal():
            raise Http404
        card = traveller_of(get_object_or_404(self.get_queryset(request), pk=object_id))
        response = HttpResponse(paper.render(card), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{card.reference}.pdf"'
        return response

    scrap = _correction(_("Scrap and make anew"), rework.scrap_work_order, icon="delete")
    cancel = _correction(_("Cancel"), release.cancel_work_order, icon="close")

    @display(description=_("Metal unaccounted for"))
    def unaccounted_metal(self, work_order: WorkOrder) -> str:
        balance = metal_balance(work_order)
        if not balance.issued_g:
            return "–"
        verdict = _("within tolerance") if balance.is_within_tolerance else _("outside the tolerance")
        return f"{balance.unaccounted_g:.3f} g: {verdict}"

    @display(description=_("Where the time went"))
    def where_the_time_went(self, work_order: WorkOrder) -> str:
        return durations((phase.label, 60 * minutes) for phase, minutes in time_spent([work_order]).items())

    @display(description="")
    def picture(self, work_order: WorkOrder) -> str:
        return thumbnail(work_order.measurement.picture_url)


@admin.register(Operation, site=operators)
class OperationAdmin(ReadOnlyAdmin):
    """Reached from its work order: a list of all operations says nothing to a planner."""

    list_display = ["kind", "work_centre", "status", "due_on"]
    list_select_related = ["work_centre"]
    ordering = ["due_on", "pk"]
    inlines = [OperationLogInline]
    actions_detail = ["reassign", "pin"]

    reassign = _correction(
        _("Reassign"), corrections.reassign_operation, "move_down", thing="operation_id", fields=_work_centre
    )
    pin = _correction(
        _("Pin to an operator"), corrections.pin_operation, "keep", thing="operation_id", fields=_operator
    )

    @override
    def get_queryset(self, request: HttpRequest) -> Any:
        """Open ones only on the list; any of them on its own page."""
        rows = super().get_queryset(request).select_related("work_order", "operator", "pinned_to")
        match = request.resolver_match
        return rows.open() if match and match.url_name == "mes_operation_changelist" else rows
