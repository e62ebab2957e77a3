"""/ shop, /crm/ sellers, /mes/ workshop, /api/v1/ partners, /silk/ developers."""

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path, re_path

from config import health, profiling
from config.kernel.sites import operators, sellers

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("i18n/", include("django.conf.urls.i18n")),
    path("pictures/", include("pricing.urls")),
    path("crm/", sellers.urls),
    path("mes/bench/", include("mes.urls")),
    path("mes/", operators.urls),
    path("api/v1/", include("external_orders.api.urls")),
]
if apps.is_installed("silk"):
    urlpatterns += [
        re_path(r"^silk/(?P<wanted>on|off)$", profiling.switch),
        path("silk/", include("silk.urls", namespace="silk")),
    ]
urlpatterns += [path("", include("shop.account_urls")), path("", include("shop.urls"))]
