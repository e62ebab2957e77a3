"""Estimated and weighed masses on the sellers' site: what the scales say, and the button that adopts it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from unfold.decorators import action, display

from config.kernel.admin import ReadOnlyAdmin
from config.kernel.decisions import ask
from config.kernel.sites import sellers
from pricing.models import MassFactor, MassTally, Weighing
from pricing.selectors.masses import MassRatio, mass_ratio, with_factor_in_force
from pricing.services.masses import adopt_mass_factor

_LEFT, _RIGHT, _WIDTH = 0.9, 1.1, 200  # the chart's scale: a tenth lighter to a tenth heavier than estimated


@admin.register(MassTally, site=sellers)
class MassTallyAdmin(ReadOnlyAdmin):
    list_display = ["alloy", "kind", "count", "ratio", "chart", "in_force"]
    list_display_links = None
    list_select_related = ["alloy"]
    actions_row = ["adopt"]

    @override
    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(factor=with_factor_in_force())

    @display(description=_("weighed by estimated, 95 %"))
    def ratio(self, tally: MassTally) -> str:
        found = mass_ratio(tally)
        return f"{found.mean:.4f}" if found.half_width is None else f"{found.mean:.4f} ± {found.half_width:.4f}"

    @display(description=_("from 0.9 to 1.1"))
    def chart(self, tally: MassTally) -> str:
        return _chart(mass_ratio(tally))

    @display(description=_("factor in quotes"))
    def in_force(self, tally: Any) -> str:
        return "–" if tally.factor is None else f"{tally.factor:.4f}"

    @action(description=_("Adopt"), permissions=["pricing.add_massfactor"], icon="scale")
    def adopt(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return ask(
            self,
            request,
            object_id,
            title=_("Use this ratio for new quotes"),
            is_required=False,
            done=_("Adopted. New quotes use it, and the catalogue's prices are being calculated anew."),
            call=lambda tally, _reason: adopt_mass_factor(tally_id=tally.pk, actor=request.user),
        )


@admin.register(Weighing, site=sellers)
class WeighingAdmin(ReadOnlyAdmin):
    list_display = ["source", "alloy", "kind", "estimated_g", "weighed_g", "factor", "at"]
    list_select_related = ["alloy"]
    exact_search = ["source"]


@admin.register(MassFactor, site=sellers)
class MassFactorAdmin(ReadOnlyAdmin):
    list_display = ["alloy", "kind", "factor", "based_on", "valid_from", "adopted_by"]
    list_select_related = ["alloy", "adopted_by"]


def _chart(found: MassRatio) -> str:
    """The mean as a point on its interval, with a line where estimate and scales agree."""
    low, high = found.interval or (found.mean, found.mean)
    return format_html(
        '<svg width="{w}" height="18" viewBox="0 0 {w} 18" role="img" aria-label="{label}">'
        '<line x1="{one}" x2="{one}" y1="0" y2="18" stroke="currentColor" stroke-opacity="0.35"/>'
        '<line x1="{low}" x2="{high}" y1="9" y2="9" stroke="#b48a47" stroke-width="4" stroke-linecap="round"/>'
        '<circle cx="{mean}" cy="9" r="5" fill="#7c5931"/></svg>',
        w=_WIDTH,
        label=f"{found.mean:.3f}",
        one=_place(1.0),
        low=_place(low),
        high=_place(high),
        mean=_place(found.mean),
    )


def _place(ratio: float) -> str:
    inside = min(max(ratio, _LEFT), _RIGHT)
    return f"{(inside - _LEFT) / (_RIGHT - _LEFT) * _WIDTH:.1f}"
