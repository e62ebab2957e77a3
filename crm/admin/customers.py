"""Customers on the sellers' site: found, understood, and looked after by buttons that call services."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.kernel.admin import ReadOnlyAdmin
from config.kernel.decisions import ask, decision
from config.kernel.pages import page_about
from config.kernel.personal import as_download
from config.kernel.sites import sellers
from crm.admin.order_lists import date_words
from crm.models import CustomerStanding
from crm.selectors.customers import customer_page
from crm.services import customers
from crm.states import Standing
from shop.models import Customer
from shop.services.personal import export_customer

STANDING_COLOURS = {"normal": "", "trusted": "success", "overdue": "warning", "blocked": "danger"}


def _act(title: Any, service: Any, permission: str, **how: Any) -> Any:
    return decision(title, service, thing="customer_id", permission=permission, **how)


def _standing_fields(customer: Customer) -> dict[str, forms.Field]:
    standing = getattr(customer, "standing", None) or CustomerStanding()
    level = forms.ChoiceField(
        label=_("Standing"), choices=Standing.choices, initial=standing.level, widget=UnfoldAdminSelectWidget()
    )
    limit = forms.DecimalField(
        label=_("Trusted up to (only for a trusted customer)"),
        initial=standing.limit,
        required=False,
        max_digits=12,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget(),
    )
    return {"level": level, "limit": limit}


def _other(_customer: Customer) -> dict[str, forms.Field]:
    widget = UnfoldAdminTextInputWidget()
    return {"other": forms.CharField(label=_("Number or e-mail of the one to take in"), max_length=254, widget=widget)}


@admin.register(Customer, site=sellers)
class CustomerAdmin(ReadOnlyAdmin):
    """Those who told who they are; a visitor is nobody yet."""

    list_display = ["number", "full_name", "email", "phone", "standing_label", "language", "since"]
    list_display_links = ["number", "full_name"]
    list_select_related = ["standing"]
    search_fields = ["email"]  # what `found_by` looks at is told by search_help_text
    search_help_text = _("E-mail, phone or name")
    ordering = ["-pk"]
    fields = [("full_name", "email"), ("phone", "language"), ("standing_words", "since")]
    readonly_fields = ["full_name", "standing_words", "since"]
    change_form_after_template = "crm/customer.html"
    actions_detail = [
        "write_note",
        "change_standing",
        {"title": _("More"), "items": ["merge", "export", "erase"]},
    ]

    write_note = _act(
        _("Write a note"), customers.write_note, "crm.add_customernote", icon="edit_note", text="text", label=_("Note")
    )
    change_standing = _act(
        _("Change the standing"),
        customers.change_standing,
        "crm.change_standing",
        icon="shield_person",
        fields=_standing_fields,
    )
    merge = _act(
        _("Merge with another customer"), customers.merge_found, "shop.merge_customer", icon="merge", fields=_other
    )

    @action(description=_("Export the personal data"), permissions=["shop.export_customer"], icon="download")
    def export(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A page that says what comes, and the file for whoever presses its button: the log keeps who did."""
        if request.method != "POST":
            title = _("Export the personal data")
            return page_about(self, request, object_id, title=title, template="crm/export.html", fill=lambda _one: {})
        if not object_id.isdecimal():
            raise Http404
        customer = get_object_or_404(self.get_queryset(request), pk=object_id)
        held = export_customer(customer_id=customer.pk, actor=request.user)
        return as_download(held, name=f"customer-{customer.pk}.json")

    @action(description=_("Erase the personal data"), permissions=["shop.erase_customer"], icon="person_remove")
    def erase(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def call(customer: Customer, typed: str) -> object:
            return customers.erase_confirmed(customer_id=customer.pk, typed=typed, actor=request.user)

        label = _("This can't be undone. Type the customer's e-mail to confirm")
        return ask(self, request, object_id, title=_("Erase the personal data"), label=label, call=call)

    @override
    def get_queryset(self, request: HttpRequest) -> Any:
        """Uses index customer_known_newest. A page is also that of a shell, to which a log may lead."""
        rows = super().get_queryset(request).select_related("standing")
        match = request.resolver_match
        return rows.known() if match and str(match.url_name).endswith("_changelist") else rows

    @override
    def get_fields(self, request: HttpRequest, obj: Customer | None = None) -> Any:
        """When his data was erased is told of whom that happened to."""
        return [*super().get_fields(request, obj), *(["erased_at"] if obj and obj.erased_at else [])]

    @override
    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.found_by(search_term) if search_term.strip() else queryset), False

    @override
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        customer = self.get_object(request, object_id) if object_id.isdecimal() and int(object_id) < 2**63 else None
        page = {"page": customer_page(customer)} if customer and self.has_view_permission(request) else {}
        return super().change_view(request, object_id, form_url, page | (extra_context or {}))

    @display(description=_("number"))
    def number(self, customer: Customer) -> str:
        return str(customer.pk)

    @display(description=_("full name"))
    def full_name(self, customer: Customer) -> str:
        return customer.name or "–"

    @display(description=_("customer since"))
    def since(self, customer: Customer) -> str:
        return date_words(timezone.localdate(customer.created_at))

    @display(description=_("standing"), label=STANDING_COLOURS)
    def standing_label(self, customer: Customer) -> tuple[str, str]:
        standing = getattr(customer, "standing", None) or CustomerStanding()
        return standing.level, standing.get_level_display()

    @display(description=_("standing"))
    def standing_words(self, customer: Customer) -> str:
        standing = getattr(customer, "standing", None) or CustomerStanding()
        limit = f": {standing.limit}" if standing.limit else ""
        return f"{standing.get_level_display()}{limit}"
