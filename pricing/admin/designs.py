"""Designs and what the engine found in them: read only."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from unfold.decorators import display

from config.kernel.admin import ReadOnlyAdmin, ReadOnlyInline, thumbnail
from config.kernel.sites import sellers
from pricing.models import Design, Measurement


class MeasurementInline(ReadOnlyInline):
    model = Measurement
    fields = readonly_fields = ["unit", "engine_version", "measured_at", "model_format", "refusal_code"]
    show_change_link = True


@admin.register(Design, site=sellers)
class DesignAdmin(ReadOnlyAdmin):
    list_display = ["picture", "sha256", "size_bytes", "uploaded_at"]
    list_display_links = ["sha256"]
    exact_search = ["sha256"]
    ordering = ["-pk"]
    fields = ["large_picture", "sha256", ("size_bytes", "uploaded_at")]  # the stranger's file itself isn't offered
    readonly_fields = ["large_picture"]
    inlines = [MeasurementInline]

    @override
    def get_queryset(self, request: HttpRequest) -> Any:
        newest = Measurement.objects.order_by("-pk")
        return super().get_queryset(request).prefetch_related(Prefetch("measurements", newest, to_attr="measured"))

    @display(description="")
    def picture(self, design: Any) -> str:
        return thumbnail(_picture_url(design))

    @display(description=_("picture"))
    def large_picture(self, design: Any) -> str:
        return _large(_picture_url(design))


@admin.register(Measurement, site=sellers)
class MeasurementAdmin(ReadOnlyAdmin):
    list_display = ["picture", "design", "unit", "engine_version", "volume", "box", "verdict", "measured_at"]
    list_display_links = ["design"]
    list_select_related = ["design"]
    exact_search = ["design__sha256"]
    ordering = ["-pk"]
    fields = [
        "large_picture",
        ("design", "unit", "engine_version"),
        ("model_format", "measured_at", "verdict"),
        "found",
        "stones",
        "repairs",
        ("refusal_code", "refusal_params"),
    ]
    readonly_fields = ["large_picture", "verdict", "found", "stones", "repairs"]

    @display(description="")
    def picture(self, measurement: Measurement) -> str:
        return thumbnail(measurement.picture_url)

    @display(description=_("picture"))
    def large_picture(self, measurement: Measurement) -> str:
        return _large(measurement.picture_url)

    @display(description=_("volume, mm³"))
    def volume(self, measurement: Measurement) -> str:
        return _number((measurement.figures or {}).get("volume_mm3"))

    @display(description=_("box, mm"))
    def box(self, measurement: Measurement) -> str:
        return " × ".join(map(_number, (measurement.figures or {}).get("box_mm", []))) or "–"

    @display(description=_("verdict"))
    def verdict(self, measurement: Measurement) -> str:
        """What the engine said of it being made; early measurements said nothing."""
        if measurement.refusal_code:
            return measurement.refusal_code
        verdict = (measurement.figures or {}).get("verdict", "–")
        return str(verdict.get("code", "–")) if isinstance(verdict, Mapping) else str(verdict)

    @display(description=_("figures"))
    def found(self, measurement: Measurement) -> str:
        plain = [(name, _number(value)) for name, value in (measurement.figures or {}).items() if _is_plain(value)]
        return format_html_join("", "<div>{}: <strong>{}</strong></div>", plain) or "–"

    @display(description=_("stones"))
    def stones(self, measurement: Measurement) -> str:
        return _listed((measurement.figures or {}).get("stones"))

    @display(description=_("repairs"))
    def repairs(self, measurement: Measurement) -> str:
        return _listed((measurement.figures or {}).get("repairs"))


def _picture_url(design: Any) -> str:
    return next((one.picture_url for one in design.measured if one.picture_url), "")


def _large(url: str) -> str:
    return format_html('<img src="{}" alt="" class="max-w-full rounded-default" width="480">', url) if url else "–"


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _number(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,.3f}" if isinstance(value, float) else str(value)


def _listed(rows: Sequence[Mapping[str, Any]] | None) -> str:
    """One row a line: name value, name value."""
    lines = [(", ".join(f"{name} {_number(value)}" for name, value in row.items()),) for row in rows or []]
    return format_html_join("", "<div>{}</div>", lines) or "–"
