"""Partners with their limits, and their keys: issued by a button that shows the key once, revoked by another."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from typing_extensions import override
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from config.kernel.admin import FastModelAdmin, ReadOnlyAdmin, ReadOnlyInline
from config.kernel.decisions import ask
from config.kernel.errors import DomainError
from config.kernel.sites import operators
from external_orders.models import Partner, PartnerKey
from external_orders.services.keys import IssuedKey, issue_key, restrict_key, revoke_key, rotate_key
from external_orders.states import Scope

_A_YEAR = 365


class PartnerKeyInline(ReadOnlyInline):
    model = PartnerKey
    fields = readonly_fields = ["shown", "created_at", "last_used_at", "expires_at", "revoked_at"]

    @display(description=_("key"))
    def shown(self, key: PartnerKey) -> str:
        """The way to its page, where it is replaced and revoked."""
        url = reverse(f"{self.admin_site.name}:external_orders_partnerkey_change", args=[key.pk])
        return format_html('<a class="font-semibold" href="{}">{}</a>', url, key)


@admin.register(Partner, site=operators)
class PartnerAdmin(FastModelAdmin):
    list_display = ["name", "most_amount", "currency", "is_active", "created_at"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    fields = ["name", "is_active", "currency", "most_amount", "most_pieces", "credit_limit", "alloys", "contact_email"]
    filter_horizontal = ["alloys"]
    inlines = [PartnerKeyInline]
    actions_detail = ["issue_key"]

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("external_orders.add_partner"))

    @action(description=_("Issue a key"), permissions=["external_orders.issue_partner_key"], icon="key")
    def issue_key(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask first; then the page with the key, which no reload and no other page shows again."""
        partner = get_object_or_404(self.get_queryset(request), pk=object_id)

        def issue(asked: dict[str, Any]) -> IssuedKey:
            return issue_key(
                partner_id=partner.pk,
                actor=request.user,  # type: ignore[arg-type]
                livemode=not asked["is_test"],
                expires_at=timezone.now() + timedelta(days=asked["days"] or _A_YEAR),
                scopes=asked["scopes"],
                networks=asked["networks"].replace(",", " ").split(),
            )

        return _show_once(self, request, partner, KeyForm, issue, title=_("Issue a key"))


def _networks_field() -> forms.CharField:
    return forms.CharField(label=_("Only from these addresses or networks (empty: from everywhere)"), required=False)


class KeyForm(forms.Form):
    """What a new key may do; nothing chosen means everything, live, for a year."""

    is_test = forms.BooleanField(label=_("For tests only"), required=False)
    scopes = forms.MultipleChoiceField(
        label=_("May be used to (nothing chosen: everything)"),
        choices=Scope.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    networks = _networks_field()
    days = forms.IntegerField(label=_("Valid for days"), min_value=1, max_value=3 * _A_YEAR, required=False)


class RotationForm(forms.Form):
    """How long the old key stays valid beside the new one."""

    hours = forms.IntegerField(label=_("The old key ends after hours"), min_value=0, max_value=24 * 30, initial=24)


@sensitive_variables("issued", "context")
def _show_once(
    model_admin: ModelAdmin,
    request: HttpRequest,
    partner: Partner,
    form_class: type[forms.Form],
    issue: Callable[[dict[str, Any]], IssuedKey],
    *,
    title: Promise,
) -> HttpResponse:
    form = form_class(request.POST or None) if request.method == "GET" else form_class(request.POST)
    request.current_app = model_admin.admin_site.name
    context = model_admin.admin_site.each_context(request) | {
        "title": title,
        "partner": partner,
        "form": form,
        "back": reverse(f"{model_admin.admin_site.name}:external_orders_partner_change", args=[partner.pk]),
        "opts": model_admin.model._meta,
    }
    if request.method == "POST" and form.is_valid():
        try:
            issued = issue(form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            context["plain_key"] = issued.plain
    return TemplateResponse(request, "external_orders/issue_key.html", context, headers={"Cache-Control": "no-store"})


@admin.register(PartnerKey, site=operators)
class PartnerKeyAdmin(ReadOnlyAdmin):
    list_display = ["shown", "partner", "created_at", "last_used_at", "expires_at", "revoked_at"]
    list_select_related = ["partner"]
    list_filter = ["livemode"]
    exact_search = ["prefix"]
    fields = [
        ("partner", "livemode"),
        ("prefix", "api_version"),
        ("created_by", "created_at"),
        ("last_used_at", "expires_at"),
        "revoked_at",
        "may",
        "only_from",
    ]
    readonly_fields = ["may", "only_from"]
    actions_detail = ["rotate", "restrict", "revoke"]

    @display(description=_("key"))
    def shown(self, key: PartnerKey) -> str:
        return str(key)

    @display(description=_("may be used to"))
    def may(self, key: PartnerKey) -> str:
        return ", ".join(str(Scope(one).label) for one in key.scopes)

    @display(description=_("only from"))
    def only_from(self, key: PartnerKey) -> str:
        return ", ".join(key.networks) or str(_("everywhere"))

    @action(description=_("Replace"), permissions=["external_orders.issue_partner_key"], icon="autorenew")
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A new key like this one, shown once; this one ends after an overlap."""
        key = get_object_or_404(self.get_queryset(request).select_related("partner"), pk=object_id, revoked_at=None)

        def replace(asked: dict[str, Any]) -> IssuedKey:
            return rotate_key(key_id=key.pk, overlap=timedelta(hours=asked["hours"]), actor=request.user)  # type: ignore[arg-type]

        return _show_once(self, request, key.partner, RotationForm, replace, title=_("Replace"))

    @action(description=_("Addresses"), permissions=["external_orders.issue_partner_key"], icon="lan")
    def restrict(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """From where the key may be used."""
        return ask(
            self,
            request,
            object_id,
            title=_("Addresses"),
            label=_("Only from these addresses or networks (empty: from everywhere)"),
            call=_restrict,
            is_required=False,
        )

    @action(description=_("Revoke"), permissions=["external_orders.issue_partner_key"], icon="block")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return ask(
            self,
            request,
            object_id,
            title=_("Revoke"),
            label=_("Type the key's prefix to revoke it for good"),
            call=_revoke,
        )


def _restrict(key: Any, networks: str) -> None:
    restrict_key(key_id=key.pk, networks=networks.replace(",", " ").split())


def _revoke(key: Any, typed: str) -> None:
    revoke_key(key_id=key.pk, typed_prefix=typed)
