"""The two admin sites: sellers at /crm/, planners and partner managers at /mes/. Denied unless granted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from unfold.enums import ActionVariant
from unfold.sites import UnfoldAdminSite


@dataclass(frozen=True, slots=True)
class Way:
    """A link with the thing's key in it, by the name of its URL on the site."""

    title: str | Promise
    icon: str
    url_name: str

    def button(self, site: str, object_id: str) -> dict[str, Any]:
        path = reverse(f"{site}:{self.url_name}", args=[object_id])
        return {
            "title": self.title,
            "icon": self.icon,
            "variant": ActionVariant.DEFAULT,
            "attrs": {},
            "dialog": None,
            "path": path,
        }


class StaffSite(UnfoldAdminSite):
    """An admin site that opens only to staff with its own permission."""

    permission: ClassVar[str]
    settings_name: ClassVar[str]

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self._ways: dict[type[Model], list[Way]] = {}
        self._pages: list[URLPattern] = []

    def add_page(self, route: str, view: Callable[..., HttpResponseBase], name: str) -> None:
        """A page of the site that belongs to no model; its view asks for its own permission."""
        self._pages.append(path(route, self.admin_view(view), name=name))

    @override
    def get_urls(self) -> list[Any]:
        return [*self._pages, *super().get_urls()]

    def add_way(self, model: type[Model], way: Way) -> None:
        """A button on a model's page that leads to an app above, which the model's own app doesn't know."""
        self._ways.setdefault(model, []).append(way)

    def ways_from(self, model: type[Model], object_id: str) -> list[dict[str, Any]]:
        """The buttons of a thing's page that lead elsewhere, as unfold's template takes them."""
        return [way.button(self.name, object_id) for way in self._ways.get(model, [])]

    @override
    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return (
            not isinstance(user, AnonymousUser) and user.is_active and user.is_staff and user.has_perm(self.permission)
        )


class SellersSite(StaffSite):
    site_title = site_header = _("Karat · Sellers")
    index_title = _("Orders and exceptions")
    permission = "crm.use_sellers_site"
    index_template = "admin/dashboard.html"
    settings_name = "UNFOLD_SELLERS"


class OperatorsSite(StaffSite):
    site_title = site_header = _("Karat · Workshop")
    index_title = _("Workshop")
    permission = "mes.use_planners_site"
    index_template = "admin/dashboard.html"
    settings_name = "UNFOLD_OPERATORS"


sellers = SellersSite(name="sellers")
operators = OperatorsSite(name="operators")
