"""Tables in and out: one page that lists them, one that looks at a file before it takes it."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe
from typing_extensions import override
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from config.kernel.errors import DomainError
from config.kernel.references import secret_key
from config.kernel.sites import sellers
from config.kernel.tables import CSV, MOST_BYTES, XLSX, read_table, table_response
from crm.tables import MOST_OUT, MOST_OUT_XLSX, TABLES, Report, Table

_KEPT_SECONDS = 15 * 60
_ISO = "%Y-%m-%d"
_LONGEST = timedelta(days=366)


def _day() -> Any:
    """The browser's own choice of a day, which speaks ISO whatever the page's language."""
    return UnfoldAdminTextInputWidget(attrs={"type": "date"})


class DatesForm(forms.Form):
    """The days of a table of orders."""

    first = forms.DateField(label=_("From"), input_formats=[_ISO], widget=_day())
    last = forms.DateField(label=_("To"), input_formats=[_ISO], widget=_day())

    @override
    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        if not self.errors and not timedelta(0) <= sent["last"] - sent["first"] <= _LONGEST:
            raise forms.ValidationError(_now("Please choose at most a year, its first day first."))
        return sent


class FileForm(forms.Form):
    file = forms.FileField(label=_("CSV or XLSX file"), allow_empty_file=True, widget=UnfoldAdminFileFieldWidget())

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _now("At most %(most)s MB can be taken.") % {"most": MOST_BYTES // 1024 // 1024}
            )
        return file


@require_safe
def tables(request: HttpRequest) -> HttpResponseBase:
    """What this person may take out and bring in."""
    user: Any = request.user
    rows = [
        {"table": table, "may_out": _may_out(user, table), "may_in": _may_in(user, table)} for table in TABLES.values()
    ]
    shown = [row for row in rows if row["may_out"] or row["may_in"]]
    today = timezone.localdate()
    dates = DatesForm(initial={"first": (today - timedelta(days=30)).isoformat(), "last": today.isoformat()})
    bounds = {"most_csv": MOST_OUT, "most_xlsx": MOST_OUT_XLSX}
    return _page(request, "admin/tables.html", {"title": _now("Tables"), "rows": shown, "dates": dates, **bounds})


@require_safe
def take_out(request: HttpRequest, code: str) -> HttpResponseBase:
    table = _table(code)
    if not _may_out(request.user, table):
        raise PermissionDenied
    ending = request.GET.get("as", CSV)
    chosen: Mapping[str, Any] = {}
    if ending not in {CSV, XLSX}:
        raise Http404
    if table.asks_dates:
        form = DatesForm(request.GET)
        if not form.is_valid():
            texts = [str(text) for found in form.errors.values() for text in found]
            messages.error(request, " ".join(texts))
            return redirect("sellers:tables")
        chosen = form.cleaned_data
    try:
        rows = table().lines(ending=ending, **chosen)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("sellers:tables")
    return table_response(name=f"karat-{code}", ending=ending, headers=table.columns, rows=rows)


@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: HttpRequest, code: str) -> HttpResponseBase:
    """First a look at the whole file, then the same file is taken; between the two it is kept for some minutes."""
    table = _table(code)
    if not _may_in(request.user, table):
        raise PermissionDenied
    if request.method == "POST" and "kept" in request.POST:
        return _take(request, table)
    form = FileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"table": table, "form": form}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        context |= _look(request, table, name=str(file.name), content=file.read())
    title = _now("Bring in: %(table)s") % {"table": table.title}
    return _page(request, "admin/table_in.html", context | {"title": title, "back": reverse("sellers:tables")})


def _look(request: HttpRequest, table: type[Table], *, name: str, content: bytes) -> dict[str, Any]:
    """What the file would do; it is kept when it can be taken."""
    try:
        report = _run(request, table, name, content, is_trial=True)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return {}
    kept = ""
    if report.changes and not report.problems:
        kept = secret_key()
        cache.set(_key(request, table, kept), [name, b64encode(content).decode()], _KEPT_SECONDS)  # kept as JSON
    return {"report": report, "kept": kept, "file_name": name}


def _take(request: HttpRequest, table: type[Table]) -> HttpResponseBase:
    again = redirect("sellers:table_in", table.code)
    key = _key(request, table, request.POST["kept"])
    found = cache.get(key)
    if found is None:
        messages.error(request, _now("That was too long ago. Please choose the file again."))
        return again
    cache.delete(key)
    try:
        report = _run(request, table, found[0], b64decode(found[1]), is_trial=False)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return again
    if report.problems:
        messages.error(
            request, _now("Something changed meanwhile, and nothing was taken. Please look at the file again.")
        )
        return again
    told = {"new": report.new, "changed": report.changed, "same": report.same}
    messages.success(request, _now("Taken: %(new)s new, %(changed)s changed, %(same)s as they were.") % told)
    return redirect("sellers:tables")


def _run(request: HttpRequest, table: type[Table], name: str, content: bytes, *, is_trial: bool) -> Report:
    return table(actor=request.user).take(read_table(name=name, content=content), is_trial=is_trial)


def _key(request: HttpRequest, table: type[Table], kept: str) -> str:
    return f"table:{table.code}:{request.user.pk}:{kept[:64]}"


def _table(code: str) -> type[Table]:
    if code not in TABLES:
        raise Http404
    return TABLES[code]


def _may_out(user: Any, table: type[Table]) -> bool:
    return bool(table.permission_out) and user.has_perm(table.permission_out)


def _may_in(user: Any, table: type[Table]) -> bool:
    return bool(table.permissions_in) and user.has_perms(table.permissions_in)


def _page(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponseBase:
    request.current_app = sellers.name
    return TemplateResponse(request, template, sellers.each_context(request) | dict(context))


sellers.add_page("tables/", tables, "tables")
sellers.add_page("tables/<slug:code>/out/", take_out, "table_out")
sellers.add_page("tables/<slug:code>/in/", bring_in, "table_in")
