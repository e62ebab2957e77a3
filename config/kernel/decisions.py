"""A person's decision in an admin site: a page that asks for a line of text and little else, then one service call."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from config.kernel.errors import DomainError

Fields = Callable[[Any], dict[str, forms.Field]]  # what else a decision about a thing asks for

_REASON = _("Reason")
_DONE = _("Done.")


def decision(
    title: str | Promise,
    service: Callable[..., object],
    *,
    thing: str,
    permission: str,
    icon: str = "",
    text: str = "reason",
    label: str | Promise = _REASON,
    fields: Fields | None = None,
) -> Any:
    """A button of an admin page that asks for one line of text and calls `service(<thing>=pk, <text>=…, actor=…)`.

    `fields(thing)` names what is asked besides; their values go to the service under these names.
    """

    @action(description=title, permissions=[permission], icon=icon)
    def decide(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        def call(chosen: Any, given: str, **others: Any) -> object:
            return service(**{thing: chosen.pk, text: given}, **others, actor=request.user)

        return ask(self, request, object_id, title=title, label=label, call=call, fields=fields)

    return decide


def ask(
    model_admin: Any,
    request: HttpRequest,
    object_id: str,
    *,
    title: str | Promise,
    call: Callable[..., object],
    fields: Fields | None = None,
    label: str | Promise = _REASON,
    done: str | Promise = _DONE,
    is_required: bool = True,
) -> HttpResponse:
    """Ask for a reason (or another line of text), call the service with it, say how it went, go back to the thing.

    `call(thing, text, **others)` raises DomainError to refuse; the refusal is shown and nothing was changed.
    """
    if not object_id.isdecimal():
        raise Http404
    thing = get_object_or_404(model_admin.get_queryset(request), pk=object_id)
    form = _form(label, fields(thing) if fields else {}, is_required=is_required)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            call(thing, form.cleaned_data.pop("text"), **form.cleaned_data)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, str(done))
        return redirect(_change_url(model_admin, thing))
    request.current_app = model_admin.admin_site.name  # both sites share Django's "admin" namespace
    context = model_admin.admin_site.each_context(request) | {
        "title": title,
        "form": form,
        "thing": thing,
        "back": _change_url(model_admin, thing),
        "opts": model_admin.model._meta,
    }
    return TemplateResponse(request, "admin/decision.html", context)


def _form(label: str | Promise, others: dict[str, forms.Field], *, is_required: bool) -> type[forms.Form]:
    field = forms.CharField(label=str(label), max_length=300, required=is_required, widget=UnfoldAdminTextInputWidget())
    return type("DecisionForm", (forms.Form,), others | {"text": field})


def _change_url(model_admin: Any, thing: Any) -> str:
    meta = model_admin.model._meta
    return reverse(f"{model_admin.admin_site.name}:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])
