"""Pictures and light models of designs: drawn by our engine, never a stranger's file. Named at random, so a name is the
permission.
"""

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

_A_YEAR = 31_536_000


def _etag(request: HttpRequest, name: str) -> str:
    return f'"{name}"'


@require_safe
@condition(etag_func=_etag)
def picture(request: HttpRequest, name: str) -> HttpResponse:
    return _drawn(f"{name}.png", "image/png")


@require_safe
@condition(etag_func=_etag)
def web_model(request: HttpRequest, name: str) -> HttpResponse:
    return _drawn(f"{name}.glb", "model/gltf-binary")


def _drawn(name: str, content_type: str) -> HttpResponse:
    """What the engine drew, by its random name. No Last-Modified: operators see it too and mustn't learn its age."""
    try:
        with default_storage.open(f"previews/{name}") as file:
            response = HttpResponse(file.read(), content_type=content_type)
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
