"""Approval rules on the sellers' site: a draft is copied, edited, tried and published; a published one is only read."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from unfold.admin import TabularInline
from unfold.decorators import action, display

from config.kernel.admin import FastModelAdmin
from config.kernel.decisions import ask, decision
from config.kernel.pages import page_about
from config.kernel.sites import sellers
from crm.models import ApprovalRule, RuleSet
from crm.selectors.trials import trial_of
from crm.services.rules import copy_rule_set, publish_rule_set, save_draft
from crm.words import why_of


class RuleInline(TabularInline):
    """Rows of a version: edited in a draft, read in a published one."""

    model = ApprovalRule
    extra = 0
    hide_title = True
    fields = ["code", "kind", "outcome", "limit", "count", "listed"]

    @override
    def has_change_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_published)

    @override
    def has_add_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return super().has_add_permission(request, obj) and not (obj and obj.is_published)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_published)


@admin.register(RuleSet, site=sellers)
class RuleSetAdmin(FastModelAdmin):
    list_display = ["name", "state", "note", "published_at", "published_by", "published_because"]
    list_select_related = ["published_by"]
    fields = [("version", "state"), "note", ("published_at", "published_by"), "published_because"]
    readonly_fields = ["version", "state", "published_at", "published_by", "published_because"]
    inlines = [RuleInline]
    actions_detail = ["try_out", "publish", "copy"]

    @override
    def has_change_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_published)

    @override
    def save_model(self, request: HttpRequest, obj: RuleSet, form: Any, change: bool) -> None:
        save_draft(rule_set=obj)

    @override
    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_state()

    @display(description=_("approval rules"))
    def name(self, rule_set: RuleSet) -> str:
        return str(rule_set)

    @display(description=_("state"))
    def state(self, rule_set: Any) -> str:
        if not rule_set.is_published:
            return str(_("draft"))
        return str(_("in force")) if rule_set.is_current else str(_("replaced"))

    @action(description=_("Try on past orders"), permissions=["crm.view_ruleset"], icon="compare_arrows")
    def try_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return page_about(
            self, request, object_id, title=_("Try on past orders"), template="admin/rules_trial.html", fill=_trial
        )

    publish = decision(
        _("Publish"), publish_rule_set, thing="rule_set_id", permission="crm.publish_rules", icon="publish"
    )

    @action(description=_("New draft from this"), permissions=["crm.change_ruleset"], icon="content_copy")
    def copy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return ask(
            self,
            request,
            object_id,
            title=_("New draft from this"),
            label=_("What it is for"),
            is_required=False,
            done=_("The draft is on the list of approval rules."),
            call=lambda rule_set, note: copy_rule_set(rule_set_id=rule_set.pk, note=note),
        )


def _trial(rule_set: RuleSet) -> Mapping[str, Any]:
    """The page's values: finished rows with their reasons in words."""
    trial = trial_of(rule_set)
    rows = [
        {"order": row.order, "why": [why_of(reason) for reason in row.reasons], "is_new": not row.had_stopped}
        for row in trial.would_stop
    ]
    return {"trial": trial, "rows": rows}
