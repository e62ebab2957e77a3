"""Admin pages that cost the same at any number of rows, and on which no status is a form field."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.admin.checks import ModelAdminChecks
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html
from typing_extensions import override
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.views import ChangeList


class CappedPaginator(Paginator):
    """Counts no further than a bound: beyond it nobody pages, he searches."""

    bound = 2_000

    @cached_property
    @override
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[: self.bound].count())


class CappedChangeList(ChangeList):
    """Offers no "Show all": it would show no more rows than are counted."""

    @override
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count

    @property
    def is_capped(self) -> bool:
        return isinstance(self.paginator, CappedPaginator) and self.result_count >= self.paginator.bound


def thumbnail(url: str) -> str:
    """A small picture in a list or beside a line; a dash where there is none."""
    picture = '<img src="{}" alt="" width="48" height="48" loading="lazy" class="max-w-none inline rounded-default">'
    return format_html(picture, url) if url else "–"


class FastModelAdmin(ModelAdmin):
    """No full count, no facets, 50 rows a page, no sorting by a click, search by the whole value of an indexed column.

    Rows are neither added, changed nor deleted unless a class says so.
    """

    exact_search: Sequence[str] = ()
    sortable_by = ()
    show_full_result_count = False
    paginator = CappedPaginator
    list_per_page = 50
    show_facets = False
    compressed_fields = True
    # unfold's own check asks the database for every permission, and checks run before there is one (migrate, CI);
    # tests/architecture/test_access.py does its work.
    checks_class = ModelAdminChecks

    @override
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CappedChangeList]:
        return CappedChangeList

    @override
    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        return self.exact_search or self.search_fields

    @override
    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Django's own exact search folds case in the database, which no index serves at a million rows."""
        term = search_term.strip()
        if not term or not self.exact_search:
            return super().get_search_results(request, queryset, search_term)
        spellings = {term, term.upper(), term.lower()}
        found = [Q(**{f"{name}__in": spellings}) for name in self.exact_search]
        return queryset.filter(reduce(or_, found)), False

    @override
    def _get_actions_navigation(self, provided: Any, allowed: Any, object_id: str | None = None) -> list[Any]:
        """The class's own buttons, and on a thing's page the ways to where apps above know more of it."""
        buttons: list[Any] = super()._get_actions_navigation(provided, allowed, object_id)
        return buttons + self.admin_site.ways_from(self.model, object_id) if object_id else buttons

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(FastModelAdmin):
    """Changed by buttons that call services, never by a form."""

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _ReadOnly:
    """Rows beside a thing that are shown and never edited."""

    extra = 0
    can_delete = False
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(_ReadOnly, TabularInline):
    """As a table."""


class ReadOnlyStack(_ReadOnly, StackedInline):
    """One below the other."""


class LogInline(ReadOnlyInline):
    """The record of a thing: who moved it when, from where to where, and why."""

    fields = readonly_fields = ["at", "from_status", "to_status", "actor", "reason"]

    @override
    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("actor")
