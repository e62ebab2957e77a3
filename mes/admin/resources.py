"""Work centres, operators and routings, for planners."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from config.kernel.admin import FastModelAdmin, LogInline
from config.kernel.decisions import ask, decision
from config.kernel.sites import operators
from mes.models import DayOff, MetalTolerance, Operator, Routing, RoutingStep, Shift, WorkCentre, WorkCentreLog
from mes.selectors import plan_of
from mes.services.corrections import change_policy
from mes.services.planning import publish_worklist
from mes.states import Policy


class WorkCentreLogInline(LogInline):
    model = WorkCentreLog


def _policy(work_centre: WorkCentre) -> dict[str, forms.Field]:
    widget = UnfoldAdminSelectWidget()
    return {
        "policy": forms.TypedChoiceField(
            label=_("Policy"), choices=Policy.choices, coerce=Policy, initial=work_centre.policy, widget=widget
        )
    }


@admin.register(WorkCentre, site=operators)
class WorkCentreAdmin(FastModelAdmin):
    list_display = ["code", "name", "stations", "minutes_per_day", "policy"]
    readonly_fields = ["policy", "published_list"]
    inlines = [WorkCentreLogInline]
    actions_detail = ["change_policy", "publish"]

    change_policy = decision(
        _("Change the policy"),
        change_policy,
        thing="work_centre_id",
        permission="mes.correct_work_order",
        icon="swap_vert",
        fields=_policy,
    )

    @display(description=_("Published list"))
    def published_list(self, work_centre: WorkCentre) -> str:
        """The plan as it was shared out: whoever takes the next piece may differ from it."""
        rows = [
            (
                entry.rank,
                entry.get_band_display(),
                reverse("operators:mes_workorder_change", args=[entry.operation.work_order_id]),
                entry.operation.work_order.reference,
                entry.operation.get_status_display(),
                entry.planned_for or "–",
            )
            for entry in plan_of(work_centre.pk)
        ]
        row = '<tr><td class="pr-6">{}</td><td class="pr-6">{}</td><td class="pr-6"><a href="{}">{}</a></td>'
        row += '<td class="pr-6">{}</td><td>{}</td></tr>'
        if not rows:
            return str(_("nothing is listed"))
        return format_html("<table>{}</table>", format_html_join("", row, rows))

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mes.add_workcentre")

    @action(description=_("Publish the worklist now"), permissions=["mes.correct_work_order"])
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return ask(
            self,
            request,
            object_id,
            title=_("Publish the worklist now"),
            is_required=False,
            call=lambda work_centre, _reason: publish_worklist(work_centre_id=work_centre.pk),
        )


@admin.register(DayOff, site=operators)
class DayOffAdmin(FastModelAdmin):
    list_display = ["day", "work_centre", "note"]
    list_select_related = ["work_centre"]

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mes.add_dayoff")

    @override
    def has_delete_permission(self, request: HttpRequest, obj: DayOff | None = None) -> bool:
        return request.user.has_perm("mes.delete_dayoff")


@admin.register(MetalTolerance, site=operators)
class MetalToleranceAdmin(FastModelAdmin):
    list_display = ["alloy", "share"]
    list_select_related = ["alloy"]

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mes.add_metaltolerance")


class ShiftInline(TabularInline):
    model = Shift
    extra = 0


@admin.register(Operator, site=operators)
class OperatorAdmin(FastModelAdmin):
    list_display = ["__str__", "user"]
    list_select_related = ["user"]
    fields = ["user", "name", "work_centres"]
    filter_horizontal = ["work_centres"]
    inlines = [ShiftInline]

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mes.add_operator")


class RoutingStepInline(TabularInline):
    model = RoutingStep
    extra = 0


@admin.register(Routing, site=operators)
class RoutingAdmin(FastModelAdmin):
    list_display = ["kind"]
    inlines = [RoutingStepInline]

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mes.add_routing")
