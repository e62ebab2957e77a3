"""A page of an admin site that only shows: a thing, a title and finished values."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise


def page_about(
    model_admin: Any,
    request: HttpRequest,
    object_id: str,
    *,
    title: str | Promise,
    template: str,
    fill: Callable[[Any], Mapping[str, Any]],
) -> HttpResponse:
    """Show `template` with what `fill(thing)` returns, inside the frame of the admin site."""
    if not object_id.isdecimal() or int(object_id) >= 2**63:
        raise Http404
    thing = get_object_or_404(model_admin.get_queryset(request), pk=object_id)
    meta = model_admin.model._meta
    back = reverse(f"{model_admin.admin_site.name}:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])
    return show(
        model_admin, request, title=title, template=template, context={"thing": thing, "back": back} | dict(fill(thing))
    )


def show(
    model_admin: Any, request: HttpRequest, *, title: str | Promise, template: str, context: Mapping[str, Any]
) -> HttpResponse:
    """Show `template` inside the frame of the admin site."""
    request.current_app = model_admin.admin_site.name  # both sites share Django's "admin" namespace
    frame = model_admin.admin_site.each_context(request) | {"title": title, "opts": model_admin.model._meta}
    return TemplateResponse(request, template, frame | dict(context))
