"""Quotes with their breakdown, receipt, reasons and log: read, and tried again when they failed."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from unfold.decorators import action, display

from config.kernel.admin import LogInline, ReadOnlyAdmin, ReadOnlyInline, thumbnail
from config.kernel.decisions import ask, decision
from config.kernel.pages import page_about
from config.kernel.sites import sellers
from pricing.engine.explain import Step
from pricing.models import Quote, QuoteComponent, QuoteLog
from pricing.selectors import saying, sayings
from pricing.selectors.reasons import Reason, quote_reasons
from pricing.services.quotes import refuse_review, retry_quote, settle_review
from pricing.words import COMPONENTS, FACTORS


class ComponentInline(ReadOnlyInline):
    model = QuoteComponent
    fields = readonly_fields = ["words", "amount"]

    @display(description=_("component"))
    def words(self, part: QuoteComponent) -> str:
        return str(COMPONENTS.get(part.code, part.code))


class QuoteLogInline(LogInline):
    model = QuoteLog


@admin.register(Quote, site=sellers)
class QuoteAdmin(ReadOnlyAdmin):
    list_display = [
        "picture",
        "reference",
        "status",
        "alloy",
        "finish",
        "size",
        "quantity",
        "mass_g",
        "gross",
        "currency",
        "requested_at",
    ]
    list_filter = ["status"]
    list_select_related = ["alloy", "measurement"]
    list_display_links = ["reference"]
    exact_search = ["reference"]
    ordering = ["-pk"]
    fields = [
        ("reference", "status", "requested_at"),
        ("design", "measurement", "price_list"),
        ("kind", "alloy", "finish"),
        ("size", "quantity", "pieces_in_one", "rush"),
        ("plating", "engraving", "set_stones"),
        ("stones_are_metal", "mass_g", "cast_mass_g"),
        ("net", "tax", "gross"),
        ("currency", "settled_at", "valid_until"),
        ("attempts", "verdict", "refusal_code"),
        "said",
        "frozen_receipt",
    ]
    readonly_fields = ["said", "frozen_receipt"]
    inlines = [ComponentInline, QuoteLogInline]
    actions_detail = ["why_this_price", "settle", "refuse", "try_again"]
    settle = decision(
        _("Price it with this volume"),
        settle_review,
        thing="quote_id",
        permission="crm.decide_order",
        text="volume_mm3",
        label=_("Volume of metal, mm³"),
    )
    refuse = decision(_("It can't be made"), refuse_review, thing="quote_id", permission="crm.decide_order")

    @override
    def get_fields(self, request: HttpRequest, obj: Quote | None = None) -> Any:
        """The receipt holds the whole price list, so it is for those who may read that."""
        fields = list(super().get_fields(request, obj))
        if not request.user.has_perm("pricing.view_pricelist"):
            fields.remove("frozen_receipt")
        return fields

    @display(description="")
    def picture(self, quote: Quote) -> str:
        return thumbnail(quote.measurement.picture_url if quote.measurement else "")

    @display(description=_("reasons"))
    def said(self, quote: Quote) -> str:
        """What the customer reads: of a review, both volumes."""
        words = sayings(quote.reasons) or (
            (saying(quote.refusal_code, quote.refusal_params),) if quote.refusal_code else ()
        )
        return format_html_join("", "<div>{}</div>", [(one,) for one in words]) or "–"

    @display(description=_("receipt"))
    def frozen_receipt(self, quote: Quote) -> str:
        if quote.receipt is None:
            return "–"
        text = json.dumps(quote.receipt, indent=1, ensure_ascii=False)
        return format_html("<details><summary>JSON</summary><pre>{}</pre></details>", text)

    @action(description=_("Why this price"), permissions=["pricing.view_quote"], icon="help")
    def why_this_price(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return page_about(
            self, request, object_id, title=_("Why this price"), template="admin/why_this_price.html", fill=_reasons
        )

    @action(description=_("Try again"), permissions=["crm.decide_order"])
    def try_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return ask(
            self,
            request,
            object_id,
            title=_("Try again"),
            is_required=False,
            call=lambda quote, _reason: retry_quote(quote_id=quote.pk, actor=request.user),
        )


def _reasons(quote: Quote) -> Mapping[str, Any]:
    """The page's values: each component in words and numbers, then and now."""
    reasons = quote_reasons(quote)
    return {
        "page": reasons,
        "rows": [_row(reason) for reason in reasons.reasons],
        "mass": {"words": " × ".join(_names(reasons.told.mass)), "numbers": " x ".join(map(str, reasons.told.mass))},
        "tax": _worded(reasons.told.tax),
    }


def _row(reason: Reason) -> dict[str, Any]:
    change = None if reason.today is None else reason.today - reason.amount
    return {
        "words": COMPONENTS.get(reason.code, reason.code),
        "steps": [_worded(step) for step in reason.steps],
        "amount": reason.amount,
        "today": reason.today,
        "change": change,
    }


def _worded(step: Step) -> dict[str, str]:
    """A formula in words, and below it in numbers."""
    return {"words": " + ".join(" × ".join(_names(factors)) for factors in step.products), "numbers": str(step)}


def _names(factors: tuple[Any, ...]) -> Iterator[str]:
    for factor in factors:
        name = str(FACTORS.get(factor.name, factor.name))
        yield f"{name} ({factor.detail})" if factor.detail else name
