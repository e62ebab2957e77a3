"""The look of the two admin sites (django-unfold) and what stands in their sidebars."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

_GOLD = {
    "50": "#faf7f0", "100": "#f3ecdb", "200": "#e6d7b5", "300": "#d6bd88", "400": "#c5a162", "500": "#b48a47",
    "600": "#9a713a", "700": "#7c5931", "800": "#67492d", "900": "#573e29", "950": "#312115",
}  # fmt: skip


def _may(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(permission)


def _entry(site: str, title: Any, model: str, icon: str) -> dict[str, Any]:
    """A list of a model, shown to those who may look at it."""
    app, name = model.split(".")
    link = reverse_lazy(f"{site}:{app}_{name}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": _may(f"{app}.view_{name}")}


def _site(groups: list[tuple[Any, list[dict[str, Any]]]], **special: Any) -> dict[str, Any]:
    navigation = [{"title": title, "items": entries} for title, entries in groups]
    return {
        "COLORS": {"primary": _GOLD},
        "SHOW_HISTORY": False,
        "SHOW_VIEW_ON_SITE": False,
        "SHOW_LANGUAGES": True,
        "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": navigation},
        "BORDER_RADIUS": "8px",
        "SITE_HEADER": "Karat",
        **special,
    }


UNFOLD_SELLERS: dict[str, Any] = _site(
    [
        (
            _("Orders"),
            [
                _entry("sellers", _("Exceptions"), "crm.orderexception", "report"),
                _entry("sellers", _("Orders"), "shop.order", "shopping_bag"),
                _entry("sellers", _("Payments"), "shop.payment", "payments"),
                _entry("sellers", _("Customers"), "shop.customer", "group"),
                {"title": _("Tables"), "icon": "table", "link": reverse_lazy("sellers:tables")},
                _entry("sellers", _("Approval rules"), "crm.ruleset", "rule"),
            ],
        ),
        (
            _("What we sell"),
            [
                _entry("sellers", _("Products"), "shop.product", "diamond"),
                _entry("sellers", _("Quotes"), "pricing.quote", "request_quote"),
                _entry("sellers", _("Designs"), "pricing.design", "view_in_ar"),
                _entry("sellers", _("Measurements"), "pricing.measurement", "straighten"),
            ],
        ),
        (
            _("What it costs"),
            [
                _entry("sellers", _("Price lists"), "pricing.pricelist", "sell"),
                _entry("sellers", _("Metal prices"), "pricing.metalprice", "monitoring"),
                _entry("sellers", _("Alloys"), "pricing.alloy", "science"),
                _entry("sellers", _("Estimated and weighed"), "pricing.masstally", "scale"),
                _entry("sellers", _("Weighings"), "pricing.weighing", "list"),
                _entry("sellers", _("Adopted factors"), "pricing.massfactor", "tune"),
            ],
        ),
    ],
    SITE_TITLE=_("Karat · Sellers"),
    SITE_SUBHEADER=_("Sellers"),
    SITE_SYMBOL="storefront",
    SITE_URL="/",
    DASHBOARD_CALLBACK="crm.admin.dashboard.fill",
)
UNFOLD_OPERATORS: dict[str, Any] = _site(
    [
        (
            _("Shop floor"),
            [
                _entry("operators", _("Work orders"), "mes.workorder", "assignment"),
                _entry("operators", _("Work centres"), "mes.workcentre", "precision_manufacturing"),
                _entry("operators", _("Days off"), "mes.dayoff", "event_busy"),
                _entry("operators", _("Tolerances of metal"), "mes.metaltolerance", "scale"),
                _entry("operators", _("Operators"), "mes.operator", "engineering"),
                _entry("operators", _("Routings"), "mes.routing", "route"),
            ],
        ),
        (
            _("Partners"),
            [
                _entry("operators", _("Waiting for a decision"), "external_orders.waitingexternalorder", "report"),
                _entry("operators", _("External orders"), "external_orders.externalorder", "handshake"),
                _entry("operators", _("Partners"), "external_orders.partner", "business"),
                _entry("operators", _("Keys"), "external_orders.partnerkey", "key"),
                _entry("operators", _("Webhook endpoints"), "external_orders.webhookendpoint", "webhook"),
                _entry("operators", _("Webhook deliveries"), "external_orders.webhookdelivery", "outgoing_mail"),
            ],
        ),
    ],
    SITE_TITLE=_("Karat · Workshop"),
    SITE_SUBHEADER=_("Workshop"),
    SITE_SYMBOL="precision_manufacturing",
    SITE_URL="/mes/bench/",
    DASHBOARD_CALLBACK="mes.admin.dashboard.fill",
)
