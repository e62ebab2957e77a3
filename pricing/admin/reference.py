"""Alloys and metal prices, on the sellers' site, with a permission of their own."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget

from config.kernel.admin import FastModelAdmin
from config.kernel.errors import DomainError
from config.kernel.pages import show
from config.kernel.sites import sellers
from pricing.models import Alloy, MetalPrice
from pricing.services.metal_prices import import_metal_prices
from pricing.services.rates import publish_metal_price, require_plausible_alloy, save_alloy

_MOST_BYTES = 1024 * 1024


class AlloyForm(forms.ModelForm):
    """An alloy that contradicts its composition is said beside the density, before anything is stored."""

    @override
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            self._refuse_implausible(cleaned)
        return cleaned

    def _refuse_implausible(self, cleaned: dict[str, Any]) -> None:
        names = ("metal", "fineness", "density_g_cm3", "composition")
        try:
            require_plausible_alloy(Alloy(**{name: cleaned[name] for name in names}))
        except DomainError as refusal:
            self.add_error("density_g_cm3", str(refusal))


@admin.register(Alloy, site=sellers)
class AlloyAdmin(FastModelAdmin):
    form = AlloyForm
    formfield_overrides = {models.JSONField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 2})}}
    list_display = [
        "code",
        "name",
        "metal",
        "fineness",
        "colour",
        "density_g_cm3",
        "casting_loss",
        "wall_min_mm",
        "is_offered",
    ]
    list_filter = ["metal", "is_offered"]
    fields = [
        ("code", "name", "name_ru"),
        ("metal", "fineness", "colour"),
        ("density_g_cm3", "composition"),
        ("casting_loss", "sprue_share"),
        ("finishing_removal_mm", "finished_share_min"),
        ("shrinkage", "workshop_scales"),
        ("wall_min_mm", "wall_refuse_mm"),
        ("flask_diameter_mm", "flask_height_mm"),
        ("is_offered", "rank"),
    ]

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pricing.add_alloy")

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Alloy | None = None) -> list[str]:
        return ["code"] if obj else []

    @override
    def save_model(self, request: HttpRequest, obj: Alloy, form: Any, change: bool) -> None:
        save_alloy(alloy=obj)


class UploadForm(forms.Form):
    """A CSV file of metal prices."""

    file = forms.FileField(label=_("CSV file"), allow_empty_file=True)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > _MOST_BYTES:
            raise forms.ValidationError(_now("At most 1 MB can be taken."))
        return file


@admin.register(MetalPrice, site=sellers)
class MetalPriceAdmin(FastModelAdmin):
    """Prices are added, never changed."""

    list_display = ["metal", "price_per_g", "currency", "valid_from", "source"]
    list_filter = ["metal"]
    fields = ["metal", "currency", "price_per_g", "source"]
    actions_list = ["upload"]

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pricing.add_metalprice")

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @override
    def save_model(self, request: HttpRequest, obj: MetalPrice, form: Any, change: bool) -> None:
        new = publish_metal_price(
            metal=obj.metal, currency=obj.currency, price_per_g=obj.price_per_g, source=obj.source
        )
        obj.pk = new.pk

    @action(description=_("Upload CSV"), permissions=["pricing.add_metalprice"], icon="upload")
    def upload(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST or None, request.FILES or None)
        back = reverse(f"{self.admin_site.name}:pricing_metalprice_changelist")
        if request.method == "POST" and form.is_valid() and _take(request, form.cleaned_data["file"]):
            return redirect(back)
        context = {"form": form, "back": back}
        return show(
            self, request, title=_("Upload metal prices"), template="admin/upload_metal_prices.html", context=context
        )


def _take(request: HttpRequest, file: Any) -> bool:
    """Import the file and say how it went; False when it was refused."""
    try:
        stored = import_metal_prices(content=file.read(), source=str(file.name)[:120])
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, _now("%(count)s metal prices were added.") % {"count": len(stored)})
    return True
